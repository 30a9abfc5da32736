"""The composition root: the only place that names both settings and adapters."""
