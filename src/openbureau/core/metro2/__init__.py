"""Metro 2: one table of positions and codes; reader, writer, checks and meaning made from it."""

METRO2_CODE = "4fdacb61d191ad0eaa31ab6a4372578e04010b677c1115693f494197cb1c28c7"
"""SHA-256 of the files that read, check and give meaning (a test says when it is stale): other code is another rule pack."""
