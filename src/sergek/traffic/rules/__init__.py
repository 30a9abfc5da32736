"""One file per offence: pure functions on a passage's facts, the site and the law at that time."""
