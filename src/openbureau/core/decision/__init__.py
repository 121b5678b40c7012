"""How is a question put to the policies, and its answer put into our words?"""
