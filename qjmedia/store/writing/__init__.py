"""How a change becomes a commit: the parts of `store.transaction` (docs/adr/0002)."""
