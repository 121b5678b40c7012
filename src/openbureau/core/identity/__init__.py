"""Whose record is this?  Documents, names, the published rules, and the detectors of mixed and split files."""
