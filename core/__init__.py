"""What a competition is and how a score comes about. Knows no plugin manager and no web."""
