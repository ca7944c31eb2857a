"""What the registry can do; everything an action needs comes in, everything it did comes out."""
