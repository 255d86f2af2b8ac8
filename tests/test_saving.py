"""A model makes another of its kind from its config, and a file gives back the model that was saved in it."""
import json

import pytest
import torch
from safetensors.torch import save_file

from gensq_lib.ground.errors import GensqError
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.models.ngram import NGram
from gensq_course.shipped.files import FACTS, MODELS, from_config, load_model, save_model, saved_facts

OPTIONS = {"vocab_size": 14, "latent_dim": 3, "data_dim": 5, "order": 3, "label_sizes": [2, 3], "embed_dim": 4, "hidden_dim": 6,
           "num_classes": 2, "spectral": True, "source_vocab_size": 9, "copy": False, "channels": 2}
NEEDS = {"NGram": ("order", "vocab_size"), "DenseVAE": ("data_dim", "latent_dim"), "LinearVAE": ("data_dim", "latent_dim"),
         "LanguageModel": ("vocab_size", "embed_dim", "hidden_dim"),
         "Seq2Seq": ("vocab_size", "label_sizes", "embed_dim", "hidden_dim"),
         "DenseGAN": ("data_dim", "latent_dim", "num_classes", "spectral"),
         "ConvolutionalGAN": ("latent_dim", "num_classes", "spectral"),
         "ReplyJudge": ("vocab_size", "label_sizes", "embed_dim", "hidden_dim"),
         **dict.fromkeys(["RecurrentJudge", "ConvolutionalJudge", "PrefixJudge"], ("vocab_size", "embed_dim", "hidden_dim")),
         "ConditionalVAE": ("vocab_size", "source_vocab_size", "copy", "label_sizes", "embed_dim", "hidden_dim", "latent_dim"),
         "SpeechVAE": ("latent_dim", "channels", "hidden_dim"), "SpeechClassifier": ("channels", "hidden_dim"),
         "MaskedDenoiser": ("vocab_size", "embed_dim", "hidden_dim")}


def made(name):
    torch.manual_seed(0)
    asked = NEEDS.get(name, ("vocab_size", "embed_dim", "hidden_dim", "latent_dim"))
    return MODELS[name](**{option: OPTIONS[option] for option in asked})


@pytest.mark.parametrize("name", MODELS)
def test_a_config_makes_the_same_kind_of_model(name):
    model = made(name)
    again = from_config(model.config)
    assert type(again) is type(model) and again.config == model.config == {"class": name} | {
        option: OPTIONS[option] for option in model.config if option != "class"}
    assert [(n, w.shape) for n, w in again.state_dict().items()] == [(n, w.shape) for n, w in model.state_dict().items()]


@pytest.mark.parametrize("name", MODELS)
def test_an_option_that_nothing_uses_is_refused(name):
    config = {**made(name).config, "no_such_option": 1}
    with pytest.raises(GensqError, match=f"expected (options of {name},|arguments for text_decoder) .*no_such_option"):
        from_config(config)


@pytest.mark.parametrize("name", [name for name in MODELS if name != "NGram"])
def test_a_saved_model_comes_back(name, tmp_path):
    model, path = made(name), tmp_path / "model.safetensors"
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(0.5)
    save_model(path, model, facts={"steps": 3})
    loaded = load_model(path)
    facts = saved_facts(path)
    assert facts.pop("weights") and facts == {"steps": 3, "config": model.config} and not loaded.training
    torch.testing.assert_close(dict(loaded.state_dict()), dict(model.state_dict()), rtol=0, atol=0)


def small():
    return LanguageModel(vocab_size=9, embed_dim=4, hidden_dim=4)


def test_what_is_tied_is_saved_once_and_stays_tied(tmp_path):
    save_model(tmp_path / "x", small(), facts={})
    loaded = load_model(tmp_path / "x")
    assert loaded.decoder.to_vocab.weight is loaded.decoder.embed.weight
    assert (tmp_path / "x").stat().st_size < 3_000


def foreign(**facts):
    return lambda path: save_file({"x": torch.zeros(2)}, path, metadata={FACTS: json.dumps(facts)})


@pytest.mark.parametrize("write, message", [
    (lambda path: path.write_bytes(b"not tensors"), "expected a model saved by gensq"),
    (lambda path: None, "expected a model saved by gensq"),
    (lambda path: save_file({"x": torch.zeros(2)}, path), "to say how its model is made, got no config"),
    (lambda path: save_file({"x": torch.zeros(2)}, path, metadata={FACTS: "[1]"}), "got other metadata"),
    (foreign(config={"class": "Popen"}), 'got "Popen"'),
    (foreign(config={"class": "LanguageModel"}), "expected options of LanguageModel"),
    (foreign(config={"class": "LanguageModel", "vocab_size": 9, "hidden_dim": 4}), "expected the weights of a LanguageModel"),
])
def test_a_damaged_or_foreign_file_is_refused_in_a_sentence(write, message, tmp_path):
    write(tmp_path / "x")
    with pytest.raises(GensqError, match=message):
        load_model(tmp_path / "x")


@pytest.mark.parametrize("place", [-1, -700])
def test_one_flipped_bit_is_seen(place, tmp_path):
    """The shapes are right, and the numbers would be taken for a model."""
    save_model(tmp_path / "x", small(), facts={})
    content = bytearray((tmp_path / "x").read_bytes())
    content[place] ^= 1
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(GensqError, match="expected the weights that were saved .* is damaged"):
        load_model(tmp_path / "x")


def test_what_is_not_finite_is_not_saved(tmp_path):
    model = small()
    with torch.no_grad():
        model.decoder.embed.weight[0, 0] = float("nan")
    with pytest.raises(GensqError, match="expected finite weights to save, got others in decoder.embed.weight"):
        save_model(tmp_path / "x", model, facts={})
    assert not (tmp_path / "x").exists()


def test_half_a_file_is_refused(tmp_path):
    save_model(tmp_path / "x", small(), facts={})
    (tmp_path / "x").write_bytes((tmp_path / "x").read_bytes()[:-100])
    with pytest.raises(GensqError, match="expected a model saved by gensq"):
        load_model(tmp_path / "x")


def test_counts_are_no_weights(tmp_path):
    with pytest.raises(GensqError, match="expected a model with weights to save, got a NGram"):
        save_model(tmp_path / "x", NGram(order=2, vocab_size=9), facts={})
