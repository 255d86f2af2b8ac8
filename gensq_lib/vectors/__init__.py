"""Worlds without words: digits of 8 x 8 pixels, a ring of Gaussians."""
