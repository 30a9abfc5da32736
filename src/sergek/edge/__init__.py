"""One worker owns several cameras: from packets to facts in the local log."""
