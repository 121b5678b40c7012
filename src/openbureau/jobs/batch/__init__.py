"""Duties around inquiries that come by file."""
