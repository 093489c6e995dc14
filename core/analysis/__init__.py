"""What the figures of a jury are worth: estimates with their uncertainty, pure functions of matrices."""
