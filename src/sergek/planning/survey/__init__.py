"""Routes that drive every street to be surveyed."""
