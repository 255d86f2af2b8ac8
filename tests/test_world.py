"""The built-in world: its size, its exact numbers, one derivation for each sentence, attributes that leave traces."""
import math
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest
import torch

from gensq_course.cli.corpus import listing
from gensq_lib.ground.places import DATA
from gensq_lib.text import grammar
from gensq_lib.text.grammar import reader

LANGUAGES = ("en", "zh")
README = Path(__file__).parents[1] / "data" / "README.md"


@pytest.fixture(scope="module")
def world():
    return grammar.load()


@pytest.fixture(scope="module")
def drawn(world):
    return world.sample(2_000, generator=torch.Generator().manual_seed(7))


@pytest.fixture(scope="module")
def source():
    return reader.read(DATA / "world.grammar")


def test_size(world):
    assert world.languages == LANGUAGES
    assert len([word for word in world.terminals("en") if word[0].isalpha()]) >= 800
    assert all(len(character) == 1 for character in world.terminals("zh"))
    assert world.num_sentences() >= 10**8
    assert 18 < world.entropy() < 20
    assert len(world.attributes["topic"]) == 8
    assert set(world.attributes) == {"topic", "tense", "sentiment", "type", "person"}
    assert grammar.load() is world, "made once"


def test_length(world, drawn):
    assert world.start.longest["en"] <= 16
    assert min(len(d.words("en")) for d in drawn) >= 3


def test_entropy_by_monte_carlo(world, drawn):
    losses = [-d.log_prob for d in drawn]
    mean = sum(losses) / len(losses)
    error = math.sqrt(sum((x - mean) ** 2 for x in losses) / (len(losses) - 1) / len(losses))
    assert abs(mean - world.entropy()) < 4 * error


def test_a_part_of_the_world_sums_to_one_and_is_unambiguous(world):
    """All sentences of one kind (say, negations about a lamp): probabilities, entropy, and no two written alike."""
    part = max((s for s in world.symbols if s.name.startswith("<clause") and s.num_derivations <= 30_000),
               key=lambda s: s.num_derivations)
    nodes = list(part.derivations())
    probabilities = [math.exp(node.log_prob()) for node in nodes]
    assert len(nodes) == part.num_derivations > 10_000
    assert math.fsum(probabilities) == pytest.approx(1, abs=1e-11)
    assert part.entropy == pytest.approx(-math.fsum(p * math.log(p) for p in probabilities), abs=1e-9)
    for language in LANGUAGES:
        assert len({tuple(node.words(language)) for node in nodes}) == len(nodes)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_has_two_parses_and_each_gives_everything_back(world, drawn, language):
    for derivation in drawn[: 250 if language == "en" else 100]:
        parse = world.parse(derivation.words(language), language=language)
        assert parse.num_derivations == 1, derivation.words(language)
        assert (parse.log_prob, parse.attributes) == (derivation.log_prob, derivation.attributes)
        assert all(parse.derivation.words(code) == derivation.words(code) for code in LANGUAGES), "the translation"


def test_english_and_chinese_are_one_to_one(drawn):
    pairs = {(d.words("en"), d.words("zh")) for d in drawn}
    assert len(pairs) == len({en for en, _ in pairs}) == len({zh for _, zh in pairs})


@pytest.mark.parametrize("language", LANGUAGES)
def test_words(world, drawn, language):
    known = set(world.terminals(language))
    sentences = world.sentences(2_000, generator=torch.Generator().manual_seed(7), language=language)
    assert sentences == [d.words(language) for d in drawn], "both ways to draw draw the same"
    for sentence in sentences:
        assert set(sentence) <= known
        assert world.read(world.show(sentence, language), language) == sentence


def test_attributes_come_as_often_as_declared(world, drawn, source):
    for name, feature in source.features.items():
        if feature.reported and not feature.given:
            counts = Counter(d.attributes[name] for d in drawn)
            total = sum(feature.weights[""].values())
            for value, weight in feature.weights[""].items():
                p = weight / total
                assert abs(counts[value] / len(drawn) - p) < 5 * math.sqrt(p * (1 - p) / len(drawn))


@pytest.mark.parametrize("attribute", ["topic", "tense", "sentiment", "type"])
def test_an_attribute_leaves_two_traces_in_the_words(world, drawn, attribute):
    """On average at least two words of a sentence double the odds of its value: a latent variable gains by knowing it."""
    told = [(set(d.words("en")), d.attributes[attribute]) for d in drawn]
    prior = Counter(value for _, value in told)
    seen = defaultdict(Counter)
    for words, value in told:
        for word in words:
            seen[word][value] += 1
    for value in world.attributes[attribute]:
        odds = prior[value] / (len(told) - prior[value])
        traces = {w for w, c in seen.items() if c[value] + odds > 2 * odds * (c.total() - c[value] + 1)}
        counts = [len(words & traces) for words, own in told if own == value]
        assert sum(counts) / len(counts) >= 2, value


def cells(source, table, column):
    """(words of the column, features on the left) of all rows of a table."""
    return [(row.cells[column], part.patterns) for part in source.tables if part.name == table for row in part.rows]


def test_a_noun_belongs_to_one_frame(source):
    for column in ("en", "zh"):
        frames = defaultdict(set)
        for noun, (frame,) in cells(source, "noun", column):
            frames[noun].add(frame)
        assert {noun for noun, where in frames.items() if len(where) > 1} == set()


def test_a_past_is_seen(source):
    """"They put" would be past or present, "two sheep" one form: such words do not come in."""
    for part in source.tables:
        for row in part.rows:
            forms = [row.cells[c] for c in row.cells if c.startswith("en") and row.cells[c] != "-"]
            assert len(set(forms)) == len(forms), forms


def test_no_word_praises_here_and_complains_there(source):
    moods = defaultdict(set)
    for word, (_, mood, _) in cells(source, "opinion", "en"):
        moods[word].add(mood)
    for word, _ in cells(source, "adjective", "en"):
        moods[word].add("neutral")
    verbs = {word for column in ("en", "en:past", "en:ing") for word, _ in cells(source, "deed", column)}
    assert {word: mood for word, mood in moods.items() if len(mood) > 1} == {}
    assert not set(moods) & verbs


@pytest.mark.parametrize("impossible", [
    r"\ba (?!use)[aeiou]", r"\ban ([^aeiou]|use)", r"\bI (is|are|has|does|wants|finds|likes|loves|hates)\b",
    r"\b(he|she) (are|am|do)\b", r"\b(we|they|you) (is|am|does|has|was)\b", r"\bdid (he|she|they|you) (ate|found|washed)\b",
    r"\bI .*\b(his|her|their|your|our)\b", r"\bwe .*\b(his|her|their|your|my)\b", r"\bnot .*\bsome\b",
    r"\b(will|did|had|wanted|found)\b.* (now|moment) [.?]", r"\bwill .*(yesterday|last|ago)\b",
])
def test_what_no_sentence_says(drawn, impossible):
    assert [text for d in drawn if re.search(impossible, text := " ".join(d.words("en")))] == []


@pytest.mark.parametrize("text, place", [
    ("The cook ate a omelette.", 4), ("The cook ate an pizza.", 4), ("The cook eat a pizza.", 2), ("I drinks the tea.", 1),
    ("He did not lose a bus.", 3), ("The tourist ate the cake.", 2), ("She ate the castle.", 3), ("We fed my pony.", 2),
    ("The cook washed the", 4), ("Will the cook wash the cup yesterday?", 6), ("", 0), ("Buy now!", 0)])
def test_what_is_wrong_and_where(world, text, place):
    assert world.parse(world.read(text)).error_at == place


def test_the_sentences_in_the_datasheet_are_those_of_the_world():
    text = README.read_text("utf-8")
    command = re.search(r"gensq corpus list (\d+) --seed (\d+)", text)
    assert int(command[1]) == 100 and listing(*map(int, command.groups())) in text
