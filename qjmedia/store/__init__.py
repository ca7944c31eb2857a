"""Disk and Git: where records come from and how a change becomes a commit."""
