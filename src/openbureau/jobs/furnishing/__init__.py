"""Duties around furnished files."""
