"""Dialogues with known truth: probabilities of a small world known by hand, the built-in dialogues, mistakes in files."""
import hashlib
import math
import re
from collections import Counter
from itertools import product
from pathlib import Path

import pytest
import torch

from gensq_course.cli.corpus import listing
from gensq_lib.ground.errors import GensqError
from gensq_lib.text import grammar

SHA256 = "bcabc25cf092d200b8b8e5f364e64ce1ec6a3559b6a958fb9230352d41280a79"  # of 1,000 exchanges of seed 0
README = Path(__file__).parents[1] / "data" / "README.md"
SMALL = """\
languages: en
attribute act: ask 3, thank 1
attribute mood: kind 3, cross 1
copied: thing, name
start: <prompt act>
reply: <reply act mood>
respell en: a -> an before a* e* i* o* u*
columns name: en
table <name>
    Ann; Bob
columns thing: en | en:be | en:it
table <thing>
    hat | is | it ; keys | are | they ; egg | is | it
columns spot: weight | en
table <spot>
    3 | here ; 1 | there
<prompt ask>
    2 en: where <thing:be> my <thing> ?
    1 en: I lost my <thing> . // when ? // today .
<prompt thank>
    en: thank you , <name> !
<reply ask kind>
    3 en: your <thing> <thing:be> <spot> !
    1 en: was it a <thing> ?
<reply ask cross>
    en: <thing:it> <thing:be> <spot> .
<reply thank mood>
    1 en: hm .
    1 en: yes .
"""


@pytest.fixture(scope="module")
def world():
    return grammar.load_dialogue()


@pytest.fixture(scope="module")
def drawn(world):
    return world.sample(3_000, generator=torch.Generator().manual_seed(5))


@pytest.fixture
def small(tmp_path):
    return written(tmp_path, SMALL)


def written(folder, text):
    (folder / "own.grammar").write_text(text, "utf-8")
    return grammar.load_dialogue(folder / "own.grammar")


def words(text):
    return tuple(text.split())


# A small world, by hand

KEYS = "where are my keys ?"


@pytest.mark.parametrize("prompt, mood, expected", [
    (KEYS, "kind", {"your keys are here !": 9 / 16, "your keys are there !": 3 / 16, "was it a keys ?": 1 / 4}),
    (KEYS, "cross", {"they are here .": 3 / 4, "they are there .": 1 / 4}),
    ("I lost my egg . // when ? // today .", "kind",
     {"your egg is here !": 9 / 16, "your egg is there !": 3 / 16, "was it an egg ?": 1 / 4}),
    ("thank you , Bob !", "cross", {"hm .": 1 / 2, "yes .": 1 / 2}),
])
def test_replies_by_hand(small, prompt, mood, expected):
    replies = small.replies(words(prompt), mood=mood)
    assert {" ".join(reply): p for reply, p in replies.items()} == pytest.approx(expected)
    for reply, p in expected.items():
        assert small.log_prob(words(reply), words(prompt), mood=mood) == pytest.approx(math.log(p))
        assert small.valid(words(reply), words(prompt), mood=mood)
    assert small.log_prob(("no", "."), words(prompt), mood=mood) == -math.inf
    assert not small.valid(("no", "."), words(prompt), mood=mood)


def test_a_condition_that_is_not_named_is_averaged_over(small):
    expected = {"your keys are here !": 27 / 64, "your keys are there !": 9 / 64, "was it a keys ?": 3 / 16,
                "they are here .": 3 / 16, "they are there .": 1 / 16}
    assert {" ".join(reply): p for reply, p in small.replies(words(KEYS)).items()} == pytest.approx(expected)
    assert small.replies(words("thank you , Ann !")) == pytest.approx({("hm", "."): 0.5, ("yes", "."): 0.5})


def test_prompts_by_hand(small):
    assert small.prompts.num_sentences() == 8
    assert small.prompts.log_prob(words(KEYS)) == pytest.approx(math.log(3 / 4 * 2 / 3 / 3))
    assert small.understood(words(KEYS)).values == {"act": "ask"}
    assert small.understood(words(KEYS)).cells["thing"]["en:it"] == "they"
    assert small.labels(words("hm ."), words("thank you , Ann !")) == [("kind",), ("cross",)]
    assert small.labels(words("they are here ."), words(KEYS)) == [("cross",)]
    assert small.labels(words("it is here ."), words(KEYS)) == []


def test_entropies_by_hand(small):
    spot = -(3 / 4 * math.log(3 / 4) + 1 / 4 * math.log(1 / 4))
    kind = spot + 3 / 4 * spot  # of the choice, which has the same weights, and of the spot
    expected = 3 / 4 * (3 / 4 * kind + 1 / 4 * spot) + 1 / 4 * math.log(2)
    assert small.reply_entropy() == pytest.approx(expected)
    assert small.reply_entropy(mood="cross") == pytest.approx(3 / 4 * spot + 1 / 4 * math.log(2))
    assert small.reply_entropy(words(KEYS), mood="kind") == pytest.approx(kind)


def test_draws_have_the_probabilities_that_are_said(small):
    num = 20_000
    exchanges = small.sample(num, generator=torch.Generator().manual_seed(1))
    counts = Counter((e.source, e.labels, e.target) for e in exchanges)
    total = 0.0
    for (prompt, labels, reply), count in counts.items():
        p = math.exp(small.prompts.log_prob(prompt) + small.log_prob(reply, prompt, mood=labels[0]))
        p *= small.conditions["mood"][labels[0]]
        total += p
        assert abs(count / num - p) < 5 * math.sqrt(p / num)
    assert total == pytest.approx(1.0), "every exchange came, and they are all"


def test_terminals_and_writing(small):
    assert set(words("a an , Ann Bob hat keys egg it they is are here there // hm yes was")) <= set(small.terminals)
    assert not any(word.startswith("<") for word in small.terminals)
    assert small.show(words("I lost my egg . // when ? // today .")) == "I lost my egg. // When? // Today."
    assert small.read("I lost my egg. // When? // Today.") == words("I lost my egg . // when ? // today .")


@pytest.mark.parametrize("typed, expected", [
    ("WHERE are MY keys?!", "where are my keys ? !"), ("thank you,bob!", "thank you , Bob !"),
    ("I lost my \u201cegg\u201d \U0001f600", "I lost my \u201c egg \u201d \U0001f600"),
    ("it\u2019s//<b>", "it's // < b >"), ("", "")])
def test_what_a_person_types_is_read(small, typed, expected):
    assert small.read(typed) == words(expected)


@pytest.mark.parametrize("prompt, said", [
    ("where is my keys ?", 'got "keys" as word 4'), ("where is", "got an early end"), ("", "got an early end"),
    ("thank you , Eve !", 'got "Eve" as word 4')])
def test_what_is_no_prompt_is_refused(small, prompt, said):
    with pytest.raises(GensqError, match=said):
        small.replies(words(prompt))


@pytest.mark.parametrize("condition, said", [
    ({"mod": "kind"}, 'expected a condition out of "mood", got "mod"; did you mean "mood"'),
    ({"mood": "crass"}, 'expected mood out of "kind" or "cross", got "crass"; did you mean "cross"')])
def test_unknown_conditions_are_refused(small, condition, said):
    with pytest.raises(GensqError, match=said):
        small.replies(words(KEYS), **condition)


BROKEN = [
    ("copied: thing, name\n", "copied: thing, nam\n", "line 4: expected names of tables, got \"nam\"; did you mean \"name\""),
    ("copied: thing, name\n", "copied: thing\ncopied: name\n", 'line 5: expected one line "copied:", got a second'),
    ("reply: <reply act mood>\n", "", "line 5: expected a dialogue with a line \"reply: <reply act mood>\", got none"),
    ("reply: <reply act mood>", "reply: <replie act mood>", 'line 6: expected a symbol that has rules or a table, got "replie"'),
    ("reply: <reply act mood>", "reply: <reply act moood>", 'line 6: expected declared .* got "moood"; did you mean "mood"'),
    ("reply: <reply act mood>", "replies: <reply act mood>", 'line 6: expected .*"reply".* got "replies: .*did you mean "reply"'),
    ("languages: en", "languages: en, de", "line"),
    ("1 en: hm .", "1 en: hm , <name> .", None),
    ("1 en: hm .", "1 en: hm , <thing> .", r"line 6: expected <thing> once in every prompt \(act thank\).* got it 0 to 0 times"),
    ("2 en: where <thing:be> my <thing> ?", "2 en: where is it ?", r"line 6: .*<thing> once .* got it 0 to 1 times"),
    ("1 en: I lost my <thing> .", "1 en: I lost my <thing> and my <thing@other> .", r"got it 1 to 2 times"),
    ("1 en: yes .", "1 en: hm .", 'expected different choices for <reply thank kind>, got "hm ."'),
    ("1 en: was it a <thing> ?", "1 en: your <thing> <thing:be> here !", 'expected one way to each reply, got two to "your'),
    ("en: thank you , <name> !", "en: thank you , <name> !\n    en: thank you , Ann !", 'one derivation .* "Thank you, Ann!"'),
]


@pytest.mark.parametrize("old, new, said", BROKEN, ids=[str(i) for i in range(len(BROKEN))])
def test_mistakes_in_files_are_one_sentence_with_a_line(tmp_path, old, new, said):
    assert old in SMALL
    if said is None:
        assert written(tmp_path, SMALL.replace(old, new)).valid(words("hm , Ann ."), words("thank you , Ann !"))
        return
    with pytest.raises(GensqError, match=said):
        written(tmp_path, SMALL.replace(old, new))


def test_too_many_replies_are_refused(tmp_path):
    with pytest.raises(GensqError, match="at most 2,000 replies to a prompt, got 4,097"):
        written(tmp_path, SMALL.replace("1 en: hm .", "1 en: " + " ".join(f"<spot@a{i}>" for i in range(12))))


# The built-in dialogues

def test_size(world):
    assert world.prompts.num_sentences() >= 10_000 and len(world.prompts.attributes["act"]) >= 8
    assert set(world.conditions) == {"mood", "persona"} and len(world.conditions["mood"]) == 3
    assert 700 < len(world.terminals) < 1_000 and 1.5 < world.reply_entropy() < 2.5
    assert grammar.load_dialogue() is world, "made once"


def test_probabilities_of_all_replies_sum_to_one(world):
    """For every kind of prompt, mood and persona: all replies, with gaps."""
    kinds = 0
    for values, labels in product(world._values.values(), world.combinations()):
        templates = world.templates(*world._key(values, labels))
        assert math.fsum(templates.values()) == pytest.approx(1.0, abs=1e-12) and len(templates) >= 4
        kinds += 1
    assert kinds >= 9 * 17


def test_every_drawn_exchange_has_one_derivation(world, drawn):
    for e in drawn[:600]:
        assert world.prompts.parse(e.source).num_derivations == 1
        condition = dict(zip(world.conditions, e.labels, strict=True))
        replies, key = world.replies(e.source, **condition), world._key(world.understood(e.source).values, e.labels)
        assert len(replies) == len(world.templates(*key)), "no two ways to one reply"
        assert e.target in replies and math.fsum(replies.values()) == pytest.approx(1.0)


def test_moods_share_no_reply(world, drawn):
    for e in drawn[:300]:
        replies = [set(world.replies(e.source, mood=mood)) for mood in world.conditions["mood"]]
        assert sum(map(len, replies)) == len(set.union(*replies))


def test_entropy_by_monte_carlo(world, drawn):
    losses = [-world.log_prob(e.target, e.source, **dict(zip(world.conditions, e.labels))) for e in drawn]
    mean = sum(losses) / len(losses)
    error = math.sqrt(sum((x - mean) ** 2 for x in losses) / (len(losses) - 1) / len(losses))
    assert abs(mean - world.reply_entropy()) < 4 * error


def test_words_of_the_prompt_are_repeated(world, drawn):
    """In at least half of the replies a name, a thing, a place or a day comes back."""
    copied = {cell for table in world.source.tables if table.name in {n for n, _ in world._gaps.values()}
              for row in table.rows for cell in row.cells["en"].split()} - set("a the on at in my of by".split())
    assert sum(bool(copied & set(e.source) & set(e.target)) for e in drawn) / len(drawn) > 0.5
    assert sum("//" in e.source for e in drawn) / len(drawn) > 0.1


def test_the_words_are_all_known_and_survive_being_shown(world, drawn):
    known = set(world.terminals)
    for e in drawn:
        for sentence in (e.source, e.target):
            assert set(sentence) <= known and 1 < len(sentence) <= 30
            assert world.read(world.show(sentence)) == sentence


@pytest.mark.parametrize("mood, forbidden, needed", [
    ("friendly", None, r"!"), ("grumpy", r"!", None), ("formal", r"!|\b\w+'(m|ll|s|ve|re|t|d)\b", None)])
def test_moods_leave_traces(drawn, mood, forbidden, needed):
    said = [" ".join(e.target) for e in drawn if e.labels[0] == mood]
    assert [text for text in said if forbidden and re.search(forbidden, text)] == []
    assert [text for text in said if needed and not re.search(needed, text)] == []


@pytest.mark.parametrize("impossible", [
    r"\ba (?!uk|use)[aeiou]", r"\ban ([^aeiouh]|uk|use)", r"\b(keys|gloves|glasses) is\b", r"\bmy (keys|hat)\b.* my ",
    r" , [.?!,]", r"\b(\w+) \1\b(?<!no no)(?<!yes yes)", r"\b(he|she|it) (are|were|am)\b"])
def test_what_nobody_says(drawn, impossible):
    for sentence in (s for e in drawn for s in (e.source, e.target)):
        assert not re.search(impossible, " ".join(sentence)), sentence


def test_the_same_seed_draws_the_same_everywhere(world):
    text = "\n".join(" ".join((*e.source, *e.labels, *e.target)) for e in
                     world.sample(1_000, generator=torch.Generator().manual_seed(0)))
    assert hashlib.sha256(text.encode()).hexdigest() == SHA256


def test_the_exchanges_in_the_datasheet_are_those_of_the_dialogues():
    text = README.read_text("utf-8")
    command = re.search(r"gensq corpus list (\d+) --dialogue --seed (\d+)", text)
    assert int(command[1]) == 100 and listing(*map(int, command.groups()), world="dialogue") in text


def test_the_figures_in_the_datasheet_are_right(world):
    numbers = [len(world.templates(*world._key(values, labels)))
               for values, labels in product(world._values.values(), world.combinations())]
    said = README.read_text("utf-8")
    for figure in (f"{world.prompts.num_sentences():,} prompts of {len(world.prompts.attributes['act'])} kinds",
                   f"{world.prompts.entropy():.2f} nats of entropy; {len(world.terminals)} word types",
                   f"{world.reply_entropy():.2f} nats on average", f"{min(numbers)} to {max(numbers)} different ones",
                   f"all {len({name for name, _ in world._gaps.values()})} kinds of words to repeat"):
        assert figure in said
