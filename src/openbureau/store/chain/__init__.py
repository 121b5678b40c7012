"""What is kept of the ends of chains: the hourly index."""
