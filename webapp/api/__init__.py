"""The REST API under /api/v1: the same verbs and the same policy as the pages, in JSON."""
