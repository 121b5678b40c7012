"""Metro 2: one table of positions and codes; reader, writer, checks and meaning made from it."""

METRO2_CODE = "6d0ba9d98580df907713e5296a863ff3b2f8c3e382dc5d204f70f5c9f98b2a1d"
"""SHA-256 of the files that read, check and give meaning (a test says when it is stale): other code is another rule pack."""
