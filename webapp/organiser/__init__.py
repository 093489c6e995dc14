"""The pages of those who run an edition: board, stages, entries, jurors, standings, decisions."""
