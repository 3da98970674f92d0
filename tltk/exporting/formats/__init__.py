"""Built-in exporters, one a file."""
