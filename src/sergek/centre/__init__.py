"""The operations centre: one log, the web control room, one folder per service."""
