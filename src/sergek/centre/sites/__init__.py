"""Complexes as they stand and as they stood: limits, permits, papers, calibrations, acceptance."""
