"""What a person types, for a model: understood or refused in words that help (`typed`), and answered (`chat`).

`replies` trains the models that answer, by likelihood and in a game with a judge; `instruments` says how good they are.
"""
