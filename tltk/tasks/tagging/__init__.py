"""From the tags of words to the targets of tokens, and from raw outputs of tokens to tags and entities."""
