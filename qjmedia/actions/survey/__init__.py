"""A whole registry judged folder by folder: known from before, or by all cores (docs/adr/0015)."""
