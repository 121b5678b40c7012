"""Erasure and retention: what goes, by whose order, and what is left of it."""
