"""Cameras: the live wall, the map, each camera's page, and the relay of live video."""
