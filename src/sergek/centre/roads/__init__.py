"""The survey of streets: acts, defects, prescriptions, the phone form, citizens' reports."""
