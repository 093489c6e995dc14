"""What comes of it: decisions, snapshots, seals, awards and explanations."""
