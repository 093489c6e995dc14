"""Bundled rules: cuts, tie-breakers, eligibility and assignment, one file each."""
