"""Sentences: a vocabulary, batches, pairs, decoding, the grammar whose probabilities are known, corpora by name."""
