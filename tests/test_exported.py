"""A model in a file: it says the same again, another program can read it, and whatever is wrong with a file is one sentence."""
import json
import math
import os
import pickle
import re
import struct

import numpy as np
import pytest
import torch
from hostile import DAMAGES, Bomb, check_sentence
from hypothesis import given, settings
from hypothesis import strategies as st
from own_texts import joined, plain
from safetensors.torch import save_file
from small_worlds import TINY

from gensq_course.setup.endings import readable
from gensq_course.shipped import exported, files, language_model, latent_space, reading
from gensq_course.shipped.cards import Card, Measure, card_from, escaped, without_folders
from gensq_course.shipped.measuring import log_probs
from gensq_lib.ground.errors import GensqError
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.models.ngram import NGram
from gensq_lib.models.seq2seq import Seq2Seq
from gensq_lib.models.text_vae import VAES
from gensq_lib.text import corpora
from gensq_lib.text.batching import collate

SIZES = {"embed_dim": 6, "hidden_dim": 8}
CHINESE = "猫在睡觉。 狗在花园里吃饭！ 你好吗？".split()


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    """Each way of reading."""
    folder = tmp_path_factory.mktemp("texts")
    lines = [line.replace("The uncle", "My Uncle Tom's") for line in plain(300)]
    (folder / "own.txt").write_bytes(joined(lines))
    (folder / "own.grammar").write_text(TINY, "utf-8")
    (folder / "zh.txt").write_bytes(joined([f"{CHINESE[i % 3][:-1]}{chr(0x4e00 + i % 120)}。" for i in range(360)]))
    ways = {"words": "file:{}/own.txt", "characters": "chars:{}/own.txt", "spaces": "words:{}/own.txt",
            "Chinese": "file:{}/zh.txt",
            "grammar": "grammar:{}/own.grammar", "grammar by characters": "grammar:{}/own.grammar:zh"}
    return {way: corpora.load(name.format(folder), num_train=0 if "g" not in name[:2] else 120) for way, name in ways.items()}


def made(text, kind=LanguageModel, **sizes):
    torch.manual_seed(0)
    more = {} if kind is LanguageModel else {"latent_dim": 3}
    return kind(vocab_size=len(text.vocab), **SIZES, **more, **sizes).eval()


def written(path, text, model, **options):
    exported.export(path, model, text, made={"lesson": "21", "seed": 0}, measures=(), **options)
    return exported.load(path)


# --- the same again


@pytest.mark.parametrize("way", ["words", "characters", "spaces", "Chinese", "grammar", "grammar by characters"])
def test_it_reads_and_shows_as_the_corpus_does(texts, way, tmp_path):
    text = texts[way]
    found = written(tmp_path / "x", text, made(text))
    assert len(found.vocab) == len(text.vocab) and found.vocab.words == text.vocab.words
    for sentence in text.test[:60]:
        line = text.show(sentence)
        assert found.show(sentence) == line
        assert found.vocab.encode(found.read(line)) == [text.vocab._index.get(word, 3) for word in text.read(line)]


@pytest.mark.parametrize("kind", [LanguageModel, *VAES.values()], ids=lambda kind: kind.__name__)
def test_nats_are_the_same_bit_for_bit(texts, kind, tmp_path):
    text = texts["words"]
    model = made(text, kind)
    found = written(tmp_path / "x", text, model).score_sentences(text.test, num_samples=20)
    wanted = log_probs(model, [text.vocab.encode(s) for s in text.test], num_samples=20, seed=0)
    assert [each.nats for each in found] == (-wanted).tolist()
    for each, sentence in zip(found, text.test, strict=True):
        assert math.isclose(sum(nats for _, nats in each.words) + each.latent, each.nats, abs_tol=2e-3)
        assert [word for word, _ in each.words] == [*sentence, "<eos>"]
        assert kind is not LanguageModel or each.latent == 0


@pytest.mark.parametrize("decoder", ["lstm", "gru", "transformer"])
def test_the_same_seed_draws_the_same_sentences(texts, decoder, tmp_path):
    text = texts["words"]
    more = {"max_length": 40, "num_heads": 2} if decoder == "transformer" else {}
    model = made(text, decoder=decoder, **more)
    one, two = written(tmp_path / "x", text, model), exported.load(tmp_path / "x")
    assert one.sample(20, seed=3) == two.sample(20, seed=3) != two.sample(20, seed=4)
    assert one.sample(5, temperature=0.5) == one.sample(9, temperature=0.5)[:5]
    assert "unk" not in " ".join(one.sample(50, temperature=3))


def test_the_words_alone_would_beat_the_truth():
    """The trap: what a VAE's words cost beside a z that has read the sentence is less than the world itself allows."""
    found, world = exported.load(latent_space.FILE), corpora.load("world", num_train=50)
    tested = world.test[:60]
    scored = found.score_sentences(tested, num_samples=30)
    truth = -sum(map(world.grammar.log_prob, tested))
    assert sum(nats for each in scored for _, nats in each.words) < 0.8 * truth < truth < sum(each.nats for each in scored)
    assert sum(each.latent for each in scored) / len(scored) > 4


def test_half_is_half_and_near(texts, tmp_path):
    text = texts["words"]
    model = made(text)
    full, half = written(tmp_path / "x", text, model), written(tmp_path / "y", text, model, half=True)
    assert half.card.made["numbers"] == "float16" and full.card.made["numbers"] == "float32"
    a, b = (sum(each.nats for each in found.score_sentences(text.test)) for found in (full, half))
    assert a != b and math.isclose(a, b, rel_tol=1e-3)
    weights = [os.path.getsize(tmp_path / name) for name in "xy"]
    assert weights[0] - weights[1] >= sum(p.numel() for p in model.parameters()) * 2


def test_the_models_of_the_course_are_such_files():
    for module, kind in ((language_model, "language model"), (latent_space, "text VAE")):
        found = exported.load(module.FILE)
        assert found.card.model == kind and found.card.corpus["name"] == "world" and found.card.measures
        (one,) = found.score(["The cook ate a pizza."], num_samples=5)
        assert 10 < one.nats < 30 and not one.unknown


# --- read by another program


def header_and_numbers(path):
    """The container, by docs/export.md."""
    data = path.read_bytes()
    (size,) = struct.unpack("<Q", data[:8])
    header, body = json.loads(data[8 : 8 + size]), data[8 + size :]
    facts = json.loads(header.pop("__metadata__")["facts"])
    kinds = {"F32": "<f4", "F16": "<f2"}
    return facts, {name: np.frombuffer(body[slice(*of["data_offsets"])], kinds[of["dtype"]]).reshape(of["shape"]).astype(float)
                   for name, of in header.items()}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def log_p(weights, ids, z=None):
    """log p(x | z) of an LSTM, by docs/export.md."""
    embed, rnn = weights["decoder.embed.weight"], {name.split(".")[-1]: w for name, w in weights.items() if ".rnn." in name}
    size = rnn["weight_hh_l0"].shape[1]
    z = np.zeros(0) if z is None else z
    both = np.tanh(weights["decoder.to_state.weight"] @ z + weights["decoder.to_state.bias"]) if len(z) else np.zeros(2 * size)
    h, c, total = both[:size], both[size:], 0.0
    for before, word in zip([1, *ids], [*ids, 2]):
        gates = rnn["weight_ih_l0"] @ np.concatenate([embed[before], z]) + rnn["bias_ih_l0"]
        gates = gates + rnn["weight_hh_l0"] @ h + rnn["bias_hh_l0"]
        i, f, g, o = np.split(gates, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        logits = embed @ (weights["decoder.to_embed.weight"] @ h + weights["decoder.to_embed.bias"])
        logits = logits + weights["decoder.to_vocab.bias"]
        total += logits[word] - np.log(np.exp(logits - logits.max()).sum()) - logits.max()
    return total


def test_numpy_alone_finds_the_same_probability(texts, tmp_path):
    text = texts["spaces"]
    found = written(tmp_path / "x", text, made(text))
    facts, weights = header_and_numbers(tmp_path / "x")
    number = {word: place for place, word in enumerate(facts["words"], start=4)}
    line = "The zebra saw a cat"
    (wanted,) = found.score([line])
    ids = [number.get(word, 3) for word in line.split()]
    assert 3 in ids and math.isclose(log_p(weights, ids), -wanted.nats, rel_tol=1e-5)
    wrong = dict(weights) | {"decoder.rnn.bias_hh_l0": 0 * weights["decoder.rnn.bias_hh_l0"]}
    assert not math.isclose(log_p(wrong, ids), -wanted.nats, rel_tol=1e-5)


def test_numpy_alone_encodes_and_decodes(texts, tmp_path):
    """q(z | x) and log p(x | z) of a VAE, by docs/export.md."""
    text = texts["words"]
    model = made(text, VAES["BagOfWordsVAE"])
    written(tmp_path / "x", text, model)
    _, weights = header_and_numbers(tmp_path / "x")
    ids = text.vocab.encode(text.test[0])
    embed = weights.get("encoder.embed.weight", weights["decoder.embed.weight"])

    def states(name, tokens):
        w = {key: weights[f"encoder.{name}.{key}_l0"] for key in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}
        h = c = np.zeros(w["weight_hh"].shape[1])
        for token in tokens:
            i, f, g, o = np.split(w["weight_ih"] @ embed[token] + w["bias_ih"] + w["weight_hh"] @ h + w["bias_hh"], 4)
            c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
            h = sigmoid(o) * np.tanh(c)
            yield h

    tokens = [*ids, 2]
    both = [np.max(list(states("forwards", tokens)), 0), np.max(list(states("backwards", tokens[::-1])), 0)]
    summary = np.concatenate(both)
    mean = weights["to_mean.weight"] @ summary + weights["to_mean.bias"]
    stddev = np.exp(4 * np.tanh((weights["to_log_var.weight"] @ summary + weights["to_log_var.bias"]) / 8))
    batch = collate([ids])
    with torch.no_grad():
        q = model.posterior(batch)
        np.testing.assert_allclose(q.mean[0], mean, atol=1e-5)
        np.testing.assert_allclose(q.stddev[0], stddev, rtol=1e-5)
        wanted = model.log_likelihood(batch, q.mean[None]).item()
    assert math.isclose(log_p(weights, ids, mean), wanted, rel_tol=1e-5)


# --- the card


def test_no_text_and_no_folder_is_in_the_file(texts, tmp_path):
    text = texts["words"]
    written(tmp_path / "x", text, made(text))
    data = (tmp_path / "x").read_bytes()
    assert b"own.txt" in data and str(tmp_path.parent).encode() not in data
    assert not any(" ".join(sentence).encode() in data or text.show(sentence).encode() in data for sentence in text.train)
    once = {word for s in text.train for word in s} | set(text.read.__self__.seen)
    facts, _ = header_and_numbers(tmp_path / "x")
    rare = {word for word in once if word not in text.vocab}
    assert not rare & {*facts["words"], *facts["reading"]["usual"], *facts["reading"]["usual"].values()}


def test_measures_are_those_of_the_lessons(texts, tmp_path):
    text = texts["grammar"]
    for model in (made(text), made(text, list(VAES.values())[0])):
        found = {m.name: m for m in exported.measured(model, text, num_test=30, num_samples=4)}
        first = next(iter(found.values()))
        wanted = -log_probs(model, [text.vocab.encode(s) for s in text.test[:30]], num_samples=4, seed=0)
        assert math.isclose(first.value, wanted.double().mean(), rel_tol=1e-9)
        assert first.interval[0] < first.value < first.interval[1]
        exact = -sum(text.grammar.log_prob(s, language=text.language) for s in text.test[:30]) / 30
        assert math.isclose(found["exact NLL of the grammar itself"].value, exact, rel_tol=1e-6) and exact < first.value
        assert ("bound" in first.name) == ("KL of q(z | x) to the prior" in found) == (model.config["class"] != "LanguageModel")


EVIL = '</td><script>alert(1)</script> | `rm` [x](javascript:1) ![](http://x) \x1b[2J **b** \u202e'


def test_a_card_is_shown_and_never_obeyed(tmp_path, texts):
    text = texts["words"]
    exported.export(tmp_path / "x", made(text), text, made={"lesson": EVIL, EVIL: {EVIL: 1.5}},
                    measures=(Measure(EVIL, math.nan, EVIL, EVIL), Measure("m", 2.0, "nats", "10", (1.0, 3.0))))
    card = exported.load(tmp_path / "x").card
    page = card.markdown(EVIL)
    assert "<script" not in page and "<td" not in page and "\x1b" not in page and "\u202e" not in page
    assert not re.search(r"(?<!\\)\]\(", page) and r"\`rm\`" in page
    cells = [line for line in page.splitlines() if line.startswith("| ")]
    assert all(line.replace("\\|", "").count("|") in (3, 6) for line in cells)
    assert "1 to 3" in page and json.loads(json.dumps(card.as_dict(), allow_nan=False))["measures"][0]["value"] is None
    levels = [line.split()[0] for line in card.markdown(level=3).splitlines() if line.startswith("#")]
    assert levels == ["###", "####", "####"]  # on a page with headings of its own


@given(st.text(max_size=80))
@settings(max_examples=60)
def test_any_text_is_a_cell(value):
    cell = escaped(value)
    assert cell.isprintable() and "<" not in cell and "|" not in cell.replace("\\|", "")


def test_a_long_entry_is_cut():
    assert len(escaped("y" * 10**6)) < 600


@pytest.mark.parametrize("name, wanted", [
    ("as the table/list says", "as the table/list says"), ("/a/b", "b"),
    ("file:/home/me/a.txt", "file:a.txt"), ("file:a.txt#text", "file:a.txt#text"), ("file:C:\\me\\a.txt", "file:a.txt"),
    ("world:zh", "world:zh"), ("crossing:zh-en", "crossing:zh-en"), ("words:~/b", "words:b"), (3, 3)])
def test_folders_are_nobodys_business(name, wanted):
    assert without_folders(name) == wanted


# --- what is refused


@pytest.fixture(scope="module")
def whole(tmp_path_factory, texts):
    path = tmp_path_factory.mktemp("whole") / "x"
    text = texts["words"]
    exported.export(path, made(text), text, made={}, measures=(Measure("NLL", 3.0, "nats", "5"),))
    return path.read_bytes()


def refused(path, words=""):
    with pytest.raises(GensqError) as caught:
        exported.load(path)
    said = readable(str(caught.value))
    check_sentence(said)
    assert words in said, said
    return said


@pytest.mark.parametrize("what", DAMAGES)
def test_a_damaged_file_is_one_sentence(what, whole, tmp_path):
    changed = DAMAGES[what](whole)
    (tmp_path / "x").write_bytes(changed)
    assert changed != whole and refused(tmp_path / "x")


def rebuilt(whole, change):
    """The same container with other facts."""
    (size,) = struct.unpack("<Q", whole[:8])
    header = json.loads(whole[8 : 8 + size])
    facts = json.loads(header["__metadata__"]["facts"])
    header["__metadata__"]["facts"] = change(facts) if isinstance(change(facts), str) else json.dumps(change(facts))
    head = json.dumps(header).encode()
    return struct.pack("<Q", len(head)) + head + whole[8 + size :]


def without(key):
    return lambda facts: {k: v for k, v in facts.items() if k != key}


def config(**sizes):
    return lambda facts: facts | {"config": facts["config"] | sizes}


FACTS_OF_OTHERS = {
    "of an older version": (without("format"), "older version"),
    "of a later format": (lambda f: f | {"format": 2}, "expected an exported model of format 1"),
    "a format that is a page": (lambda f: f | {"format": EVIL * 100}, "expected an exported model of format 1"),
    "no words": (without("words"), "no list of its words"),
    "words that are numbers": (lambda f: f | {"words": [1, 2]}, "no list of its words"),
    "an empty word": (lambda f: f | {"words": ["", *f["words"][1:]]}, "no list of its words"),
    "words in another order": (lambda f: f | {"words": f["words"][::-1]}, "damaged"),
    "a word twice": (lambda f: f | {"words": [*f["words"], f["words"][0]]}, "damaged"),
    "too few words": (lambda f: f | {"words": f["words"][:5], "vocabulary": "x"}, "damaged"),
    "no rules": (without("reading"), "rules for reading"),
    "other rules": (lambda f: f | {"reading": {"way": "python", "code": "1"}}, "rules for reading"),
    "rules as a list": (lambda f: f | {"reading": [1]}, "rules for reading"),
    "spellings that are numbers": (lambda f: f | {"reading": {"way": "words", "usual": {"a": 1}}}, "rules for reading"),
    "a way that is a list": (lambda f: f | {"reading": {"way": []}}, "rules for reading"),
    "no card": (without("card"), "card of another form"),
    "a card with more": (lambda f: f | {"card": f["card"] | {"x": 1}}, "card of another form"),
    "a card of words": (lambda f: f | {"card": "a card"}, "card of another form"),
    "a measure that is none": (lambda f: f | {"card": f["card"] | {"measures": [{"name": 1}]}}, "card of another form"),
    "an interval of three": (lambda f: f | {"card": f["card"] | {"measures": [
        {"name": "a", "value": 1, "unit": "", "on": "", "interval": [1, 2, 3]}]}}, "card of another form"),
    "no length": (without("longest"), "damaged"),
    "a huge length": (lambda f: f | {"longest": 10**9}, "damaged"),
    "no config": (without("config"), "config"),
    "a class that is a list": (config(**{"class": [1]}), "expected the config of a model"),
    "a class of the system": (config(**{"class": "Popen"}), "expected the config of a model"),
    "a class with other weights": (config(**{"class": "TextVAE"}), ""),
    "sizes for a whole machine": (config(hidden_dim=10**9), "other sizes"),
    "layers without end": (config(num_layers=10**9), "other sizes"),
    "layers that are words": (config(num_layers="many"), "other sizes"),
    "sizes below zero": (config(hidden_dim=-8), ""),
    "sizes that are words": (config(hidden_dim="wide"), ""),
    "sizes that are broken": (config(hidden_dim=8.5), ""),
    "a dropout that is none": (config(dropout=7), ""),
    "facts that are a number": (lambda f: "3", "other metadata"),
    "facts that are no JSON": (lambda f: "{", "expected a model saved by gensq"),
    "facts without a bottom": (lambda f: "[" * 100_000, "expected a model saved by gensq"),
}


@pytest.mark.parametrize("what", FACTS_OF_OTHERS)
def test_other_facts_are_one_sentence(what, whole, tmp_path):
    change, words = FACTS_OF_OTHERS[what]
    (tmp_path / "x").write_bytes(rebuilt(whole, change))
    refused(tmp_path / "x", words)


def test_the_same_facts_are_fine(whole, tmp_path):
    (tmp_path / "x").write_bytes(rebuilt(whole, lambda facts: facts))
    assert exported.load(tmp_path / "x").card.measures[0].value == 3


def test_a_header_without_end_is_not_read(tmp_path):
    (tmp_path / "x").write_bytes(struct.pack("<Q", 2**40) + b"{" * 100)
    refused(tmp_path / "x", "a header of")


def test_a_pickle_is_not_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, data in {"x": pickle.dumps(Bomb()), "model.safetensors": pickle.dumps(Bomb(), protocol=0)}.items():
        (tmp_path / name).write_bytes(data)
        refused(tmp_path / name, "expected a model saved by gensq")
    torch.save({"a": Bomb()}, tmp_path / "y")
    refused(tmp_path / "y")
    assert sorted(os.listdir(tmp_path)) == ["model.safetensors", "x", "y"]


def test_models_of_other_kinds(tmp_path, texts):
    text = texts["words"]
    chat = Seq2Seq(vocab_size=14, label_sizes=[2], **SIZES)
    files.save_model(tmp_path / "x", chat, facts={"vocabulary": "y"})
    refused(tmp_path / "x", "gensq chat")
    save_file({"x": torch.zeros(2, dtype=torch.bfloat16)}, tmp_path / "y")
    refused(tmp_path / "y")
    for model in (chat, NGram(order=3, vocab_size=len(text.vocab)).fit([[4, 5]])):
        with pytest.raises(GensqError, match="expected a language model or a text VAE to export"):
            exported.export(tmp_path / "z", model, text, made={}, measures=())
    with pytest.raises(GensqError, match="give the corpus that it was trained on"):
        exported.export(tmp_path / "z", LanguageModel(vocab_size=5, **SIZES), text, made={}, measures=())
    assert not (tmp_path / "z").exists()


def test_weights_that_are_no_numbers_are_not_written(texts, tmp_path):
    text = texts["words"]
    model = made(text)
    with torch.no_grad():
        model.decoder.embed.weight[5] = math.nan
    with pytest.raises(GensqError, match="expected finite weights"):
        exported.export(tmp_path / "x", model, text, made={}, measures=())


def test_a_full_disk_leaves_the_old_file(texts, tmp_path, monkeypatch):
    text, path = texts["words"], tmp_path / "x"
    before = (written(path, text, made(text)), path.read_bytes())[1]

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "save_file", full)
    with pytest.raises(GensqError, match="No space left on device; free some space"):
        written(path, text, made(text))
    assert path.read_bytes() == before and os.listdir(tmp_path) == ["x"]


@given(st.binary(max_size=300), st.integers(0, 300))
@settings(max_examples=80)
def test_any_bytes_are_one_sentence(tmp_path_factory, whole, noise, place):
    path = tmp_path_factory.mktemp("noise") / "x"
    data = whole[:place] + noise + whole[place + len(noise):]
    path.write_bytes(data)
    if data != whole:
        try:
            exported.load(path)
        except GensqError as error:
            check_sentence(readable(str(error)))


json_values = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
                           lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3))


@given(json_values)
@settings(max_examples=100)
def test_any_json_is_no_card_and_no_rule(found):
    for make in (card_from, reading.reading_from):
        with pytest.raises(GensqError):
            make(found)


@given(key=st.sampled_from([*Card.__dataclass_fields__]), value=json_values)
@settings(max_examples=60)
def test_a_card_with_any_entry_is_refused_or_shown(key, value):
    fine = Card("language model", {}, {"name": "a"}, "words", {}, (), "MIT").as_dict()
    try:
        page = card_from(fine | {key: value}).markdown()
    except GensqError:
        return
    assert page.startswith("# ")


def test_wrong_calls_are_sentences(texts, tmp_path):
    found = written(tmp_path / "x", texts["words"], made(texts["words"]))
    calls = {"a number of sentences": lambda: found.sample(0), "a temperature above 0": lambda: found.sample(2, temperature=0.0),
             "sentences of 1 to": lambda: found.score([""]), "samples of z": lambda: found.score(["a"], num_samples=0),
             "at least one scored": lambda: exported.summary([])}
    for words, call in calls.items():
        with pytest.raises(GensqError, match=words):
            call()
    with pytest.raises(GensqError, match="sentences of 1 to 1,000 tokens, got 1,001"):
        found.score(["y " * 1_001])
