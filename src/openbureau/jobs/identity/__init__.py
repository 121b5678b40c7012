"""Duties around who is who: links and their undo, comparison, detectors, proposals, the desk."""
