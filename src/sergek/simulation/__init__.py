"""Streets and cities with exact truth."""
