"""The founding of an installation."""
