"""Where camera complexes go, and which come back first."""
