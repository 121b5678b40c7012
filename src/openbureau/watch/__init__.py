"""Who watches us?  Runs without our servers and without our database, on an export directory alone."""
