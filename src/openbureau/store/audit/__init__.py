"""What is kept for those who audit: published figures, draws."""
