"""What was done, by whom and when: the append-only, hash-linked trail and its checker."""
