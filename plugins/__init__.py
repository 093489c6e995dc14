"""The plugin contract (hookspecs, manager) and the bundled plugins that are not rubrics."""
