"""Duties of the bureau's own people: who they are, and what they leave behind when they look."""
