"""What can be wrong with a registry, found by the article that it offends."""
