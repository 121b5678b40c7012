"""What does a furnished file say, and what is wrong with it?  The format openbureau/1 and its checks."""
