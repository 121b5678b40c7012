"""What stands in an answer: the blocks of a report, what is less than one, what changed, and the schema of all."""
