"""Duties around the transparency log."""
