"""What witnesses have cosigned."""
