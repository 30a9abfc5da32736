"""Prescriptions (предписания, KoAP 807): issued, delivered, paid, complained of, taken back."""
