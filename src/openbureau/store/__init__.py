"""What do we keep?  PostgreSQL; the only SQL."""
