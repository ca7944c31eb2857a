"""Ledgers in and out: the rows of a spreadsheet become records, and records become a table."""
