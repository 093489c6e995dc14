"""Bundled exporters, one file format each."""
