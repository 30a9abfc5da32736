"""Pure measurement and rules: calibration, speed, plates, offences, sections."""
