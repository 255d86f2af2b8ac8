"""What is kept carries a digest: a damaged file is named and made anew (the cache), or refused with a way out."""
import contextlib
import io
import json
import pickle
import shutil

import pytest
import torch

from gensq_course.clinic import charts
from gensq_course.doctor import machine, probe
from gensq_course.report import results
from gensq_course.shipped import every
from gensq_course.studies import Study, records, study
from gensq_lib.ground import seals
from gensq_lib.ground.errors import GensqError
from gensq_lib.ground.places import cache_folder
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.text.batching import TrainingBatches
from gensq_lib.text.corpora import world
from gensq_lib.text.grammar import load
from gensq_lib.training import Checkpoint, cached, fit, language_model_step, load_state, make_optimizer, save_state
from small_worlds import TINY

ENCODED = [[4 + (i * j) % 9 for j in range(1, 2 + i % 5)] for i in range(40)]


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("GENSQ_CACHE", str(tmp_path / "cache"))


def flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1:]


def with_nan(data: bytes) -> bytes:
    """Weights of NaN, and all else as it was; a text has a word of it."""
    content = data[:data.rindex(seals.MARK)]
    try:
        state = torch.load(io.BytesIO(content), weights_only=True)
    except Exception:
        return b"nan" + content[3:] + data[len(content):]
    for weight in state["model"].values():
        weight.fill_(float("nan"))
    file = io.BytesIO()
    torch.save(state, file)
    return file.getvalue() + data[len(content):]


DAMAGES = {  # what a file becomes; `other` is one of the same kind, whole, under its own name
    "cut in half": lambda data, other: data[:len(data) // 2],
    "cut by a byte": lambda data, other: data[:-1],
    "emptied": lambda data, other: b"",
    "a bit in the middle": lambda data, other: flipped(data, len(data) // 2),
    "a bit at the start": lambda data, other: flipped(data, 0),
    "a bit of the digest": lambda data, other: flipped(data, len(data) - 5),
    "of NaN": lambda data, other: with_nan(data),
    "another's": lambda data, other: other,
    "of an older version": lambda data, other: data[:data.rindex(seals.MARK)],
    "twice": lambda data, other: data + data,
    "a text": lambda data, other: b"some other text\n" * 100,
    "a picture": lambda data, other: b"\x89PNG\r\n\x1a\n" + bytes(256),
    "a pickle": lambda data, other: pickle.dumps({"model": {}, "history": {}, "done": 3}),
    "a folder": lambda data, other: None,
}


def damage(path, kind, other: bytes) -> None:
    content = DAMAGES[kind](path.read_bytes(), other)
    path.unlink()
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)


class Killed(Exception):
    """In the middle of a run."""


def run(seed=0, *, die=False):
    """A cached run of 12 steps with a checkpoint after each third; returns its weights and how many steps were done now."""
    torch.manual_seed(seed)
    model, done = LanguageModel(vocab_size=13, embed_dim=4, hidden_dim=4), []

    def go(checkpoint):
        checkpoint.every = 3
        optimizer = make_optimizer(model, learning_rate=1e-2)
        step = language_model_step(model, optimizer)

        def counted(next_batch, i):
            if die and i == 7:
                raise Killed
            done.append(i)
            return step(next_batch, i)

        return fit(counted, TrainingBatches(ENCODED, batch_size=4, seed=0), model=model, optimizer=optimizer, steps=12,
                   seed=0, show="nll", checkpoint=checkpoint)

    cached(model, {"seed": seed}, go)
    return {name: weight.clone() for name, weight in model.state_dict().items()}, done


def same(one, two) -> bool:
    return all(torch.equal(weight, two[name]) for name, weight in one.items())


def kept(pattern: str):
    (path,) = cache_folder().glob(pattern)
    return path


@pytest.mark.parametrize("kind", DAMAGES)
def test_a_damaged_run_is_named_and_trained_anew(kind, capsys):
    run(seed=1)
    other = kept("runs/*.pt")
    content = other.read_bytes()
    other.unlink()
    wanted, steps = run()
    again, none = run()
    assert len(steps) == 12 and none == [] and same(again, wanted), "whole, it is read"
    damage(kept("runs/*.pt"), kind, content)
    with contextlib.suppress(GensqError) if kind == "a folder" else contextlib.nullcontext():  # which nobody deletes
        found, steps = run()
        assert same(found, wanted) and len(steps) == 12
        assert run()[1] == [], "and kept again"
    said = capsys.readouterr().err
    assert said.count("gensq: expected") == 1 and "it is made anew" in said


@pytest.mark.parametrize("kind", [kind for kind in DAMAGES if kind != "a folder"])
def test_a_damaged_checkpoint_of_the_cache_is_named_and_the_run_begins_anew(kind, capsys):
    with pytest.raises(Killed):
        run(seed=1, die=True)
    other = kept("runs/*.part")
    content = other.read_bytes()
    other.unlink()
    wanted, _ = run()
    kept("runs/*.pt").unlink()
    with pytest.raises(Killed):
        run(die=True)
    whole = kept("runs/*.part").read_bytes()
    damage(kept("runs/*.part"), kind, content)
    found, steps = run()
    assert same(found, wanted) and steps == list(range(12)) and "it is made anew" in capsys.readouterr().err
    finished = kept("runs/*.pt")
    finished.unlink()
    finished.with_suffix(".part").write_bytes(whole)
    found, steps = run()
    assert same(found, wanted) and steps == list(range(6, 12)), "a whole one is resumed, with the same bits"


@pytest.mark.parametrize("kind", [kind for kind in DAMAGES if kind not in ("a folder", "another's")])
def test_a_damaged_checkpoint_of_the_reader_is_refused(kind, tmp_path):
    path = tmp_path / "mine.pt"
    save_state(path, {"model": {"weight": torch.ones(200)}, "done": 3})
    path.rename(path.with_name("renamed.pt"))
    assert load_state(path.with_name("renamed.pt"))["done"] == 3, "its name is the reader's affair"
    path.with_name("renamed.pt").rename(path)
    damage(path, kind, b"")
    for read in (load_state, lambda path: Checkpoint(path).read()):
        with pytest.raises(GensqError, match="expected a checkpoint written by gensq at .*; delete it and train again") as caught:
            read(path)
        assert "\n" not in str(caught.value)


def test_a_digest_is_no_signature(tmp_path):
    """What is read is still never executed."""
    seals.seal(tmp_path / "x", pickle.dumps(print, protocol=2))
    with pytest.raises(GensqError, match="expected a checkpoint written by gensq"):
        load_state(tmp_path / "x")


@pytest.mark.parametrize("kind", [kind for kind in DAMAGES if kind != "a folder"])
def test_a_damaged_world_is_named_and_drawn_anew(kind, tmp_path, capsys):
    (tmp_path / "tiny.grammar").write_text(TINY, "utf-8")
    g = load(tmp_path / "tiny.grammar")
    language = g.languages[0]
    world._train(g, language, seed=1, num=50)
    other = kept("worlds/*")
    content = other.read_bytes()
    other.unlink()
    wanted = world._train(g, language, seed=0, num=50)
    damage(kept("worlds/*"), kind, content)
    assert world._train(g, language, seed=0, num=50) == wanted
    assert capsys.readouterr().err.count("it is made anew") == 1
    assert world._train(g, language, seed=0, num=50) == wanted and not capsys.readouterr().err


def double(number: int):
    return records({"doubled": 2.0 * number})


TOY = Study("toy_of_seals", "How much is twice?", [{"number": number} for number in range(3)], double)


@pytest.mark.parametrize("kind", [kind for kind in DAMAGES if kind != "a folder"])
def test_damaged_rows_of_a_study_are_named_and_computed_anew(kind, capsys):
    study.keep(TOY, {"x": {"setting": {"number": 9}, "version": study.version(TOY)}})
    other = study.partial(TOY).read_bytes().replace(b"number", b"bumber")
    row = study.timed(TOY, {"number": 1})
    study.keep(TOY, {study.key(row["setting"]): row})
    assert list(study.kept_rows(TOY).values()) == [row]
    damage(study.partial(TOY), kind, other)
    assert study.kept_rows(TOY) == {} and "it is made anew" in capsys.readouterr().err


TABLES = {
    "a number": lambda text: text.replace("4.0", "5.0"), "cut off": lambda text: text[:-40], "empty": lambda text: "",
    "a list": lambda text: "[1]", "no rows": lambda text: '{"study": "x"}', "rows of numbers": lambda text: '{"rows": [1]}',
    "deep": lambda text: "[" * 100_000}


@pytest.mark.parametrize("kind", TABLES)
def test_a_damaged_recorded_table_is_refused(kind, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(study, "RESULTS", tmp_path)
    path = study.write(TOY, [study.timed(TOY, setting) | {"commit": "x"} for setting in TOY.settings])
    assert [row["found"][0]["value"] for row in study.read(TOY.name)["rows"]] == [0.0, 2.0, 4.0]
    text = path.read_text()
    path.write_text(TABLES[kind](text))
    with pytest.raises(GensqError, match=f"expected the recorded table {TOY.name}.json .*, or run: gensq study {TOY.name}"):
        study.read(TOY.name)
    assert study.kept_rows(TOY) == {} and "computed anew" in capsys.readouterr().err
    older = {key: value for key, value in json.loads(text).items() if key != results.DIGEST}
    path.write_text(json.dumps(older))
    assert len(study.read(TOY.name)["rows"]) == 3, "one that was recorded before there were digests"


def test_damaged_charts_are_refused(tmp_path, monkeypatch):
    for content in ("", "[]", '{"healthy": []}'):
        (tmp_path / "charts.json").write_text(content)
        monkeypatch.setattr(charts, "FILE", tmp_path / "charts.json")
        with pytest.raises(GensqError, match="expected the recorded charts .*gensq clinic --remake"):
            charts.recorded.__wrapped__()


def test_the_doctor_counts_what_is_damaged():
    run()
    run(seed=1)
    assert "2 files kept" in machine.cache().words and "damaged" not in machine.cache().words
    path = sorted(cache_folder().glob("runs/*.pt"))[0]
    path.write_bytes(b"")
    assert "2 files kept, 1 of them damaged or of an older version" in machine.cache().words


def test_the_doctor_tries_every_shipped_model(tmp_path, monkeypatch):
    assert set(every.looked_at().values()) == {""} and len(every.looked_at()) == 13
    for name in ("doorstep.vae.safetensors", "doorstep.judge.safetensors"):
        shutil.copy(every.file_of("doorstep", "vae").with_name(name), tmp_path / name)
    path = tmp_path / "doorstep.vae.safetensors"
    path.write_bytes(flipped(path.read_bytes(), -9))
    monkeypatch.setattr(every, "file_of", lambda corpus, name: tmp_path / f"{corpus}.{name}.safetensors")
    found = every.looked_at()
    assert found["doorstep.judge.safetensors"] == "" and "the file is damaged" in found["doorstep.vae.safetensors"]
    assert "gensq checkpoint dialogue" in found["dialogue.vae.safetensors"], "which is not there"


@pytest.mark.slow
def test_the_probe_asks_for_all_of_them():
    assert probe.probe()["model"] == "" and probe.probe()["models"] == "13 of 13"
