"""What is read of before: the file as known at a past moment, answers that were given."""
