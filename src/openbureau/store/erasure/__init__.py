"""What an erasure reads, and the functions of the database that alone can destroy."""
