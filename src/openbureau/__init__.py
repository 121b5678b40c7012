"""openbureau: a personal credit bureau that anyone can audit."""
