"""How a stage opens, keeps its acts, closes, is decided, sealed and published."""
