"""The kinds of rows, each with its reader of files."""
