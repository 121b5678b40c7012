"""Metro 2: one table of positions and codes; reader, writer, checks and meaning made from it."""
