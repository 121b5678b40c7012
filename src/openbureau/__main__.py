"""`python -m openbureau` is `openbureau`."""

from openbureau.cli import main

main()
