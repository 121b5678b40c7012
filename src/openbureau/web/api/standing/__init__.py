"""What lenders leave with us to be worked, and what they are told afterwards: batches, monitors, feed, deliveries."""
