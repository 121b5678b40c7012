"""How does an answer read in words?  One reading of it, for the person and for the lender, on a page and on paper."""
