"""Duties around files that lenders watch."""
