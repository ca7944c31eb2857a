"""What a spreadsheet would calculate."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that Excel or WPS takes for a formula."""
