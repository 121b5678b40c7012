"""Duties around what lenders are told afterwards."""
