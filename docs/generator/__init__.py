"""Writes the reference pages from docstrings, the recipe's schema and the command line."""
