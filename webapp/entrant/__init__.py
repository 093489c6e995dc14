"""The pages of those who enter: units and local admins."""
