"""Run the ``juri`` command as ``python -m juri``."""

from juri.webapp.cli import main

main()
