"""The committed language model: small, safe to read, of this world, and as good as its lessons say."""
import hashlib

import pytest
import torch
from safetensors.torch import save_file

from gensq_course.shipped import language_model as shipped
from gensq_course.shipped.language_model import (
    finished_language_model,
    shipped_language_model,
    write_shipped_language_model,
)
from gensq_course.shipped import latent_space, world
from gensq_course.shipped.latent_space import shipped_latent_space
from gensq_course.shipped.files import FACTS, vocabulary_digest
from gensq_lib import diagnostics
from gensq_lib.ground import runtime
from gensq_lib.ground.errors import GensqError
from gensq_lib.maths import objectives, stats
from gensq_lib.text import batching, corpora, decoding, grammar
from gensq_lib.text.vocab import Vocab

SHA256 = "896c0d1d4eeeba3de3f61f78d08027ede11f58369312c3f095fe94091d541a0e"


@pytest.fixture(scope="module")
def text():
    return corpora.load("world", num_train=500)


@pytest.fixture(scope="module")
def model():
    return shipped_language_model()


def test_the_file_is_the_committed_one_and_small():
    data = shipped.FILE.read_bytes()
    assert hashlib.sha256(data).hexdigest() == SHA256, "made anew? run its lessons' claims, then write the new hash here"
    assert len(data) <= 2_000_000


def test_nll_is_near_the_truth(model, text):
    """Within 1 % of the exact NLL of the same 500 sentences, and never below it by more than chance allows."""
    encoded = [text.vocab.encode(sentence) for sentence in text.test[:500]]
    found = objectives.evaluate(model, model.log_likelihood, batching.in_order(encoded))
    exact = torch.tensor([text.grammar.log_prob(sentence) for sentence in text.test[:500]])
    excess = exact - found
    error = stats.estimate(excess).error
    assert -2 * error < excess.mean() < 0.01 * -exact.mean()


def test_samples_are_sentences_of_the_world(model, text):
    drawn = decoding.sample(model, num=500, max_length=25, generator=runtime.generator(0, "shipped"))
    assert diagnostics.valid_share(drawn.sentences(text.vocab), text.grammar).mean >= 0.92


def test_a_lesson_gets_it_only_where_it_fits(text):
    options = dict(steps=2, batch_size=4, seed=0)
    got = finished_language_model(text, **options, **shipped.SIZES)
    assert got.shipped and got.sentences == shipped.STEPS * shipped.BATCH_SIZE and not got.model.training and not got.aside
    small = {**shipped.SIZES, "embed_dim": 8, "hidden_dim": 8}
    for sizes, wanted in ((small, True), (small, False)):
        got = finished_language_model(text, shipped=wanted, **options, **sizes)
        assert not got.shipped and got.sentences == 8 and got.model.decoder.embed.embedding_dim == 8
    chinese = corpora.load("world:zh", num_train=50)
    assert not finished_language_model(chinese, **options, **small).shipped


def test_the_vocabulary_of_lessons_is_the_one_it_knows(text):
    assert vocabulary_digest(text.vocab) == vocabulary_digest(Vocab(grammar.load().terminals("en")))


READERS = {"language_model": (shipped, shipped_language_model),
           "latent_space": (latent_space, shipped_latent_space)}


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("content", [b"", b"not tensors at all", None])
def test_a_broken_file_is_one_sentence(name, content, tmp_path, monkeypatch):
    module, read = READERS[name]
    path = tmp_path / f"{name}.safetensors"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setattr(module, "FILE", path)
    with pytest.raises(GensqError, match=f"expected the {name.replace('_', ' ')} of the course .* gensq checkpoint {name}"):
        read()


@pytest.mark.parametrize("name", READERS)
def test_a_model_of_another_world_is_refused(name, tmp_path, monkeypatch):
    module, read = READERS[name]
    path = tmp_path / f"{name}.safetensors"
    save_file({"decoder.embed.weight": torch.zeros(2, 2)}, path, metadata={FACTS: '{"vocabulary": "another"}'})
    monkeypatch.setattr(module, "FILE", path)
    with pytest.raises(GensqError, match=f"another world; run: gensq checkpoint {name}"):
        read()


def test_writing_and_reading_agree(tmp_path, monkeypatch):
    for name, value in dict(STEPS=2, BATCH_SIZE=4, NUM_TRAIN=50).items():
        monkeypatch.setattr(shipped, name, value)
    monkeypatch.setattr(world, "MEASURED", {"num_test": 20, "num_samples": 2})
    path = tmp_path / "made.safetensors"
    made = write_shipped_language_model(path)
    write_shipped_language_model(again := tmp_path / "again.safetensors")
    assert path.read_bytes() == again.read_bytes(), "the same recipe, the same bytes"
    monkeypatch.setattr(shipped, "FILE", path)
    read = shipped_language_model()
    assert all(torch.equal(a, b) for a, b in zip(made.state_dict().values(), read.state_dict().values(), strict=True))
