"""Offline studies; every plan prints its bound and gap."""
