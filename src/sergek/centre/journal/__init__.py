"""The log itself for the administrator: where it ends, whether its chain is whole, who did what."""
