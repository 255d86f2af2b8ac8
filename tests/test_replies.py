"""Instruments for replies, each on a case whose answer is known by hand."""
import math
from dataclasses import replace

import pytest
import torch
from torch import nn

from gensq_course.talk.instruments import all_replies, obedience, reply_measures, verdicts
from gensq_lib.ground.errors import GensqError
from gensq_lib.text import grammar
from gensq_lib.text.corpora import PairCorpus
from gensq_lib.text.pairs import Pair
from gensq_lib.text.vocab import Vocab

FILE = """\
languages: en
attribute mood: kind 1, cross 1
attribute who: he 1, she 1
copied: name
start: <prompt>
reply: <reply mood who>
columns name: en
table <name>
    Ann ; Bob
<prompt>
    en: hi <name>
<reply kind who>
    3 en: hello <name>
    1 en: hi
<reply cross he>
    en: what
<reply cross she>
    1 en: what
    1 en: go
"""
SAID = {  # (mood, who) -> reply to "hi Ann" -> probability, in a model made by hand
    ("kind", "he"): {"hello Ann": 0.5, "hi": 0.25, "what": 0.125, "hello Bob": 0.125},
    ("cross", "she"): {"what": 0.5, "go": 0.25, "hi": 0.25},
}


class ByHand(nn.Module):
    """log p from the table above."""

    def __init__(self, corpus):
        super().__init__()
        self.corpus = corpus

    def log_likelihood(self, batch):
        moods, whos = self.corpus.conditions.values()
        rows = zip(batch.prompts.labels.tolist(), batch.targets.tolist())
        p = [SAID[moods[m], whos[w]].get(" ".join(self.corpus.target_vocab.decode(ids)), 1e-9) for (m, w), ids in rows]
        return torch.tensor(p, dtype=torch.float64).log()


@pytest.fixture
def corpus(tmp_path):
    (tmp_path / "own.grammar").write_text(FILE, "utf-8")
    g = grammar.load_dialogue(tmp_path / "own.grammar")
    vocab = Vocab(g.terminals, closed=True)
    return PairCorpus("own", [], [], [], vocab, vocab, g.show, g.show, g.read, g.read, grammar=g, origin="", licence="",
                      conditions={name: tuple(values) for name, values in g.conditions.items()})


@pytest.fixture
def asked():
    return [Pair(("hi", "Ann"), ("hi",), ("kind", "he")), Pair(("hi", "Ann"), ("go",), ("cross", "she"))]


@pytest.fixture
def scores(corpus, asked):
    return all_replies(asked, corpus).outcomes(ByHand(corpus))


def log(x):
    return math.log(x)


def test_the_replies_of_each_prompt_are_a_group(scores):
    assert scores.group.tolist() == [0, 0, 1, 1]
    assert sorted(scores.world.exp().tolist()) == pytest.approx([0.25, 0.5, 0.5, 0.75])
    assert sorted(scores.model.exp().tolist()) == pytest.approx([0.25, 0.25, 0.5, 0.5])
    assert scores.kl_forward.tolist() == pytest.approx([0.75 * log(0.75 / 0.5), 0.5 * log(0.5 / 0.25)])


def test_a_row_of_means(scores, corpus, asked):
    assert scores.means["valid"] == pytest.approx(0.75) and scores.means["judge"] == pytest.approx(0.625)
    assert reply_measures(ByHand(corpus), asked, corpus) == pytest.approx(scores.means)


def test_without_a_known_world_the_replies_of_people_are_scored(corpus, asked):
    found = reply_measures(ByHand(corpus), asked, replace(corpus, grammar=None))
    assert found["nll"] == pytest.approx(-(log(0.25) + log(0.25)) / 2), "hi to he, go to she"
    assert found["perplexity per token"] == pytest.approx(math.exp(-2 * log(0.25) / 4)), "one word and <eos> each"


class Words(nn.Module):
    """Word after word: "hello" .6, "hi" .4; then a name, or the end."""

    def __init__(self, corpus):
        super().__init__()
        self.vocab, self.p = corpus.target_vocab, nn.Parameter(torch.zeros(1))

    def answering(self, prompts):
        return self

    def start(self, z, num):
        return (torch.zeros(num, 1),)

    def step(self, tokens, state):
        after = {"<bos>": {"hello": 0.6, "hi": 0.4}, "hello": {"Ann": 0.7, "Bob": 0.3}}
        rows = torch.full((len(tokens), len(self.vocab)), 1e-12)
        for row, token in zip(rows, tokens.tolist()):
            for word, p in after.get(self.vocab.words[token], {"<eos>": 1.0}).items():
                row[self.vocab.words.index(word)] = p
        return rows.log(), state


def test_a_frontier_by_hand(corpus, asked):
    """At temperature 1/2 every choice is squared and normalised."""
    found = all_replies(asked[:1], corpus).frontier(Words(corpus), temperatures=(1.0, 0.5))
    hello, ann = 0.36 / 0.52, 0.49 / 0.58
    for temperature, expected in ((1.0, {0.42, 0.4}), (0.5, {hello * ann, 1 - hello})):
        assert sorted(found[temperature].model.exp().tolist()) == pytest.approx(sorted(expected), abs=1e-5)
    assert found[0.5].entropy < found[1.0].entropy


def test_the_world_itself_has_no_divergence(corpus, asked):
    class World(ByHand):
        def log_likelihood(self, batch):
            names = list(self.corpus.conditions)
            values = list(self.corpus.conditions.values())
            found = []
            for prompt, labels, ids in zip(batch.prompts.tokens.tolist(), batch.prompts.labels.tolist(), batch.targets.tolist()):
                condition = {name: values[i][labels[i]] for i, name in enumerate(names)}
                reply, prompt = self.corpus.target_vocab.decode(ids), self.corpus.source_vocab.decode(prompt)
                found.append(self.corpus.grammar.log_prob(reply, prompt, **condition))
            return torch.tensor(found, dtype=torch.float64)
    scores = all_replies(asked, corpus).outcomes(World(corpus))
    assert scores.valid.tolist() == pytest.approx([1, 1])
    assert [*scores.kl_forward.tolist(), *scores.js.tolist()] == pytest.approx([0] * 4, abs=1e-12)
    assert obedience(World(corpus), asked, corpus, "mood").obeyed == pytest.approx(1.0)


def test_obedience_by_hand(corpus, asked):
    found = obedience(ByHand(corpus), asked, corpus, "mood")
    torch.testing.assert_close(found.mass, torch.tensor([[0.75, 0.125], [0.25, 0.75]]).double(), atol=1e-6, rtol=0)
    assert found.values == ("kind", "cross") and found.obeyed == pytest.approx(1.5 / 1.875)


def test_a_bound_may_stand_for_the_log_probability(corpus, asked):
    model = ByHand(corpus)
    everything = all_replies(asked, corpus)
    exact, lower = everything.outcomes(model), everything.outcomes(model, log_prob=lambda b: model.log_likelihood(b) - 1)
    assert lower.kl_forward.tolist() == pytest.approx((exact.kl_forward + 1).tolist())


def test_verdicts_by_hand(corpus):
    asked = [Pair(("hi", "Ann"), (), labels) for labels in
             [("kind", "he"), ("kind", "he"), ("cross", "he"), ("cross", "he"), ("cross", "she")]]
    said = [("hello", "Ann"), ("hello", "Bob"), ("hi",), ("go",), ("go",)]
    found = verdicts(said, asked, corpus.grammar)
    assert (found["valid"].count, found["valid"].n) == (2, 5)
    assert (found["mood"].count, found["mood"].n) == (3, 4), "of four possible replies one is kind when asked to be cross"
    assert (found["who"].count, found["who"].n) == (3, 4)
    assert verdicts([("no",)], asked[:1], corpus.grammar)["mood"].count == 0


def test_unknown_truth_is_refused(corpus, asked):
    with pytest.raises(GensqError, match='expected pairs of a grammar, whose targets are all known, got "own"'):
        all_replies(asked, replace(corpus, grammar=None))
