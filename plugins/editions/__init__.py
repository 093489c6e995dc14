"""Shipped editions: one folder or file each, found by the plugin manager."""
