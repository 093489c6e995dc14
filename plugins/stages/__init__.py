"""Bundled stage kinds, one file each."""
