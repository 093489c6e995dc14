"""Juri: the engine for multi-stage competitions and awards."""
