"""Duties around a lender's inquiry."""
