"""Workbooks, .xlsx and .xls: looked over, then read, in a process of their own.

The library that reads them ends the whole process where a sheet needs more memory than there is,
and a single value in the last row and column is enough for that.
"""
