"""Duties towards the person on file."""
