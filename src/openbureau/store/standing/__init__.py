"""What lenders leave with us to be worked: files of inquiries, watched files, deliveries."""
