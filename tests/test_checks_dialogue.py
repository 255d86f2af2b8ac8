"""Lesson 16: by hand once, imported ever after."""
import pytest
import torch

from gensq_course.lessons.dialogue_gan.plugged import Plugged
from gensq_course.lessons.dialogue_gan.prompts import attended, with_copies
from gensq_lib.maths.objectives import evaluating
from gensq_lib.models.seq2seq import Seq2Seq
from gensq_lib.text.pairs import collate_pairs
from gensq_lib.text.scoring import log_likelihood_at


def test_the_library_looks_and_copies_as_the_exercises_do():
    """By hand once, imported ever after."""
    draw = torch.Generator().manual_seed(0)
    model = Seq2Seq(vocab_size=9, embed_dim=4, hidden_dim=6)
    hidden, memory = torch.randn(2, 6, generator=draw), torch.randn(2, 5, 6, generator=draw)
    prompt, mask = torch.randint(9, (2, 5), generator=draw), torch.arange(5) < torch.tensor([[5], [3]])
    features, weights = model._attended(hidden[:, None], (memory, prompt, mask))
    torch.testing.assert_close(features[:, 0, 6:], attended(model.to_query(hidden), memory, mask))
    own = model.logits(features[:, 0]).softmax(-1)
    gate = model.to_gate(features)[:, 0, 0].sigmoid()
    pointed_at = torch.zeros_like(own).scatter_add(1, prompt, weights[:, 0])
    torch.testing.assert_close(model._mixed(features, own.log(), pointed_at).exp(),
                               with_copies(gate, own, weights[:, 0], prompt), atol=1e-5, rtol=0)


EXCHANGES = [([4, 5, 6, 7], [5, 8], [0]), ([8, 4], [8, 8, 4], [1])]


def scored(decoder, batch):
    return log_likelihood_at(decoder.answering(batch.prompts), batch.reply, temperatures=[1.0])[0]


def test_with_both_functions_plugged_in_the_model_says_what_it_said():
    torch.manual_seed(0)
    model, batch = Seq2Seq(vocab_size=9, label_sizes=[2], embed_dim=4, hidden_dim=6).eval(), collate_pairs(EXCHANGES)
    plugged = Plugged(model, attended, with_copies)
    torch.testing.assert_close(scored(plugged, batch), scored(model, batch))
    with evaluating(plugged):
        pass
    assert not model.training, "it stays as it was"


@pytest.mark.parametrize("functions", [
    (lambda query, memory, mask: attended(query, memory, torch.ones_like(mask)), with_copies),
    (lambda query, memory, mask: attended(-query, memory, mask), with_copies),
    (attended, lambda gate, own, weights, prompt: with_copies(1 - gate, own, weights, prompt)),
    (attended, lambda gate, own, weights, prompt: own)], ids=["padding", "turned", "gate turned", "own alone"])
def test_a_wrong_function_plugged_in_says_something_else(functions):
    torch.manual_seed(0)
    model, batch = Seq2Seq(vocab_size=9, label_sizes=[2], embed_dim=4, hidden_dim=6).eval(), collate_pairs(EXCHANGES)
    assert (scored(Plugged(model, *functions), batch) - scored(model, batch)).abs().max() > 1e-3
