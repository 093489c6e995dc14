"""The plugin contract (hookspecs, manager) and the bundled plugins that are not rubrics."""

import pluggy

PROJECT = "juri"
"""The name of the project in pluggy's markers and the group of entry points that installed plugins use."""

hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a function of a plugin as the implementation of the hook whose name it has."""
