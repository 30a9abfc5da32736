"""Measurements of speed and memory, each printed as a ratio to its limit in the same run."""
