"""Pilots: what two people read, against what the machine read, before anybody is fined."""
