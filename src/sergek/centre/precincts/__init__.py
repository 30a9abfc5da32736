"""The precinct service (участковая служба): who serves whom, with what load, on which day."""
