"""What does a paper in somebody's hand prove?  An answer, a bill, published figures, a draw, a decision."""
