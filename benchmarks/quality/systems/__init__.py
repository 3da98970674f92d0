"""The systems that are compared: of each a module a kind of rows, with `train(rows, settings, seed, checkpoint)`."""
