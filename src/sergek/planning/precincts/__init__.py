"""Precincts: drawing them, what they carry, what the norm says."""
