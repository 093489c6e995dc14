"""The pages of organisers and their secretariat."""
