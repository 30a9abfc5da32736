"""Assignments (поручения): from a meeting's words to a closed task, with every step on record."""
