"""The layers that make probabilities and values of raw outputs, imported only where a model is exported or trained."""
