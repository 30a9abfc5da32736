"""Networks and what feeds on their answers: vehicles, plates, tracks."""
