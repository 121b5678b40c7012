"""Machines: lenders, furnishers, people's programs, anybody."""
