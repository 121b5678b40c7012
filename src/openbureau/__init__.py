"""openbureau: a personal credit bureau that anyone can audit."""

__version__ = "0.1.0"
