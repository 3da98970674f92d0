"""The readers, one a file; each registers itself, so a new one is a new file and nothing else."""
