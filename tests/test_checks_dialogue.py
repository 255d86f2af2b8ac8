"""Lesson 16: by hand once, imported ever after."""
import torch

from gensq_lib.models.seq2seq import Seq2Seq


def test_the_library_looks_and_copies_as_the_exercises_do():
    """By hand once, imported ever after."""
    from gensq_course.lessons.dialogue_gan.prompts import attended as by_hand, with_copies

    draw = torch.Generator().manual_seed(0)
    model = Seq2Seq(vocab_size=9, embed_dim=4, hidden_dim=6)
    hidden, memory = torch.randn(2, 6, generator=draw), torch.randn(2, 5, 6, generator=draw)
    prompt, mask = torch.randint(9, (2, 5), generator=draw), torch.arange(5) < torch.tensor([[5], [3]])
    features, weights = model._attended(hidden[:, None], (memory, prompt, mask))
    torch.testing.assert_close(features[:, 0, 6:], by_hand(model.to_query(hidden), memory, mask))
    own = model.logits(features[:, 0]).softmax(-1)
    gate = model.to_gate(features)[:, 0, 0].sigmoid()
    pointed_at = torch.zeros_like(own).scatter_add(1, prompt, weights[:, 0])
    torch.testing.assert_close(model._mixed(features, own.log(), pointed_at).exp(),
                               with_copies(gate, own, weights[:, 0], prompt), atol=1e-5, rtol=0)
