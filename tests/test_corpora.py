"""Corpora: text to tokens and back, splits without leaks, files that are wrong in every way. Nothing is downloaded."""
import hashlib
import os
import random
import re
import string
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gensq_course.execute.held_out import train_sha256, write_held_out
from gensq_lib.ground.errors import GensqError
from gensq_lib.text import corpora, grammar
from gensq_lib.text.corpora import files, real, splits, text, world
from gensq_lib.text.pairs import Pair, collate_pairs
from small_worlds import TINY

DATA = os.environ.get("GENSQ_DATA")
NETWORK = "tried to download"
ENGLISH = ["The cat saw Tom.", "I like tea.", "Mary's dog didn't eat.", "Is it raining?", "They're at home."]


@pytest.fixture(autouse=True)
def alone(cut_off):
    """What was read stays with the test that read it."""
    real.tatoeba_whole.cache_clear()
    yield
    real.tatoeba_whole.cache_clear()


def made_up_lines(num, seed=0):
    """Sentences of frequent and rare words, with names inside them."""
    rng = random.Random(seed)
    words = [f"{a}{b}" for a in string.ascii_lowercase for b in "aeiou"]
    return [" ".join([rng.choice(words).title(), *rng.choices(words, k=rng.randint(1, 6)), "Tom"]) + "."
            for _ in range(num)]


def write(path, content):
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return f"file:{path}"


# Tokens

TABLE = [
    ("Don't you like Tom's dog?", ["Don't", "you", "like", "Tom", "'s", "dog", "?"]),
    ("I'm sure they'd've gone, we'll see.", ["I", "'m", "sure", "they", "'d", "'ve", "gone", ",", "we", "'ll", "see", "."]),
    ("It\u2019s 7:30 p.m.", ["It", "'s", "7:30", "p.m."]),
    ('He said, "Hello!" (twice)', ["He", "said", ",", '"', "Hello", "!", '"', "(", "twice", ")"]),
    ("A well-known man paid $3.50, or 10,000%.",
     ["A", "well-known", "man", "paid", "$", "3.50", ",", "or", "10,000", "%", "."]),
    ("The girls' school \u2026", ["The", "girls", "'", "school", "\u2026"]),
    ("cafe\u0301  \ufeffna\u00efve\x00\tyes", ["caf\u00e9", "na\u00efve", "yes"]),
    ("\u6211\u7231Tom\u3002", ["\u6211", "\u7231", "Tom", "\u3002"]),
    ("ok \U0001f44d\U0001f3fd!", ["ok", "\U0001f44d", "\U0001f3fd", "!"]),
    ("\U0001f468\u200d\U0001f469\u200d\U0001f467", ["\U0001f468\u200d\U0001f469\u200d\U0001f467"]),
    ("<eos> is text", ["<", "eos", ">", "is", "text"]),
    ("", []), (" \t\x00\ufeff", []), ("\ud800", []),
]


@pytest.mark.parametrize("written, expected", TABLE)
def test_tokens(written, expected):
    assert list(text.tokens(written)) == expected


def test_chinese_tokens():
    assert text.tokens("\u4f60 \u770b\u8fc7 Tom, \u5bf9\u5417?\uff13\uff10\u70b9", "zh") == tuple(
        "\u4f60 \u770b \u8fc7 Tom \uff0c \u5bf9 \u5417 \uff1f 30 \u70b9".split())


@pytest.mark.parametrize("written", [
    "Don't you like Tom's dog?", 'He said, "Hello!" (twice).', "It's 7:30 p.m. now.", "She paid $3.50 and/or 10%.",
    "Wait: I'd've gone; you?", '"Stop!"', "The girls' school.", "\u6211\u7231Tom\u3002", "Well-known."])
def test_what_is_read_is_shown_as_it_was(written):
    assert text.show(text.tokens(written)) == written


LETTERS = st.text(alphabet=st.one_of(st.characters(), st.sampled_from(" .,:;'\"-/$()?!3aA\u6211\uff0c\u200d\u0301")))


@given(LETTERS, st.sampled_from(["", "zh"]))
def test_any_text_has_tokens_and_they_survive_being_shown(written, language):
    sentence = text.tokens(written, language)
    assert text.tokens(text.show(sentence), language) == sentence
    assert all(token and not any(map(str.isspace, token)) for token in sentence)
    assert text.key(sentence) or not sentence


def of_the_whole(written):
    """The tokens of a line by one look at all of it."""
    found = text.TOKEN.findall(text._clean(written, text.PLAIN))
    return tuple(part for token in found for part in (text._without_clitics(token) if "'" in token else (token,)))


@given(LETTERS)
def test_no_token_reaches_beyond_a_space(written):
    """So a line may be read piece by piece."""
    assert text.tokens(written) == of_the_whole(written)


def test_pieces_cut_elsewhere_are_refused():
    written = "At 7:30 p.m. well-known O'Neill's 3.50 left."
    assert text.tokens(written) == of_the_whole(written)
    for wrong in (":", ".", "-", "'"):
        assert sum(map(text.tokens, re.split(f"(?={re.escape(wrong)})", written)), ()) != of_the_whole(written)


def test_a_word_is_one_string_but_long_pieces_are_not_kept():
    one, other = (text.tokens(f"The {word} piano sleeps.") for word in ("old", "new"))
    assert one[2] is other[2] and one[3] is other[3]
    before = text._at_hand.cache_info().currsize
    assert text.tokens("x" * 5_000) == ("x" * 5_000,) and text._at_hand.cache_info().currsize == before


@given(st.lists(LETTERS, min_size=1), LETTERS)
def test_any_text_can_be_typed_and_shown(written, typed):
    script = text.Script.of([text.tokens(line) for line in written], "")
    assert isinstance(script.show(script.read(typed)), str)
    for line in written:
        sentence = script.spell(text.tokens(line))
        assert script.spell(sentence) == sentence and text.key(sentence) == text.key(text.tokens(line))


def test_spelling_inside_a_sentence():
    lines = ["The cat saw Tom.", "Tom saw the cat.", "Now I see. The end.", "NASA is far.", "It is old.", "Is it?"]
    script = text.Script.of([text.tokens(line) for line in lines], "")
    assert [script.spell(text.tokens(line)) for line in lines] == [
        ("the", "cat", "saw", "Tom", "."), ("Tom", "saw", "the", "cat", "."),
        ("now", "I", "see", ".", "the", "end", "."), ("NASA", "is", "far", "."), ("it", "is", "old", "."),
        ("is", "it", "?")]
    assert [script.show(script.read(line)) for line in lines] == lines
    assert script.read("tom SAW i") == ("Tom", "saw", "I")
    quoting = text.Script.of([text.tokens(line) for line in ['He said, "Stop!"', 'She said, "Stop!"', "They stop."]], "")
    assert quoting.spell(("Stop", "it")) == ("stop", "it")  # a capital letter after a quotation mark says nothing
    assert script.read("I saw Paul") == ("I", "saw", "Paul")


def test_key_forgets_case_and_punctuation():
    assert text.key(text.tokens("Hi, Tom!")) == text.key(text.tokens("hi tom")) != text.key(text.tokens("hi Mary"))
    assert text.key(("?", "!")) != text.key(("!", "?"))


# Splits

KEYS = st.lists(st.tuples(st.text("abc", max_size=2), st.text("abc", max_size=2)), max_size=30)


@given(KEYS)
def test_components_are_those_of_a_slow_search(pairs):
    names = splits.components(pairs)
    for i, first in enumerate(pairs):
        reached, frontier = {first}, {first}
        while frontier:
            frontier = {p for p in pairs for q in frontier if p[0] == q[0] or p[1] == q[1]} - reached
            reached |= frontier
        assert [name == names[i] for name in names] == [pair in reached for pair in pairs]


@given(KEYS, st.randoms())
def test_components_do_not_depend_on_the_order(pairs, rng):
    names = dict(zip(pairs, splits.components(pairs), strict=True))
    rng.shuffle(pairs)
    assert names == dict(zip(pairs, splits.components(pairs), strict=True))


def test_parts_are_90_5_5_and_a_new_line_moves_no_other():
    items = [f"sentence {i}" for i in range(4000)]
    parts, fewer = splits.split(items, items), splits.split(items[1:], items[1:])
    assert [len(p) for p in (parts.valid, parts.test)] == pytest.approx([200, 200], abs=5 * 200**0.5)
    assert sorted(parts.train + parts.valid + parts.test) == sorted(items)
    assert all(set(b) == set(a) - {items[0]} for a, b in
               ((parts.train, fewer.train), (parts.valid, fewer.valid), (parts.test, fewer.test)))
    assert parts.train != sorted(parts.train, key=items.index)  # files are often sorted by length


def leaks(parts, side):
    """True when a sentence of this side, in whatever spelling, is in two parts."""
    keys = [{text.key(getattr(pair, side)) for pair in part} for part in parts]
    return bool(keys[0] & keys[1] or keys[0] & keys[2] or keys[1] & keys[2])


def made_up_pairs(num=1500):
    """Many Chinese sentences have several English ones, and the other way round."""
    rng = random.Random(0)
    return [(f"Say w{rng.randrange(num)} to Tom{rng.choice('.!')}", chr(0x4E00 + rng.randrange(num)) + "\u3002")
            for _ in range(num)]


def test_splits_of_pairs_by_row_would_leak_and_by_component_do_not():
    pairs = [Pair(text.tokens(en), text.tokens(zh, "zh")) for en, zh in made_up_pairs()]
    keys = [(text.key(pair.source), text.key(pair.target)) for pair in pairs]
    by_row, by_english = splits.split(pairs, list(map(str, keys))), splits.split(pairs, [en for en, _ in keys])
    by_component = splits.split(pairs, splits.components(keys))
    as_lists = [(p.train, p.valid, p.test) for p in (by_row, by_english, by_component)]
    assert [(leaks(p, "source"), leaks(p, "target")) for p in as_lists] == [(True, True), (False, True), (False, False)]


# Tatoeba: a small stand-in for the real file, with the same checks

@pytest.fixture
def tatoeba(monkeypatch, tmp_path):
    """GENSQ_DATA holds a made-up cmn.txt, and the registry its sha256."""
    rows = [f"{en}\t{zh}\tCC-BY 2.0 #{i} (Alice)" for i, (en, zh) in enumerate(made_up_pairs())]
    return placed(monkeypatch, tmp_path, "\n".join(rows) + "\n")


def placed(monkeypatch, tmp_path, content):
    path = tmp_path / "data" / "cmn-eng" / "cmn.txt"
    path.parent.mkdir(parents=True)
    path.write_text(content, "utf-8")
    facts = files.Remote("cmn-eng/cmn.txt", real.TATOEBA.url, hashlib.sha256(path.read_bytes()).hexdigest(),
                         path.stat().st_size, "CC BY 2.0 FR")
    monkeypatch.setattr(real, "TATOEBA", facts)
    monkeypatch.setenv("GENSQ_DATA", str(tmp_path / "data"))
    return path


def test_pairs_do_not_leak_and_their_sides_are_split_alike(tatoeba):
    pairs = corpora.load_pairs("tatoeba-en-zh")
    parts = (pairs.train, pairs.valid, pairs.test)
    assert not leaks(parts, "source") and not leaks(parts, "target") and all(parts)
    for side, name in {"source": "tatoeba-en-zh", "target": "tatoeba-en-zh:zh"}.items():
        corpus = corpora.load(name)
        for part, alone in zip(parts, (corpus.train, corpus.valid, corpus.test), strict=True):
            assert set(alone) == {getattr(pair, side) for pair in part} and len(set(alone)) == len(alone)
        assert all("Alice" in corpus.attributions[s] for s in corpus.train + corpus.valid + corpus.test)
        assert corpus.licence == "CC BY 2.0 FR" and corpus.licence in str(corpus) and corpus.grammar is None
    assert all(pair in pairs.attributions for part in parts for pair in part)
    assert (corpora.load("tatoeba-en-zh").language, corpora.load("tatoeba-en-zh:zh").language) == ("en", "zh")


def test_the_vocabulary_knows_the_training_part_alone(tatoeba):
    corpus = corpora.load("tatoeba-en-zh")
    counts = Counter(word for sentence in corpus.train for word in sentence)
    assert set(corpus.vocab.words[4:]) == {word for word, count in counts.items() if count >= real.MIN_COUNT}
    unknown = [word not in corpus.vocab for sentence in corpus.test for word in sentence]
    assert corpus.unknown_rate(corpus.test) == pytest.approx(sum(unknown) / len(unknown)) and any(unknown)
    assert not corpus.vocab.closed


@pytest.mark.parametrize("part", ["train", "valid", "test"])
def test_a_part_is_encoded_in_its_order(tatoeba, part):
    text = corpora.load("tatoeba-en-zh")
    assert text.encoded(part) == [text.vocab.encode(sentence) for sentence in getattr(text, part)] != []


def test_fewer_training_sentences_are_a_choice_of_the_seed(tatoeba):
    whole, first, again, other = (corpora.load("tatoeba-en-zh", seed=seed, num_train=num)
                                  for seed, num in [(0, 0), (0, 50), (0, 50), (1, 50)])
    assert first.train == again.train != other.train and len(other.train) == 50 and set(other.train) < set(whole.train)
    assert whole.test == first.test == other.test and whole.valid == other.valid
    with pytest.raises(GensqError, match="num_train from 1 to"):
        corpora.load("tatoeba-en-zh", num_train=10**6)


@pytest.mark.parametrize("spoil", [lambda data: data[:-100], lambda data: data + b"\n", lambda data: b""])
def test_a_truncated_or_changed_file_is_refused(tatoeba, spoil):
    tatoeba.write_bytes(spoil(tatoeba.read_bytes()))
    with pytest.raises(GensqError, match="bytes and sha256 .* replace it"):
        corpora.load("tatoeba-en-zh")


def test_without_network_and_data_one_error_says_what_to_put_where():
    with pytest.raises(GensqError) as caught:
        corpora.load("tatoeba-en-zh")
    message = str(caught.value)
    for part in ("GENSQ_DATA", "cmn-eng/cmn.txt", real.TATOEBA.sha256, "CC BY 2.0 FR", NETWORK):
        assert part in message
    assert "\n" not in message


def test_a_download_is_checked_and_kept(tatoeba, monkeypatch):
    content = tatoeba.read_bytes()
    tatoeba.unlink()
    calls = []

    def retrieve(url, known_hash, fname, path):
        calls.append((url, known_hash))
        Path(path).mkdir(parents=True, exist_ok=True)
        (Path(path) / fname).write_bytes(content)
    monkeypatch.setattr("pooch.retrieve", retrieve)
    first = corpora.load("tatoeba-en-zh")
    real.tatoeba_whole.cache_clear()
    assert corpora.load("tatoeba-en-zh").train == first.train
    assert calls == [(real.TATOEBA.url, f"sha256:{real.TATOEBA.sha256}")]
    (files.cache_folder() / "corpora" / "cmn-eng" / "cmn.txt").write_text("spoiled")
    real.tatoeba_whole.cache_clear()
    assert corpora.load("tatoeba-en-zh").train == first.train and len(calls) == 2


def test_a_download_with_a_wrong_hash_is_refused(monkeypatch):
    def retrieve(*args, **kwargs):
        raise ValueError("SHA256 hash of downloaded file does not match the known hash")
    monkeypatch.setattr("pooch.retrieve", retrieve)
    with pytest.raises(GensqError, match="does not match"):
        corpora.load("tatoeba-en-zh")


@pytest.mark.slow
@pytest.mark.skipif(not DATA, reason="GENSQ_DATA names no folder with the real file")
def test_the_real_tatoeba(monkeypatch):
    monkeypatch.setenv("GENSQ_DATA", DATA)
    pairs, english, chinese = (corpora.load_pairs("tatoeba-en-zh"), corpora.load("tatoeba-en-zh"),
                               corpora.load("tatoeba-en-zh:zh"))
    parts = (pairs.train, pairs.valid, pairs.test)
    assert not leaks(parts, "source") and not leaks(parts, "target")
    assert len(english.train + english.valid + english.test) == 27_661
    assert english.unknown_rate(english.test) < 0.035 and chinese.unknown_rate(chinese.test) < 0.01
    for corpus in (english, chinese):
        assert sum(corpus.read(corpus.show(s)) == s for s in corpus.test) > 0.998 * len(corpus.test)


# The sequences of He et al.: what is said of them is counted

@pytest.mark.skipif(not DATA, reason="GENSQ_DATA names no folder with the real file")
def test_the_sequences_of_he_et_al_are_what_is_said_of_them(monkeypatch):
    monkeypatch.setenv("GENSQ_DATA", DATA)
    corpus = corpora.load("he2019-synthetic")
    sequences = corpus.train + corpus.valid + corpus.test
    assert len(sequences) == len(set(sequences)) == 10_000 and {len(s) for s in sequences} == {10}
    counts = Counter(word for s in sequences for word in s)
    assert set(counts) == set(map(str, range(1000))) and corpus.unknown_rate(corpus.test) == 0
    shares = np.array(list(counts.values())) / 100_000
    entropy = -(shares * np.log(shares)).sum()
    assert entropy == pytest.approx(6.854, abs=0.001) and entropy > 0.99 * np.log(1000)

    def pairs(gap: int, rows) -> int:
        return len({(row[i], row[i + gap]) for row in rows for i in range(10 - gap)})

    columns = np.array(sequences)
    strangers = list(map(tuple, np.random.default_rng(0).permuted(columns, axis=0).tolist()))  # each place shuffled alone
    assert pairs(1, sequences) < 0.94 * pairs(1, strangers), "neighbours depend on each other"
    assert abs(pairs(5, sequences) / pairs(5, strangers) - 1) < 0.005, "words far apart hardly do"
    assert corpus.read(corpus.show(sequences[0])) == sequences[0] and not corpus.attributions


def test_sequences_load_by_name(monkeypatch, tmp_path):
    path = tmp_path / "he2019-synthetic" / "synthetic_data.txt"
    path.parent.mkdir()
    path.write_text("".join(f"{i % 7} {i} {i % 5} \n" for i in range(300)) + "\n", "utf-8")
    monkeypatch.setattr(real, "HE2019", files.Remote("he2019-synthetic/synthetic_data.txt", real.HE2019.url,
                                                     hashlib.sha256(path.read_bytes()).hexdigest(), 1, "MIT"))
    monkeypatch.setenv("GENSQ_DATA", str(tmp_path))
    corpus = corpora.load("he2019-synthetic", num_train=50)
    assert len(corpus.train) == 50 and corpus.licence == "MIT" and len(corpus.train + corpus.valid + corpus.test) < 300
    assert not {*corpus.train} & {*corpus.valid, *corpus.test}


# A reader's own file

def test_a_file_of_ones_own(tmp_path):
    lines = made_up_lines(800)
    corpus = corpora.load(write(tmp_path / "own.txt", "\n".join(lines) + "\n"))
    assert sorted(map(corpus.show, corpus.train + corpus.valid + corpus.test)) == sorted(lines)
    assert corpus.notes == () and corpus.grammar is None and corpus.name.startswith("file:")
    assert not {text.key(s) for s in corpus.train} & {text.key(s) for s in corpus.valid + corpus.test}


@pytest.mark.parametrize("change", [lambda t: t.replace("\n", "\r\n"), lambda t: t.replace("\n", "\r"),
                                    lambda t: "\ufeff" + t, lambda t: t.rstrip("\n"), lambda t: t.replace(" ", "  ")])
def test_line_ends_and_byte_order_marks_change_nothing(tmp_path, change):
    content = "\n".join(made_up_lines(500)) + "\n"
    plain = corpora.load(write(tmp_path / "plain.txt", content))
    changed = corpora.load(write(tmp_path / "changed.txt", change(content)))
    assert (plain.train, plain.valid, plain.test) == (changed.train, changed.valid, changed.test)
    assert changed.notes == ()


def test_lines(tmp_path):
    (tmp_path / "own.txt").write_bytes(b"\xef\xbb\xbfa\r\nb\rc \xe2\x80\xa8d\n")
    assert files.lines(tmp_path / "own.txt") == ["a", "b", "c \u2028d", ""]


def test_what_is_left_out_is_counted(tmp_path):
    lines = made_up_lines(500)
    content = "\n".join([lines[0], "", "   ", *lines[1:], "\u200b", " word" * 10_000, "x" * 100_000]) + "\n"
    corpus = corpora.load(write(tmp_path / "own.txt", content))
    assert corpus.notes == ("left out, empty: 2", "left out, too long: 2", "left out, no words: 1")
    assert all(note in str(corpus) for note in corpus.notes)
    assert len(corpus.train + corpus.valid + corpus.test) == 500  # a line of 100,000 letters is no sentence


def test_repeated_lines_stay_in_one_part_and_count(tmp_path):
    lines = made_up_lines(400)
    corpus = corpora.load(write(tmp_path / "own.txt", "\n".join(lines + lines)))
    assert len(corpus.train + corpus.valid + corpus.test) == 800
    assert all(count % 2 == 0 for count in Counter(corpus.test).values())


def test_a_chinese_file_is_read_by_characters(tmp_path):
    lines = [chr(0x4E00 + i) + chr(0x4E00 + i // 3) + "\u3002" for i in range(400)]
    corpus = corpora.load(write(tmp_path / "own.txt", "\n".join(lines)))
    assert corpus.language == "zh" and all(len(s) == 3 for s in corpus.train)
    assert sorted(map(corpus.show, corpus.train + corpus.valid + corpus.test)) == sorted(lines)


def test_emoji_are_words(tmp_path):
    corpus = corpora.load(write(tmp_path / "own.txt", "\n".join(line + " \U0001f600" for line in made_up_lines(400))))
    assert "\U0001f600" in corpus.vocab and corpus.show(corpus.train[0]).endswith(". \U0001f600")


def many(line):
    return "\n".join([*made_up_lines(300), line]).encode()


WRONG = {
    "empty": (b"", "at least 100 different sentences"),
    "only empty lines": (b"\n\n\n", "at least 100 different sentences"),
    "too few": ("\n".join(made_up_lines(40)).encode(), "at least 100 different sentences"),
    "repeated": (b"Hello there.\n" * 1000, "at least 100 different sentences"),
    "bad UTF-8": (many("").replace(b"\n", b"\n\xff", 4), "0xff in line 2"),
    "UTF-16": ("\n".join(made_up_lines(300)).encode("utf-16"), "UTF-8"),
    "UTF-16 without a mark": ("\n".join(made_up_lines(300)).encode("utf-16-le"), "NUL byte in line 1"),
    "NUL": (many("a\0b"), "NUL byte in line 301"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_files_are_refused(tmp_path, case):
    content, said = WRONG[case]
    with pytest.raises(GensqError, match=said):
        corpora.load(write(tmp_path / "own.txt", content))


def test_what_is_not_a_file_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    for name, said in [("pipe", "a pipe or device"), ("", "a folder"), ("missing", "No such file"), ("loop", "."),
                       ("x" * 5000, "too long")]:
        with pytest.raises(GensqError, match=said):
            corpora.load(f"file:{tmp_path / name}")
    for path, said in [("/dev/zero", "a pipe or device"), ("a\0b", "null")]:
        with pytest.raises(GensqError, match=said):
            corpora.load(f"file:{path}")


def test_a_file_without_permission_is_refused(tmp_path, monkeypatch):
    def refuse(self):
        raise PermissionError(13, "Permission denied")
    name = write(tmp_path / "own.txt", "Hello.")
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(GensqError, match="Permission denied"):
        corpora.load(name)


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path):
    with open(tmp_path / "huge.txt", "wb") as file:
        file.truncate(files.LARGEST + 1)
    with pytest.raises(GensqError, match="take a part"):
        corpora.load(f"chars:{tmp_path / 'huge.txt'}")
    with pytest.raises(GensqError, match="NUL byte in line 1 of"):
        corpora.load(f"file:{tmp_path / 'huge.txt'}")  # this one is read line by line


@given(st.binary(max_size=300))
def test_any_bytes_are_a_corpus_or_a_clear_error(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("any") / "own.txt"
    for content in (data, data + many("")):
        path.write_bytes(content)
        try:
            corpus = corpora.load(f"file:{path}")
        except GensqError as error:
            assert "\n" not in str(error)
        else:
            assert corpus.train and corpus.valid and corpus.test


# Worlds


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    monkeypatch.setattr(world, "NUM_TRAIN", 500)
    (tmp_path / "tiny.grammar").write_text(TINY, "utf-8")
    return tmp_path / "tiny.grammar"


def test_a_world_of_ones_own(tiny):
    corpus = corpora.load(f"grammar:{tiny}")
    assert (len(corpus.train), len(corpus.valid), len(corpus.test)) == (500, 2000, 2000)
    assert set(corpus.vocab.words[4:]) == set(corpus.grammar.terminals("en")) and corpus.vocab.closed
    assert not any(corpus.vocab.unknown(s) for s in corpus.train + corpus.valid + corpus.test)
    assert corpus.read(corpus.show(corpus.test[0])) == corpus.test[0] and corpus.show(corpus.test[0])[0].isupper()
    assert Counter(corpus.train).most_common(1)[0][1] > 100  # never de-duplicated: that would move the truth
    assert corpus.unknown_rate(corpus.test) == 0


def test_a_world_of_ones_own_in_its_other_language(tiny):
    english, chinese = corpora.load(f"grammar:{tiny}"), corpora.load(f"grammar:{tiny}:zh")
    assert (english.language, chinese.language) == ("en", "zh")
    g = english.grammar
    assert [g.parse(s, language="en").derivation.words("zh") for s in english.train] == chinese.train
    with pytest.raises(GensqError, match="fr"):
        corpora.load(f"grammar:{tiny}:fr")


def test_training_sentences_follow_the_seed_and_held_out_ones_do_not(tiny):
    first, again, other = (corpora.load(f"grammar:{tiny}", seed=seed) for seed in (0, 0, 1))
    assert first.train == again.train != other.train
    assert first.valid == other.valid and first.test == other.test != first.valid
    assert len(corpora.load(f"grammar:{tiny}", num_train=7).train) == 7
    with pytest.raises(GensqError, match="num_train"):
        corpora.load(f"grammar:{tiny}", num_train=-1)


def test_what_is_kept_on_disk_is_what_would_be_drawn_and_an_edit_draws_anew(tiny, monkeypatch):
    fresh = corpora.load(f"grammar:{tiny}")
    edited = tiny.with_name("edited.grammar")
    edited.write_text(TINY.replace("glad 60", "glad 90"), "utf-8")
    assert corpora.load(f"grammar:{edited}").train != fresh.train
    monkeypatch.setattr(grammar.Grammar, "sentences", lambda self, num, **_: [("drawn",)] * num)
    assert corpora.load(f"grammar:{tiny}").train == fresh.train
    assert corpora.load(f"grammar:{tiny}", seed=5).train == [("drawn",)] * 500


def test_committed_sentences_belong_to_their_grammar(tiny):
    g = grammar.load(tiny)
    with pytest.raises(GensqError, match="gensq held-out"):
        world.committed(g)
    write_held_out(g)
    valid, test = world.committed(g)
    assert len(valid) == len(test) == world.NUM_HELD_OUT and valid != test
    assert all(g.parse(pair.source).derivation.words("zh") == pair.target for pair in valid[:50])
    for name in ("tiny.grammar", "world.valid.tsv", "world.test.tsv"):
        path = tiny.with_name(name)
        before = path.read_bytes()
        path.write_bytes(before.replace(b"\n", b"\r\n"))
        assert world.committed(g) == (valid, test)  # a checkout with Windows line ends is the same world
        path.write_bytes(before + b"# edited\n")
        with pytest.raises(GensqError, match=name):
            world.committed(g)
        path.write_bytes(before)


@pytest.fixture(scope="module")
def built_in():
    return grammar.load()


def test_the_committed_sentences_of_the_world(built_in):
    """2,000 each, in both languages, inside the grammar, and what the generator gives."""
    for part, pairs in zip(world.HELD_OUT, world.committed(built_in), strict=True):
        assert len(pairs) == 2000
        assert [pair.source for pair in pairs] == world.drawn_part(built_in, "en", part)
        assert {word for pair in pairs for word in pair.source} <= set(built_in.terminals("en"))
        assert {word for pair in pairs for word in pair.target} <= set(built_in.terminals("zh"))


@pytest.mark.slow
def test_the_training_sentences_of_the_world_are_the_same_on_every_machine(built_in):
    facts = (built_in.path.parent / world.FACTS).read_text().splitlines()
    assert facts[-1] == f"{train_sha256(built_in)}  {world.TRAIN}"


def test_the_world_by_name():
    english, chinese = corpora.load("world", num_train=300), corpora.load("world:zh", num_train=300)
    assert (english.name, chinese.name) == ("world", "world:zh") and english.licence in str(english)
    for corpus in (english, chinese):
        assert [corpus.read(corpus.show(s)) for s in corpus.train] == corpus.train


def test_translations_have_a_vocabulary_for_each_side(monkeypatch):
    monkeypatch.setattr(world, "NUM_TRAIN", 300)
    pairs = corpora.load_pairs("world")
    encoded = pairs.encoded(pairs.valid[:20])
    batch = collate_pairs(encoded)
    assert pairs.source_vocab.words != pairs.target_vocab.words and pairs.source_vocab.closed and pairs.target_vocab.closed
    for i, pair in enumerate(pairs.valid[:20]):
        assert pairs.source_vocab.decode(batch.prompts.tokens[i].tolist()) == pair.source
        assert pairs.target_vocab.decode(batch.targets[i].tolist()) == pair.target
        assert pairs.read_source(pairs.show_source(pair.source)) == pair.source
        assert pairs.read_target(pairs.show_target(pair.target)) == pair.target
        assert pairs.grammar.parse(pair.source).derivation.words("zh") == pair.target, "a translation"
    assert batch.prompts.labels.shape == (20, 0) and "labels" not in str(pairs)
    assert "300 / 2,000 / 2,000 pairs" in str(pairs)
    assert f"{len(pairs.source_vocab):,} and {len(pairs.target_vocab):,}" in str(pairs)
    with pytest.raises(GensqError, match="closed vocabulary"):
        pairs.encoded([Pair(pair.target, pair.source)])


def test_the_village_is_counted():
    village = corpora.load("village", num_train=50)
    everything = {d.words() for d in village.grammar.derivations()}
    assert len(everything) == village.grammar.num_sentences() == 17_280 and set(village.train) <= everything
    assert "17,280" in corpora.names()["village"] and village.name == "village"
