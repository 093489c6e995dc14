"""The pages of the administrator of an installation."""
