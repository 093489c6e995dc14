"""Who scores what: panels, jurors, conflicts, assignments and scorecards."""
