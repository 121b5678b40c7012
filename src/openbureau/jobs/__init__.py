"""What do we do?  One duty, one file, read from top to bottom."""
