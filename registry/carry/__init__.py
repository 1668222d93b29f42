"""Carries changes out in the registry. Every step may be repeated: a lost answer costs a second look and has no second effect."""
