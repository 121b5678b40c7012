"""Pages of staff's own duties: what members object to of their bills, and originals of consents that lenders show."""
