"""What does it cost, and who owes what?"""
