"""From answers to the targets of tokens, and from raw outputs of tokens to answers."""
