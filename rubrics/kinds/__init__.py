"""Bundled rubric kinds, one file each."""
