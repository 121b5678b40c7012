"""Duties around keys."""
