"""A second implementation of what items are worth, slow and obvious, to hold the models to."""
