"""What bringing our commits on top of somebody else's is made of."""
