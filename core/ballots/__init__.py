"""Counting ranked and graded ballots and comparisons, by rules that are stated with each count."""
