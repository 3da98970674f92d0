"""PyTorch `transformers`: the Trainer in bfloat16 with dynamic padding and batches of like length."""

PACKAGES = ("torch", "transformers", "accelerate", "tokenizers", "numpy")
"""Whose versions are kept with its figures."""
