"""The law as effective-dated data, and how to ask it."""
