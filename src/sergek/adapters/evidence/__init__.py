"""Evidence packages: sealed by a device, opened and recomputed by anybody."""
