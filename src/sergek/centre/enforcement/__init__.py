"""The review desk: from a violation that a rule found to a case that two people stand behind.

A reviewer sees the evidence, types the plate before the machine's reading is shown, and decides;
rare or heavy cases need a second reviewer; somebody else signs. Every step is a fact in the log.
"""
