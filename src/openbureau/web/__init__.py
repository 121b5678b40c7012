"""WHO MAY ASK?  The only room that speaks HTTP: one file an audience, and one table of problems."""
