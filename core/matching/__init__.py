"""Which juror scores which entry: the best assignment that keeps to every rule."""
