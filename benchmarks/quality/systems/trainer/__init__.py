"""PyTorch `transformers`: the Trainer with dynamic padding, batches of like length, and bfloat16 where tltk has it."""

PACKAGES = ("torch", "transformers", "accelerate", "tokenizers", "numpy")
"""Whose versions are kept with its figures."""
