"""Bundled methods: how the sheets of an entry become its score, one file each."""
