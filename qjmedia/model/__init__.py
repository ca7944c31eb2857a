"""What a registry is made of; standard library only."""
