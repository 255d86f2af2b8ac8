"""What a person types, for a model: understood or refused in words that help (`typed`), and answered (`chat`)."""
