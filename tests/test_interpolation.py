"""Paths in the latent space: ends, norms, awkward directions."""
import math

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from gensq_lib.ground.errors import GensqError
from gensq_lib.text import corpora
from gensq_course.talk.space import DECODERS, Space
from gensq_lib.diagnostics.interpolation import KINDS, attribute_vector, decode_path, moved, path, spherical
from gensq_lib.ground.runtime import generator
from gensq_lib.models.text_vae import TextVAE
from gensq_lib.text.vocab import Vocab

VECTOR = st.lists(st.floats(-100, 100), min_size=4, max_size=4).map(lambda v: torch.tensor(v, dtype=torch.float64))
TIME = st.floats(0, 1)


def angle(a, b):
    u, v = a / a.norm(), b / b.norm()
    return 2 * math.atan2((u - v).norm().item(), (u + v).norm().item())


def same(a, b):
    return torch.allclose(a, b, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
@given(a=VECTOR, b=VECTOR)
def test_both_ends_are_on_the_path(kind, a, b):
    assert same(KINDS[kind](a, b, 0.0), a) and same(KINDS[kind](a, b, 1.0), b)


@given(a=VECTOR, b=VECTOR, t=TIME)
def test_the_spherical_path_turns_at_constant_speed_and_keeps_the_norm(a, b, t):
    assume(a.norm() > 1e-3 and b.norm() > 1e-3)
    point = spherical(a, b, t)
    assert point.norm().item() == pytest.approx(((1 - t) * a.norm() + t * b.norm()).item(), rel=1e-5)
    assert angle(a, point) == pytest.approx(t * angle(a, b), abs=1e-4)


@given(a=VECTOR, b=VECTOR, t=TIME)
def test_a_path_walked_backwards_is_the_same_path(a, b, t):
    assert same(torch.lerp(a, b, t), torch.lerp(b, a, 1 - t))
    assume(min(a.norm(), b.norm()) > 1e-3 and 1e-3 < angle(a, b) < math.pi - 1e-3)
    assert same(spherical(a, b, t), spherical(b, a, 1 - t))


def test_spherical_is_the_formula_of_shoemake_between_equal_norms():
    a, b = torch.nn.functional.normalize(torch.randn(2, 16, generator=generator(0)), dim=-1)
    omega, t = angle(a, b), 0.3
    expected = (math.sin((1 - t) * omega) * a + math.sin(t * omega) * b) / math.sin(omega)
    assert same(spherical(a, b, t), expected)


A = torch.tensor([3.0, 0.0, 4.0])
ZERO = torch.zeros(3)
AWKWARD = {
    "parallel": (A, 2 * A, 1.5 * A),
    "equal": (A, A, A),
    "to zero": (A, ZERO, A / 2),
    "from zero": (ZERO, A, A / 2),
    "both zero": (ZERO, ZERO, ZERO),
    "tiny": (1e-15 * A, 1e-15 * A, 1e-15 * A),
}


@pytest.mark.parametrize("case", AWKWARD)
@pytest.mark.parametrize("kind", KINDS)
def test_halfway_between_awkward_ends(kind, case):
    a, b, halfway = AWKWARD[case]
    assert torch.allclose(KINDS[kind](a, b, 0.5), halfway, rtol=1e-5, atol=1e-20)


def test_between_opposite_ends_the_spherical_path_keeps_the_norm_and_the_line_does_not():
    halfway = spherical(A, -A, 0.5)
    assert halfway.norm().item() == pytest.approx(5) and (halfway * A).sum().item() == pytest.approx(0, abs=1e-5)
    assert same(spherical(A, -A, 1.0), -A) and not torch.lerp(A, -A, 0.5).any()
    assert spherical(A[:1], -A[:1], 0.5).isfinite().all()  # one dimension has no way around zero


def test_many_pairs_at_once_are_the_pairs_one_by_one():
    a, b = torch.randn(2, 6, 8, generator=generator(0))
    a[0], b[1], b[2] = 0, a[1], -a[2]
    for function in KINDS.values():
        assert same(function(a, b, 0.4), torch.stack([function(x, y, 0.4) for x, y in zip(a, b, strict=True)]))


def test_halfway_between_prior_samples_the_line_is_shorter_by_the_square_root_of_two():
    a, b = torch.randn(2, 500, 64, generator=generator(0))
    ends = a.norm(dim=-1).mean()
    assert (ends / torch.lerp(a, b, 0.5).norm(dim=-1).mean()).item() == pytest.approx(2**0.5, rel=0.02)
    assert (ends / spherical(a, b, 0.5).norm(dim=-1).mean()).item() == pytest.approx(1, rel=0.02)


@pytest.mark.parametrize("kind", KINDS)
def test_a_path_has_its_ends_and_equal_steps(kind):
    a, b = torch.nn.functional.normalize(torch.randn(2, 8, generator=generator(0)), dim=-1)
    points = path(a, b, 7, kind)
    steps = points.diff(dim=0).norm(dim=-1)
    assert points.shape == (7, 8) and same(points[0], a) and same(points[-1], b)
    assert same(steps, steps[:1].expand(6))


@pytest.mark.parametrize("wrong, said", [({"kind": "sphercal"}, 'did you mean "spherical"'), ({"num": 1}, "2 ends")])
def test_wrong_paths_are_refused(wrong, said):
    with pytest.raises(GensqError, match=said):
        path(**{"a": A, "b": A, "num": 3, "kind": "linear"} | wrong)


class Thermometer:
    """Says "low" where z < 0 and "high" elsewhere."""

    def start(self, z, num):
        return (z[:, 0],)

    def step(self, tokens, state):
        word = torch.where(state[0] < 0, 4, 5)
        said = torch.where(tokens == Vocab.BOS, word, Vocab.EOS)
        return torch.nn.functional.one_hot(said, 6).double().mul(9).log_softmax(-1), state


def test_a_path_of_sentences_follows_its_points():
    points = path(torch.tensor([-1.0]), torch.tensor([1.0]), 4)
    decoded = decode_path(Thermometer(), points, max_length=3)
    assert decoded.sentences(Vocab(["low", "high"])) == [("low",), ("low",), ("high",), ("high",)]


LABELS = ["cat", "dog", "cat", "bird"]
CODES = torch.tensor([[0.0, 0.0], [4.0, 2.0], [2.0, 2.0], [9.0, 9.0]])


def test_an_attribute_vector_moves_one_mean_onto_the_other():
    vector = attribute_vector(CODES, LABELS, source="cat", target="dog")
    assert vector.tolist() == [3, 1]
    assert torch.equal(attribute_vector(CODES, LABELS, source="dog", target="cat"), -vector)
    cats = CODES[[0, 2]]
    assert torch.equal(moved(cats, vector).mean(0), CODES[1]) and torch.equal(moved(cats, vector, strength=0.0), cats)
    assert torch.equal(moved(cats, vector, strength=2.0) - cats, 2 * vector.expand(2, 2))


def test_a_label_that_nobody_has_is_refused():
    with pytest.raises(GensqError, match='"bird", "cat" or "dog".*did you mean "cat"'):
        attribute_vector(CODES, LABELS, source="cats", target="dog")


@pytest.fixture(scope="module")
def space():
    text = corpora.load("world", num_train=50)
    torch.manual_seed(0)
    return Space(TextVAE(vocab_size=len(text.vocab), embed_dim=8, hidden_dim=8, latent_dim=3).eval(), text, max_length=12)


def test_a_typed_sentence_lies_where_its_tokens_lie(space):
    sentences = space.text.test[:5]
    typed = torch.stack([space.at(space.text.show(sentence)) for sentence in sentences])
    assert torch.allclose(typed, space.means(sentences), atol=1e-6)
    with pytest.raises(GensqError, match="nearest words"):
        space.at("The cock ate a pizza.")


@pytest.mark.parametrize("how", DECODERS)
def test_every_way_to_decode_is_the_same_each_time_and_never_says_unknown(space, how):
    points = torch.randn(4, 3, generator=generator(1))
    said = space.sentences(points, how)
    assert len(said) == 4 and said == space.sentences(points, how) and not any("<unk>" in sentence for sentence in said)
    assert space.texts(points, how) == [space.text.show(sentence) for sentence in said]


def test_an_unknown_way_to_decode_is_refused(space):
    with pytest.raises(GensqError, match='did you mean "greedy"'):
        space.sentences(torch.zeros(1, 3), "greedily")
