"""One family of encoders a file; a file dropped in here is found by itself."""
