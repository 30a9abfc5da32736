"""Sergek: cameras become measurements, measurements become facts, people decide on facts."""

__version__ = "0.1.0"
