"""The Transformer: who sees whom, how far it reaches, and that it can learn what it should."""
import pytest
import torch

from gensq_lib.ground.errors import GensqError
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.text import decoding
from gensq_lib.text.batching import Batch, collate
from gensq_lib.training import language_model_step, make_optimizer

SIZES = dict(decoder="transformer", vocab_size=14, embed_dim=16, num_layers=2, num_heads=4, max_length=8)


@pytest.fixture
def transformer():
    torch.manual_seed(0)
    return LanguageModel(**SIZES).eval()


def test_order_of_the_words_before_matters(transformer):
    """Without places, a set of words would be all it sees in one layer."""
    state, swapped = transformer.start(None, 1), transformer.start(None, 1)
    for a, b in ((1, 1), (4, 5), (5, 4), (6, 6)):
        log_probs, state = transformer.step(torch.tensor([a]), state)
        others, swapped = transformer.step(torch.tensor([b]), swapped)
    assert not torch.allclose(log_probs, others, atol=1e-4)


def test_every_earlier_word_is_seen_and_no_later_one(transformer):
    batch = collate([[4, 5, 6, 7, 8, 9]])
    base = transformer.token_log_likelihood(batch)[0]
    for t in range(1, 7):
        changed = Batch(batch.inputs.clone(), batch.targets, batch.lengths)
        changed.inputs[0, t] = 13
        now = transformer.token_log_likelihood(changed)[0]
        torch.testing.assert_close(now[:t], base[:t])
        assert (now[t:] - base[t:]).abs().min() > 0


def test_keys_and_values_are_kept_and_not_computed_again(transformer):
    _, state = transformer.step(torch.tensor([1, 1]), transformer.start(None, 2))
    _, later = transformer.step(torch.tensor([4, 5]), state)
    assert state[0].shape == (2, 2, 2, 1, 16) and later[0].shape == (2, 2, 2, 2, 16)
    torch.testing.assert_close(later[0][:, :, :, :1], state[0])


def test_beyond_its_length_is_refused_in_a_sentence(transformer):
    transformer.log_likelihood(collate([[4] * 7]))
    with pytest.raises(GensqError, match="at most 8 tokens.*got 9; build the model with a larger max_length"):
        transformer.log_likelihood(collate([[4] * 8]))
    with pytest.raises(GensqError, match="got 9"):
        decoding.greedy(transformer, num=1, max_length=9, avoid=(2,))
    assert decoding.beam(transformer, num=2, width=3, max_length=8).tokens.shape[1] <= 8


def test_embed_dim_is_shared_by_the_heads():
    with pytest.raises(GensqError, match="multiple of num_heads, got 14 and 4; try embed_dim=12"):
        LanguageModel(**(SIZES | {"embed_dim": 14}))


def test_the_output_layer_is_the_embedding(transformer):
    assert transformer.decoder.to_vocab.weight is transformer.decoder.embed.weight


@pytest.mark.slow
def test_it_learns_to_copy_over_a_distance():
    """a b c a: the last word is the first one, three places back."""
    torch.manual_seed(0)
    model = LanguageModel(**SIZES)
    draw = torch.Generator().manual_seed(0)

    def sentences(num):
        words = torch.randint(4, 14, (num, 3), generator=draw)
        return collate(torch.cat([words, words[:, :1]], 1).tolist())

    step = language_model_step(model, make_optimizer(model, learning_rate=5e-3))
    for i in range(250):
        step(lambda: sentences(64), i)
    last = model.eval().token_log_likelihood(sentences(200))[:, 3]
    assert last.mean() > -0.2, "guessing would be -2.3"
