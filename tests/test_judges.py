"""Judges of words see what they judge and nothing else; those of beginnings do not know what follows."""
from functools import partial

import pytest
import torch

from gensq_lib.models.judges import JUDGES, PrefixJudge, ReplyJudge
from gensq_lib.text.batching import joined, collate
from gensq_lib.text.pairs import PairBatch, collate_pairs

ENCODED = [[4, 5, 6], [7, 8], [9], [4, 9, 5, 8, 6, 7], [5, 5, 8, 7]]
PAIRS = [([6 + i % 8, 6 + i % 5], ids, (i % 2,)) for i, ids in enumerate(ENCODED)]
SIZE = dict(vocab_size=14, embed_dim=6, hidden_dim=8)
KINDS = {**JUDGES, "reply": partial(ReplyJudge, label_sizes=(2,))}


def judge(kind):
    torch.manual_seed(0)
    return KINDS[kind](**SIZE).eval()


def batch(kind, indices):
    return collate_pairs([PAIRS[i] for i in indices]) if kind == "reply" else collate([ENCODED[i] for i in indices])


@pytest.mark.parametrize("kind", KINDS)
def test_a_judge_sees_its_example_and_nothing_else(kind):
    model, order = judge(kind), [3, 0, 4, 2, 1]
    together = model.logits(batch(kind, range(5)))
    for i in range(5):
        torch.testing.assert_close(model.logits(batch(kind, [i]))[0], together[i])
    torch.testing.assert_close(model.logits(batch(kind, order)), together[order])


@pytest.mark.parametrize("kind", ["prefix", "reply"])
def test_the_logit_of_a_beginning_does_not_know_what_follows(kind):
    model, prompt = judge(kind), ([6, 7], (1,))
    both = collate([[4, 5, 6, 7], [4, 5, 8, 8]])
    if kind == "reply":
        both = collate_pairs([(prompt[0], reply, prompt[1]) for reply in ([4, 5, 10, 11], [4, 5, 12, 12])])
    first, second = model.prefix_logits(both)
    torch.testing.assert_close(first[:2], second[:2])
    assert (first[2:] != second[2:]).all() and model.logits(both)[0] == first[-1]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_trained_is_every_opinion_once(kind):
    many = batch(kind, range(5))
    words = kind in ("prefix", "reply")
    found = judge(kind).judgements(many)
    assert len(found) == (int(many.mask.sum()) if words else 5)
    torch.testing.assert_close(found[-1], judge(kind).logits(many)[-1])


def test_batches_are_joined():
    """Every row keeps its words, lengths and labels; the judge thinks of it what it thought before."""
    pairs = [([6 + i % 8, 6 + i % 5], [4 + i % 2, 6 + i % 8], (i % 2,)) for i in range(5)]
    first, second = collate_pairs(pairs[:3]), PairBatch(collate_pairs(pairs[3:]).prompts, collate([[10], [12, 13, 11]]))
    both, model = joined([first, second]), judge("reply")
    assert both.lengths.tolist() == [3, 3, 3, 2, 4] and both.prompts.labels.tolist() == [[0], [1], [0], [1], [0]]
    assert both.targets[3].tolist() == [10, 2, 0, 0] and both.mask.sum().item() == 15
    torch.testing.assert_close(model.logits(both), torch.cat([model.logits(first), model.logits(second)]))


def test_padding_has_no_opinion():
    torch.manual_seed(0)
    many = collate(ENCODED)
    assert not PrefixJudge(**SIZE).prefix_logits(many)[~many.mask].any()
