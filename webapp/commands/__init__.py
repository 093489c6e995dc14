"""The ``juri`` command, one file for each family of sub-commands."""
