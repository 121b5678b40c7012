"""What is published of a month, and how does each number come about?"""
