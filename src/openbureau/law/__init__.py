"""What may we do?  Dated, cited rules as data, the policies that decide on inquiries, and their reader."""
