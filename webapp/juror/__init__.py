"""What a juror does: the queue, the question about conflicts, the scorecard, the own list, the grid."""
