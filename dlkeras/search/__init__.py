"""The command `python -m dlkeras.search`: searches the hyperparameters of a model and writes a page on it."""
