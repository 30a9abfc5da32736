"""The precinct service in numbers: norms, load on every basis, quoted statements, staffing."""
