"""How do we learn?  The synthetic country with its known truth, and adapters for public research data."""
