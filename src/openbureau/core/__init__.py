"""How do we decide?  Values in, values out: no clock, no randomness, no input or output."""
