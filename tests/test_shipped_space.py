"""The committed VAE of lesson 09: small, safe to read, of this world, and with a z that knows something."""
import hashlib

import pytest
import torch

from gensq_course.shipped import language_model as shipped
from gensq_course.shipped import latent_space, world
from gensq_course.shipped.latent_space import finished_latent_space, shipped_latent_space, write_shipped_latent_space
from gensq_course.talk.space import Space
from gensq_lib import diagnostics
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.text import batching, corpora

SHA256 = "7ed57bb079424ba63b916e806dd046138332614ecc3c4ce2003b54423da30c79"


@pytest.fixture(scope="module")
def space():
    return Space(shipped_latent_space(), corpora.load("world", num_train=500))


def test_the_file_is_the_committed_one_and_small():
    data = latent_space.FILE.read_bytes()
    assert hashlib.sha256(data).hexdigest() == SHA256, "made anew? run its lesson's claims, then write the new hash here"
    assert len(data) <= 4_000_000


def test_its_rate_is_high(space):
    encoded = [space.text.vocab.encode(sentence) for sentence in space.text.valid[:200]]
    assert diagnostics.encode(space.model, batching.in_order(encoded)).kl.sum(-1).mean() > 8


def test_its_reconstructions_keep_what_the_sentences_say(space):
    sentences = space.text.valid[:200]
    kept = diagnostics.attribute_agreement(sentences, space.sentences(space.means(sentences)), space.text.grammar)
    assert min(kept[name].mean for name in ("topic", "tense", "sentiment", "type")) > 0.75


def test_a_lesson_gets_it_only_where_it_fits(space):
    lm = LanguageModel(vocab_size=len(space.text.vocab), **shipped.SIZES)
    got = finished_latent_space(space.text, lm)
    assert got.shipped and not got.model.training and "loaded from data/latent_space.safetensors" in got.story
    for options in ({"allow_shipped": False}, {"seed": 1}):
        got = finished_latent_space(space.text, lm, steps=2, batch_size=4, latent_dim=3, **options)
        assert not got.shipped and got.model.latent_dim == 3 and "trained here, 2 steps" in got.story


def test_writing_and_reading_agree(tmp_path, monkeypatch):
    """The recipe gives the same bytes each time, and the file the same weights."""
    for name, value in dict(STEPS=2, BATCH_SIZE=4, NUM_TRAIN=50, LATENT_DIM=3).items():
        monkeypatch.setattr(latent_space, name, value)
    monkeypatch.setattr(world, "MEASURED", {"num_test": 20, "num_samples": 2})
    path, again = tmp_path / "made.safetensors", tmp_path / "again.safetensors"
    made = write_shipped_latent_space(path)
    monkeypatch.setenv("GENSQ_CACHE", str(tmp_path / "cache"))  # trained anew, not read from the cache
    write_shipped_latent_space(again)
    assert path.read_bytes() == again.read_bytes(), "the same recipe, the same bytes"
    monkeypatch.setattr(latent_space, "FILE", path)
    read = shipped_latent_space()
    assert read.latent_dim == 3
    assert all(torch.equal(a, b) for a, b in zip(made.state_dict().values(), read.state_dict().values(), strict=True))
