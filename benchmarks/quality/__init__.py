"""How good a fine-tuning is: tltk beside the Hugging Face Trainer, job by job, on the same rows with the same settings.

A job (`jobs/<name>.py`) says which rows there are, which settings hold for all systems, and how predictions are scored.
A system (`systems/<system>/<kind>.py`) trains on rows of one kind and predicts others; it never sees how it is scored.
"""
