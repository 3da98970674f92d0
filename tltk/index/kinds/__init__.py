"""Built-in kinds of index, one a file."""
