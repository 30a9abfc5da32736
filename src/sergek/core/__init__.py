"""Nouns, events, ports and errors; imports no engine."""
