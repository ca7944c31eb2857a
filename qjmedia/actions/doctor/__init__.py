"""What is missing or wrong on this machine and in this repository, and what mends it."""
