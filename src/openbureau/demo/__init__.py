"""The story of the README, told by driving every room from outside."""
