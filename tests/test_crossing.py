"""The translation world: several right translations of a sentence, each with the probability that counting all meanings gives."""
import math
import re
from collections import defaultdict
from pathlib import Path

import pytest
import torch

from gensq_course.cli.corpus import listing
from gensq_lib.ground.errors import GensqError
from gensq_lib.text import grammar
from gensq_lib.text.grammar import grammar as grammars

README = Path(__file__).parents[1] / "data" / "README.md"
PAIRS = [("zh", "en"), ("en", "zh"), ("eo", "en"), ("en", "eo"), ("zh", "eo"), ("eo", "zh")]


@pytest.fixture(scope="module")
def crossing():
    return grammar.shipped("crossing")


@pytest.fixture(scope="module")
def drawn(crossing):
    return crossing.sample(300, generator=torch.Generator().manual_seed(11))


def said(crossing, text, language, into):
    """Its translations as people write them."""
    shares = crossing.translations(crossing.read(text, language), into=into, language=language)
    return {crossing.show(words, into): round(share, 4) for words, share in shares.items()}


def test_size(crossing):
    assert crossing.languages == ("en", "zh", "eo") and crossing.num_sentences() == 317_808
    assert {code: len(crossing.terminals(code)) for code in crossing.languages} == {"en": 190, "zh": 163, "eo": 278}
    assert crossing.entropy() == pytest.approx(11.6521, abs=1e-4) and len(crossing.attributes["topic"]) == 6


@pytest.mark.slow
def test_everything_counted():
    """All meanings in turn: the probabilities of sentences and of translations are sums over what is written alike."""
    crossing = grammar.shipped("crossing")
    together, alone, total = defaultdict(lambda: defaultdict(float)), defaultdict(lambda: defaultdict(float)), 0.0
    for derivation in crossing.derivations():
        p, words = math.exp(derivation.log_prob), {code: derivation.words(code) for code in crossing.languages}
        total += p
        for code in crossing.languages:
            alone[code][words[code]] += p
        for source, target in PAIRS:
            together[source, target][words[source], words[target]] += p
    assert total == pytest.approx(1, abs=1e-9)
    for derivation in crossing.sample(100, generator=torch.Generator().manual_seed(3)):
        for source, target in PAIRS:
            here = derivation.words(source)
            assert math.exp(crossing.log_prob(here, language=source)) == pytest.approx(alone[source][here], rel=1e-9)
            for there, share in crossing.translations(here, into=target, language=source).items():
                assert share == pytest.approx(together[source, target][here, there] / alone[source][here], rel=1e-9)


@pytest.mark.parametrize("source, target", PAIRS)
def test_translations_are_a_distribution_that_holds_the_one_drawn(crossing, drawn, source, target):
    for derivation in drawn[:60]:
        shares = crossing.translations(derivation.words(source), into=target, language=source)
        assert math.fsum(shares.values()) == pytest.approx(1) and min(shares.values()) > 0
        assert derivation.words(target) in shares
        assert list(shares.values()) == sorted(shares.values(), reverse=True)


def test_readings_are_all_derivations(crossing, drawn):
    for derivation in drawn[:60]:
        for code in crossing.languages:
            readings = crossing.readings(derivation.words(code), language=code)
            parsed = crossing.parse(derivation.words(code), language=code)
            assert len(readings) == parsed.num_derivations and {r.words(code) for r in readings} == {derivation.words(code)}
            assert len({r.root for r in readings}) == len(readings)
            assert math.log(math.fsum(math.exp(r.log_prob) for r in readings)) == pytest.approx(parsed.log_prob)


def test_the_first_derivation_alone_is_the_wrong_answer(crossing):
    """What a parser that keeps one tree would translate: one of sixteen, as if it were sure."""
    sentence = crossing.read("水手在修理船。", "zh")
    only = crossing.parse(sentence, language="zh").derivation.words("en")
    shares = crossing.translations(sentence, into="en", language="zh")
    assert len(shares) == 16 and shares[only] < 0.2


def test_chinese_leaves_open_how_many_which_and_when(crossing):
    found = said(crossing, "水手在修理船。", "zh", "en")
    assert {"The sailor is repairing a boat.", "The sailors were repairing the boats."} <= set(found)
    today = 0.7 * 0.7 / (0.7 * 0.7 + 0.3 * 0.6)  # present or past, when no time is said
    assert found["The sailor is repairing the boat."] == pytest.approx(today * 36 / 62 * 22 / 68, abs=1e-4)
    assert len(said(crossing, "水手昨天在修理那条船。", "zh", "en")) == 2, "a time and \"that\" leave one or many sailors"
    assert said(crossing, "她在修理两条船。", "zh", "en") == {
        "She is repairing two boats.": round(today, 4), "She was repairing two boats.": round(1 - today, 4)}


def test_english_and_esperanto_leave_open_how_politely(crossing):
    found = said(crossing, "Do you want to buy that pear?", "en", "zh")
    assert found == {"你想买那个梨吗？": 0.48, "您想买那个梨吗？": 0.32, "你们想买那个梨吗？": 0.2}
    assert said(crossing, "Ĉu vi volas aĉeti tiun piron?", "eo", "zh") == found
    assert said(crossing, "你想买那个梨吗？", "zh", "en") == {"Do you want to buy that pear?": 1.0}


def test_the_morphology_of_esperanto_has_no_exceptions(crossing):
    """-o, -oj, -on, -ojn; -as, -is, -os: every form follows from the first."""
    source = grammar.reader.read(crossing.path)
    rows = {name: [row.cells for table in source.tables if table.name == name for row in table.rows]
            for name in ("person", "thing", "look", "deed")}
    for row in [*rows["person"], *rows["thing"]]:
        assert row["eo"].endswith("o") and row["eo:plural"] == row["eo"] + "j"
    for row in [*rows["thing"], *rows["look"]]:
        assert (row["eo:acc"], row["eo:pluralacc"]) == (row["eo"] + "n", row["eo:plural"] + "n")
    for row in rows["deed"]:
        stem = row["eo"].removesuffix("i")
        assert [row[f"eo:{tense}"] for tense in ("present", "past", "future")] == [stem + end for end in ("as", "is", "os")]


def test_the_world_stays_one_to_one():
    world = grammar.load()
    for derivation in world.sample(30, generator=torch.Generator().manual_seed(5)):
        assert world.translations(derivation.words("en"), into="zh") == {derivation.words("zh"): 1.0}
        assert world.translations(derivation.words("zh"), into="en", language="zh") == {derivation.words("en"): 1.0}


def test_what_is_no_sentence_has_no_translation(crossing):
    assert crossing.translations(("boat", "the"), into="zh") == {} and crossing.readings((), language="zh") == []
    with pytest.raises(GensqError, match='expected a language of .* got "fr"'):
        crossing.translations(crossing.read("The poem is long."), into="fr")


def test_too_many_readings_are_refused_before_they_are_made(crossing, monkeypatch):
    monkeypatch.setattr(grammars, "MOST_READINGS", 15)
    with pytest.raises(GensqError, match="at most 15 derivations, got 16; choose a shorter one"):
        crossing.translations(crossing.read("水手在修理船。", "zh"), into="en", language="zh")


def test_the_list_in_the_datasheet_is_what_its_command_prints():
    text = README.read_text("utf-8")
    command = re.search(r"gensq corpus list (\d+) --crossing --seed (\d+)", text)
    assert int(command[1]) == 100 and listing(*map(int, command.groups()), world="crossing") in text
