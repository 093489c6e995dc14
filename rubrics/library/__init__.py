"""Ready rubrics as YAML, offered by name."""
