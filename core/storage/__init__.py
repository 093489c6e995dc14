"""Engines, transactions, gates and column types: everything that knows which database it is."""
