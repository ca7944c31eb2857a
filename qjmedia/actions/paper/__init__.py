"""Records as sheets to print, sign and seal, and the way back from a sheet to its record."""
