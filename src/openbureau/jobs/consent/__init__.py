"""Duties around a person's consents."""
