"""Finished models: files of weights, and those of the course, which know their world."""
