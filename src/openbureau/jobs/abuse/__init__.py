"""How do members ask, and who asks them about it?"""
