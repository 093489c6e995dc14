"""Who takes part: organizations, people, entries and their way to being submitted."""
