"""When is a lender told of a change in a file that it watches?"""
