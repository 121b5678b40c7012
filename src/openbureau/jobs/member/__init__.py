"""Duties around members."""
