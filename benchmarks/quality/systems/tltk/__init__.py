"""tltk's own run of each kind of rows."""

PACKAGES = ("tltk", "tensorflow", "keras", "transformers", "tokenizers", "numpy")
"""Whose versions are kept with its figures."""
