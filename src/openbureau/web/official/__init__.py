"""Courts and authorities at the door."""
