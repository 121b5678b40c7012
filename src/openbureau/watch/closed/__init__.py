"""What is not laid open any more, and why that is right."""
