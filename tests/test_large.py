"""Files that are too large to be held: the same parts, the same batches, little memory, and one sentence for what is wrong."""
import math
import gc
import os
import tracemalloc
from collections import Counter

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gensq_course.lessons.your_own_text import texts
from gensq_lib.ground.errors import GensqError
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.models.parts import log_frequencies
from gensq_lib.text import batching, corpora
from gensq_lib.text.batching import SPARE, TrainingBatches
from gensq_lib.text.corpora import disk, lines, own, text
from gensq_lib.text.corpora.splits import alone, part_by
from gensq_lib.text.labelled import LabelledBatches
from gensq_lib.text.large import Large, looked_at, mapped
from gensq_lib.text.pairs import Pair, PairBatches
from gensq_lib.training.sizing import plan_for
from gensq_lib.training.steps import language_model_step, make_optimizer
from own_texts import plain

LOADERS = {"file": corpora.load, "labelled": corpora.load_labelled, "pairs": corpora.load_dialogues, "both": corpora.load_pairs}


@pytest.fixture
def large(monkeypatch):
    """Every file is large, and of 600 lines half are read without having been looked at."""
    monkeypatch.setattr(disk, "AT_ONCE", 0)
    monkeypatch.setattr(disk, "LOOKED_AT", 300)
    monkeypatch.setattr(disk, "PER_WORD", 0)


def wanted(num=600):
    return plain(num, seed=1)


def written(path, rows, end="\n"):
    path.write_bytes((end.join(rows) + end).encode())
    return path


def kinds_of(folder):
    """Name -> the corpus, how it is encoded."""
    rows = wanted()
    pairs = [f"{row}\t{other}" for row, other in zip(rows, plain(600, seed=2), strict=True)]
    return {"file": written(folder / "s.txt", rows), "pairs": written(folder / "p.txt", pairs),
            "labelled": written(folder / "l.txt", [f"{row}\t{'odd' if len(row) % 2 else 'even'}" for row in rows])}


def held(corpus):
    """Sentences of each part, what batches see of training."""
    parts = (corpus.train, corpus.valid, corpus.test)
    return [part.some(range(len(part))) if isinstance(part, Large) else part for part in parts]


# Parts

def test_a_line_is_in_the_part_that_it_is_in_when_the_file_is_read_at_once(tmp_path, large, monkeypatch):
    path = kinds_of(tmp_path)["file"]
    train, valid, test = held(corpora.load(f"file:{path}"))
    monkeypatch.setattr(disk, "AT_ONCE", 10**9)
    whole = corpora.load(f"file:{path}")
    assert Counter(train) == Counter(whole.train), "each training sentence once"
    assert set(valid) < set(whole.valid) and set(test) < set(whole.test), "those of the lines that were looked at"


@pytest.mark.parametrize("prefix, load", [("pairs", corpora.load_dialogues), ("pairs", corpora.load_pairs)])
def test_pairs_are_parted_as_at_once(tmp_path, large, monkeypatch, prefix, load):
    path = kinds_of(tmp_path)["pairs"]
    train, valid, test = held(load(f"pairs:{path}"))
    monkeypatch.setattr(disk, "AT_ONCE", 10**9)
    whole = load(f"pairs:{path}")
    assert Counter(train) == Counter(whole.train) and set(valid) < set(whole.valid) and set(test) < set(whole.test)


def test_labels_stay_with_their_sentences(tmp_path, large, monkeypatch):
    path = kinds_of(tmp_path)["labelled"]
    found = corpora.load_labelled(f"labelled:{path}")
    seen = found.encoded("train").some(range(len(found.text.train)))
    monkeypatch.setattr(disk, "AT_ONCE", 10**9)
    whole = corpora.load_labelled(f"labelled:{path}")
    assert found.classes == whole.classes == ("even", "odd")
    decoded = Counter((found.text.vocab.decode(ids), found.classes[label]) for ids, label in seen)
    assert decoded == Counter(zip(whole.text.train, whole.labels.train, strict=True))
    assert found.ids("train")[0] == found.classes.index(found.labels.train[0])


def test_no_translation_of_a_held_out_pair_is_trained_on(tmp_path, large):
    shared = [f"{row}\tThe same answer {i % 40}." for i, row in enumerate(wanted())]
    corpus = corpora.load_pairs(f"pairs:{written(tmp_path / 'p.txt', shared)}")
    train, valid, test = held(corpus)
    sides = [{text.key(getattr(pair, side)) for pair in part} for side in ("source", "target") for part in (train, valid + test)]
    assert sides[0].isdisjoint(sides[1]) and sides[2].isdisjoint(sides[3])


def leaks(part):
    """Whether a wrong rule for parts lets a spelling of a held-out sentence into training."""
    rows = wanted(100)
    spelled = [[row.lower() for row in rows], [row.upper() for row in rows]]
    return any(len({part(each) for each in same}) > 1 for same in zip(*spelled, strict=True))


def test_a_part_by_the_line_itself_is_refused():
    assert leaks(part_by) and not leaks(lambda line: part_by(text.key(text.tokens(line))))
    assert part_by(alone("a b")) == part_by(str((0, "a b")))


# Batches

def test_batches_are_those_of_the_same_sentences_in_memory(tmp_path, large):
    """Where the bounds of their sizes are exact."""
    corpus = corpora.load(f"file:{kinds_of(tmp_path)['file']}")
    encoded = corpus.encoded("train")
    for how in ({"batch_size": 32}, {"tokens": 300}):
        ours, again = (TrainingBatches(encoded, seed=3, **how) for _ in range(2))
        lengths = iter(encoded.sizes[:, 0].tolist())
        wide = how | ({"batch_size": math.ceil(32 * SPARE)} if "batch_size" in how else {})  # more places, cut to 32
        there = TrainingBatches(encoded.made(encoded.places.tolist()), seed=3, **wide,
                                length=lambda each, lengths=lengths: next(lengths),
                                collate=lambda some, device: [each for each in some if each is not None])
        for i in (0, 7, 3, ours.per_epoch + 1):
            batch = ours(i)
            assert torch.equal(batch.targets, again(i).targets)
            found = [row[: n - 1] for row, n in zip(batch.targets.tolist(), batch.lengths.tolist(), strict=True)]
            assert found == there(i)[: how.get("batch_size")]


@pytest.mark.parametrize("kind", ["file", "labelled", "pairs"])
def test_an_epoch_holds_each_training_line_at_most_once(tmp_path, large, kind):
    """By tokens exactly once; in batches of one size some wait for another epoch."""
    path = kinds_of(tmp_path)[kind]
    corpus = LOADERS[kind](f"{kind}:{path}")
    encoded, make = {"file": lambda: (corpus.encoded("train"), TrainingBatches),
                     "labelled": lambda: (corpus.encoded("train"), LabelledBatches),
                     "pairs": lambda: (corpus.encoded(corpus.train), PairBatches)}[kind]()
    for how in ({"batch_size": 50}, {"tokens": 400}):
        batches = make(encoded, seed=0, **how)
        epoch = [batches(i) for i in range(batches.per_epoch)]
        targets = Counter(tuple(row[: n - 1]) for batch in epoch
                          for row, n in zip(batch.targets.tolist(), batch.lengths.tolist(), strict=True))
        said = Counter(tuple(each if kind == "file" else each[0 if kind == "labelled" else 1])
                       for each in encoded.some(range(len(encoded))))
        assert targets == said if "tokens" in how else targets <= said and targets.total() > 0.75 * said.total()
        if "batch_size" in how:
            assert sum(len(batch) == 50 for batch in epoch) >= len(epoch) - 2


def of_each(make):
    """What a `Large` is made by, of a function of one place."""
    return lambda places: list(map(make, places))


def test_a_place_without_an_item_has_always_the_same_other_one():
    items = Large(of_each(lambda place: place if place % 3 else None), np.arange(90), np.ones((90, 1), np.int32), source="x")
    assert [items[i] for i in range(90)] == list(items) and all(each % 3 for each in items)
    assert list(items[30:60]) == list(items)[30:60] and len(items[30:60]) == 30, "a slice is that of the items"
    assert list(mapped(str, items)[:5]) == list(map(str, items))[:5]
    assert looked_at(items) == [i for i in range(90) if i % 3] and looked_at([1, 2]) == [1, 2]
    assert items.digest != items[1:].digest and items.digest == Large(of_each(str), np.arange(90), items.sizes, source="x").digest
    with pytest.raises(GensqError, match="got none"):
        Large(of_each(lambda place: None), np.arange(3), np.ones((3, 1), np.int32), source="x")[0]


def test_a_batch_whose_lines_are_all_held_out_is_the_next_one():
    made = of_each(lambda place: [4 + place] if place > 5 else None)
    encoded = Large(made, np.arange(9), np.ones((9, 1), np.int32), source="x")
    batches = TrainingBatches(encoded, batch_size=1, seed=0)
    assert {int(batches(i).targets[0, 0]) for i in range(9)} == {10, 11, 12}


def test_no_more_is_read_than_fits():
    asked = []

    def made(places):
        asked.extend(places)
        return [place if place % 3 else None for place in places]

    items = Large(made, np.arange(90), np.ones((90, 1), np.int32), source="x")
    assert items.some(range(90), most=10) == items.some(range(90))[:10] and asked[:15] == [*range(15)] and asked[15] == 0
    assert items.some([], most=3) == [] and items.some(np.array([4, 3, 2]), most=5) == [4, 2]


@pytest.mark.parametrize("how", [{"batch_size": 20}, {"tokens": 200}])
def test_reading_ahead_changes_no_batch(tmp_path, large, monkeypatch, how):
    """In whatever order they are asked for; over the end of an epoch; and in a run that goes on in the middle."""
    corpus = corpora.load(f"file:{kinds_of(tmp_path)['file']}")
    encoded, found = mapped(corpus.vocab.encode, corpus.train), {}
    for ahead in (1, 3, 1_000):
        monkeypatch.setattr(batching, "AHEAD", ahead)
        batches = TrainingBatches(encoded, seed=3, **how)
        wanted = [*range(batches.per_epoch + 3), 5, 2, 7]
        found[ahead] = [batches(i).targets.tolist() for i in wanted]
        resumed = TrainingBatches(encoded, seed=3, **how)
        assert [resumed(i).targets.tolist() for i in wanted[4:]] == found[ahead][4:]
    assert found[1] == found[3] == found[1_000]


@pytest.mark.parametrize("load", [corpora.load_dialogues, corpora.load_pairs])
def test_pairs_that_were_looked_at_are_not_kept(tmp_path, large, load):
    """But those of validation and test; a function that holds the whole corpus would keep thousands."""
    def there():
        gc.collect()
        return sum(type(each) is Pair for each in gc.get_objects())

    before = there()
    corpus = load(f"pairs:{kinds_of(tmp_path)['pairs']}")
    held_out = len(corpus.valid) + len(corpus.test)
    assert held_out <= there() - before < held_out + 100 and corpus.train.some(range(10))


# What counts words looks at some

def test_words_are_counted_in_what_is_looked_at(tmp_path, large):
    corpus = corpora.load(f"file:{kinds_of(tmp_path)['file']}")
    encoded = corpus.encoded("train")
    alike = log_frequencies(encoded.some(range(len(encoded))), len(corpus.vocab))
    assert torch.equal(log_frequencies(encoded, len(corpus.vocab)), alike)
    assert plan_for(encoded, corpus.vocab).small and "read line by line: of 600 lines 300" in str(corpus)
    assert len(corpora.load(f"file:{tmp_path / 's.txt'}", num_train=100).train) == 100
    other = corpora.load(f"file:{tmp_path / 's.txt'}", num_train=500, seed=1)
    assert len(other.train) == 500 and other.fingerprint != corpus.fingerprint
    assert corpus.fingerprint == corpora.load(f"file:{tmp_path / 's.txt'}").fingerprint


# Lines

LINES = st.lists(st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0\r\n")), max_size=8)


@given(LINES, st.sampled_from(["\n", "\r\n", "\r"]), st.booleans(), st.booleans())
def test_lines_are_those_of_the_reader_and_sizes_are_bounds(tmp_path_factory, rows, end, mark, ended):
    path = tmp_path_factory.mktemp("any") / "x.txt"
    path.write_bytes((b"\xef\xbb\xbf" if mark else b"") + (end.join(rows) + end * ended).encode())
    found, read = lines.Lines(path), own.texts(path)
    assert list(found) == (read or [""] * mark), "a byte-order mark alone is an empty line"
    for size, line in zip(found.sizes[:, 0].tolist(), found, strict=True):
        assert size >= len(text.tokens(line)) and size >= len(text.tokens(line, "zh"))


@given(LINES)
def test_cells_are_measured_alone(tmp_path_factory, rows):
    path = written(tmp_path_factory.mktemp("any") / "x.txt", rows)
    found = lines.Lines(path, cells=2)
    for sizes, tabs, line in zip(found.sizes.tolist(), found.tabs.tolist(), found, strict=True):
        cells = (line.split("\t") + [""])[:2]
        assert tabs == line.count("\t") and all(size >= len(text.tokens(cell)) for size, cell in zip(sizes, cells, strict=True))


def test_sizes_of_plain_words_are_exact(tmp_path):
    rows = [*wanted(200), "", "  ", "3 words, here."]
    assert lines.Lines(written(tmp_path / "x", rows)).sizes[:, 0].tolist() == [len(text.tokens(row)) for row in rows]


def test_blocks_do_not_matter(tmp_path, monkeypatch):
    path = written(tmp_path / "x", ["a b", "", "caf\u00e9 \u6625", "x" * 50, "", "end"], "\r\n")
    whole = lines.Lines(path)
    for size in (1, 2, 3, 7):
        monkeypatch.setattr(lines, "BLOCK", size)
        small = lines.Lines(path)
        assert list(small) == list(whole) and (small.sizes == whole.sizes).all() and small.digest == whole.digest
    monkeypatch.setattr(lines, "LONGEST", 40)
    with pytest.raises(GensqError, match="lines of at most 40 bytes"):
        lines.Lines(path)


WRONG = {
    "bad UTF-8": (b"\xff", "file", "in UTF-8, got the byte 0xff in line 601"),
    "NUL": (b"a\0b", "file", "NUL byte in line 601"),
    "no tab": (b"words", "pairs", "in line 601 of .*, got 0 tabs .1 such"),
    "three tabs": (b"a\tb\tc\td", "both", "in line 601 of .*, got 3 tabs"),
    "no label": (b"words", "labelled", "in line 601 of .*, got 0 tabs or no label"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_lines_are_refused_by_their_number(tmp_path, large, case):
    content, kind, said = WRONG[case]
    path = kinds_of(tmp_path)["pairs" if kind == "both" else kind]
    path.write_bytes(path.read_bytes() + content + b"\n")
    with pytest.raises(GensqError, match=said):
        LOADERS[kind](f"{'pairs' if kind == 'both' else kind}:{path}")


def test_an_edited_file_is_refused(tmp_path, large):
    path = kinds_of(tmp_path)["file"]
    corpus = corpora.load(f"file:{path}")
    with open(path, "ab") as file:
        file.write(b"One more.\n")
    with pytest.raises(GensqError, match="got a file that was changed since; load the corpus anew"):
        corpus.train[0]
    corpus = corpora.load(f"file:{path}")
    content = path.read_bytes()
    path.write_bytes(content.swapcase())
    os.utime(path, ns=(0, 0))
    with pytest.raises(GensqError, match="changed since"):
        corpus.train[0]


def test_lines_that_are_no_sentences_are_left_out_of_training(tmp_path, large):
    rows = [*wanted(), *["", "...", "word " * 200, "x" * 50_000] * 30]
    train, *_ = held(corpora.load(f"file:{written(tmp_path / 'x', rows)}"))
    assert all(1 < len(sentence) <= 60 for sentence in train) and len(train) > 450


# Memory

def peak(path, num):
    """Of Python's objects and numpy's arrays, while a corpus is loaded and ten batches are made."""
    written(path, (plain(1_000, seed=3) * (num // 1_000)))
    tracemalloc.start()
    corpus = corpora.load(f"file:{path}")
    batches = TrainingBatches(corpus.encoded("train"), batch_size=32, seed=0)
    [batches(i) for i in range(10)]
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found


def test_memory_is_flat(tmp_path, large):
    """40 bytes a line: a million lines cost 40 MB. As tokens a line costs a kilobyte."""
    few, many = (peak(tmp_path / "x.txt", num) for num in (10_000, 100_000))
    assert many - few < 40 * 90_000


# Many words

def test_a_vocabulary_of_50_000_words_is_trained_with(tmp_path):
    words = [f"w{chr(97 + i % 26)}{i}" for i in range(50_000)]
    path = written(tmp_path / "x.txt", [" ".join(words[i : i + 50]) for i in range(0, 50_000, 50)] * 2)
    assert len(corpora.load(f"file:{path}").vocab) == 10_004
    corpus = corpora.load(f"file:{path}", max_words=50_000)
    assert len(corpus.vocab) > 40_000
    encoded = corpus.encoded("train")
    for options in ({"output": "full"}, {"output": "adaptive", "tie": False}, {"output": "sampled"}):
        torch.manual_seed(0)
        model = LanguageModel(vocab_size=len(corpus.vocab), embed_dim=16, hidden_dim=16, **options)
        model.decoder.start_from_frequencies(encoded)
        batches = TrainingBatches(encoded, tokens=128, seed=0)
        step = language_model_step(model, make_optimizer(model, learning_rate=1e-2))
        found = [step(lambda i=i, batches=batches: batches(i), i)["nll"] for i in range(2)]
        assert all(np.isfinite(found))


@pytest.mark.parametrize("name", ["world", "tatoeba-en-zh"])
def test_more_words_are_refused_where_none_are_counted(name):
    with pytest.raises(GensqError, match="expected max_words with a text of your own, got"):
        corpora.load(name, max_words=50_000)


def test_lesson_21_reads_some_of_a_large_file(tmp_path, large):
    text, whole = texts.opened(f"file:{kinds_of(tmp_path)['file']}", seed=0, num_train=0, most=100)
    assert len(text.train) == 100 < len(whole.train) < 600 and isinstance(whole.train, list)
