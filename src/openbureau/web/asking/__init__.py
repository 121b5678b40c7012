"""Pages about asking: a lender's desk, and the cases about how members ask."""
