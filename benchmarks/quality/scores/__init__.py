"""What predictions are worth, by scorers that every system shares."""
