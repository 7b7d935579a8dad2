"""A diagnosis in words, as figures and as a page."""
