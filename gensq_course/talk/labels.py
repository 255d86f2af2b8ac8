"""Which label a prompt of people's dialogues has, guessed from its words: nobody who types wants to name an intent first."""
from collections.abc import Sequence

from gensq_lib.text.corpora import PairCorpus
from gensq_lib.text.grammar import TURN


class LabelGuess:
    """Naive Bayes on the words of prompts, the turn before the last one counted; for each condition of a corpus."""

    def __init__(self, corpus: PairCorpus):
        from sklearn.feature_extraction.text import CountVectorizer  # a second
        from sklearn.naive_bayes import MultinomialNB

        self.corpus = corpus
        self.counts = CountVectorizer(tokenizer=str.split, token_pattern=None, binary=True)
        seen = self.counts.fit_transform([" ".join(pair.source) for pair in corpus.train])
        self.models = {name: MultinomialNB().fit(seen, [pair.labels[i] for pair in corpus.train])
                       for i, name in enumerate(corpus.conditions)}

    def labels(self, said: str, turns: Sequence[str] = ()) -> dict[str, str]:
        """The likeliest label of each condition, for what was said after these turns."""
        prompt = self.corpus.read_source(f" {TURN} ".join([*turns[-1:], said]))
        seen = self.counts.transform([" ".join(prompt)])
        return {name: str(model.predict(seen)[0]) for name, model in self.models.items()}
