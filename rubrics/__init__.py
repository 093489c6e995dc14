"""Rubric kinds, one file each in ``kinds/``, and ready rubrics as YAML in ``library/``."""
