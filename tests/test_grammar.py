"""The grammar engine: probabilities of small worlds known by hand, parsing, spelling, drawing, and mistakes in files."""
import math
import os
from collections import Counter

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gensq_lib.ground.errors import GensqError
from gensq_lib.text import grammar
from gensq_lib.text.grammar.building import Builder
from gensq_lib.text.grammar.grammar import Grammar
from gensq_lib.text.grammar.reader import read

SMALL = """\
languages: en, zh by characters
attribute tense: past 60, present 40
feature who given tense
    past: she 1, they 1
    present: she 3, they 1
columns noun zipf 1: en | en:plural | zh | zh:measure
columns verb: en:past | en:third | en | zh
respell en: a -> an before a* e* i* o* u* except uni*
start: <sentence tense who>
table <noun>
    cup | cups | 杯子 | 个
    apple | apples | 苹果 | 个 ; unicorn | unicorns | 独角兽 | 只
table <verb>
    washed | washes | wash | 洗 ; bought | buys | buy | 买
<subject she>
    en: she
    zh: 她
<subject they>
    en: they
    zh: 他们
<sentence past who>
    3 en: <subject who> <verb:past> <object> <when past> .
      zh: <subject> <when> <verb> 了 <object> 。
<sentence present she>
    en: she <verb:third> <object> .   # she alone
    zh: 她 <verb> <object> 。
<sentence !past they>
    en: they <verb> <object> .
    zh: 他们 <verb> <object> 。
<object>
    2 en: a <noun>
      zh: 一 <noun:measure> <noun>
    1 en: two <noun:plural>
      zh: 两 <noun:measure> <noun>
<when past/present>
    en: -
    zh: -
    en: yesterday
    zh: 昨天
"""
AMBIGUOUS = """\
languages: en
start: <s>
<s>
    3 en: <x> sleeps
    1 en: the <noun> sleeps
<x>
    en: the cat
<noun>
    1 en: cat
    1 en: dog
"""


def seed(number):
    return torch.Generator().manual_seed(number)


def built(text, path) -> Grammar:
    """Without the search for ambiguity that `load` makes."""
    path.write_text(text, "utf-8")
    source = read(path)
    return Grammar(source, Builder(source).grammar())


@pytest.fixture
def small(tmp_path):
    (tmp_path / "small.grammar").write_text(SMALL, "utf-8")
    return grammar.load(tmp_path / "small.grammar")


# ---------------------------------------------------------------- probabilities

@pytest.mark.parametrize("body, sentence, probability", [
    ("<s>\n  3 en: a b\n  1 en: c", "a b", 3 / 4),
    ("<s>\n  en: a\n  en: b", "b", 1 / 2),
    ("<s>\n  en: <x> <x@again>\n<x>\n  1 en: a\n  2 en: b", "b a", 2 / 9),
    ("columns x zipf 1: en\ntable <x>\n  a ; b ; c\n<s>\n  en: <x>", "b", (1 / 2) / (1 + 1 / 2 + 1 / 3)),
    ("columns x: en | weight\ntable <x>\n  a | 1\n  b | 4\n<s>\n  en: <x> <x@2>", "b b", 16 / 25),
    ("columns x: en | en:is\ntable <x>\n  cat | is ; dog | is ; geese | are\n<s>\n  en: <x@1:is> <x@1>", "is dog", None),
    ("columns x: en | en:is\ntable <x>\n  cat | is ; dog | is ; geese | are\n<s>\n  en: <x:is> <x>", "is dog", 1 / 3),
    ("<s>\n  en: -\n  en: a", "", 1 / 2),
    ("<s>\n  en: <x> b\n<x>\n  1 en: -\n  4 en: a", "b", 1 / 5),
])
def test_probabilities_known_by_hand(body, sentence, probability, tmp_path):
    (tmp_path / "x").write_text(f"languages: en\nstart: <s>\n{body}\n", "utf-8")
    if probability is None:
        with pytest.raises(GensqError, match="<name:column> or <name@label>"):
            grammar.load(tmp_path / "x")
    else:
        found = grammar.load(tmp_path / "x").log_prob(tuple(sentence.split()))
        assert found == pytest.approx(math.log(probability), abs=1e-12)


def test_a_weight_may_depend_on_another_attribute(small):
    # past .6 * they 1/2 * bought 1/2 * two 1/3 * cup 6/11 * yesterday 1/2
    parse = small.parse("they bought two cups yesterday .".split())
    assert parse.log_prob == pytest.approx(math.log(0.6 / 2 / 2 / 3 * 6 / 11 / 2), abs=1e-12)
    assert parse.attributes == {"tense": "past"}, "a feature is not reported"
    assert small.attributes == {"tense": ("past", "present")}


def test_an_enumerable_grammar_sums_to_one(small):
    everything = list(small.derivations())
    probabilities = [math.exp(d.log_prob) for d in everything]
    assert len(everything) == small.num_sentences() == 72
    assert math.fsum(probabilities) == pytest.approx(1, abs=1e-12)
    assert small.entropy() == pytest.approx(-math.fsum(p * math.log(p) for p in probabilities), abs=1e-12)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_sentence_has_its_one_derivation_back(small, language):
    for derivation in small.derivations():
        words = derivation.words(language)
        parse = small.parse(words, language=language)
        assert parse.valid and parse.num_derivations == 1 and parse.error_at is None
        assert parse.log_prob == derivation.log_prob and parse.attributes == derivation.attributes
        assert all(parse.derivation.words(code) == derivation.words(code) for code in small.languages)
        assert small.read(small.show(words, language), language) == words
        assert set(words) <= set(small.terminals(language))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_both_ways_to_draw_are_the_same_draw(small, language):
    derivations = small.sample(200, generator=seed(3))
    assert small.sentences(200, generator=seed(3), language=language) == [d.words(language) for d in derivations]
    assert small.sentences(200, generator=seed(4), language=language) != [d.words(language) for d in derivations]


def test_the_draw_is_the_same_on_every_machine(small):
    assert [" ".join(s) for s in small.sentences(4, generator=seed(0))] == [
        "she washed two cups .", "she bought two cups yesterday .", "they washed two cups yesterday .", "she washes two cups ."]


def test_draws_follow_the_probabilities(small):
    num = 20_000
    counts = Counter(small.sentences(num, generator=seed(5)))
    expected = {d.words(): num * math.exp(d.log_prob) for d in small.derivations()}
    assert set(counts) <= set(expected)
    chi_square = sum((counts[s] - e) ** 2 / e for s, e in expected.items())
    assert chi_square < 71 + 5 * math.sqrt(2 * 71)


def test_a_generator_moves_on(small):
    generator = seed(0)
    assert small.sentences(5, generator=generator) != small.sentences(5, generator=generator)


def test_a_sample_without_repeats_moves_the_truth(small):
    """The planted mistake: de-duplicating a sample makes rare sentences common."""
    losses = [-d.log_prob for d in small.sample(4_000, generator=seed(6))]
    kept = {d.words(): -d.log_prob for d in small.sample(4_000, generator=seed(6))}.values()
    mean, error = statistics_of(losses)
    assert abs(mean - small.entropy()) < 4 * error
    mean, error = statistics_of(list(kept))
    assert abs(mean - small.entropy()) > 4 * error


def statistics_of(values):
    mean = sum(values) / len(values)
    return mean, math.sqrt(sum((v - mean) ** 2 for v in values) / (len(values) - 1) / len(values))


# ---------------------------------------------------------------- ambiguity

def test_an_ambiguous_grammar_is_refused(tmp_path):
    (tmp_path / "two ways").write_text(AMBIGUOUS)
    with pytest.raises(GensqError, match='several in "en" for "The cat sleeps"'):
        grammar.load(tmp_path / "two ways")


def test_an_ambiguous_sentence_has_the_sum_of_its_derivations(tmp_path):
    parse = built(AMBIGUOUS, tmp_path / "x").parse("the cat sleeps".split())
    assert parse.num_derivations == 2 and parse.log_prob == pytest.approx(math.log(3 / 4 + 1 / 8), abs=1e-12)


def test_many_derivations_do_not_take_many_steps(tmp_path):
    """Two ways at each of 40 places: 2**40 derivations of one sentence, by the inside algorithm in no time."""
    rules = "\n".join(f"<x{i}>\n  en: <y> <x{i + 1}>\n  en: a <x{i + 1}>" for i in range(40))
    text = f"languages: en\nstart: <x0>\n{rules}\n<x40>\n  en: b\n<y>\n  en: a\n"
    parse = built(text, tmp_path / "x").parse(["a"] * 40 + ["b"])
    assert parse.num_derivations == 2**40 and parse.log_prob == pytest.approx(0, abs=1e-9)


# ---------------------------------------------------------------- where a sentence goes wrong

@pytest.mark.parametrize("sentence, place", [
    ("", 0), ("she", 1), ("she washed", 2), ("she ate", 1), ("they washes", 1), ("washed", 0),
    ("she washed a apple .", 3), ("she washed an cup .", 3), ("she washed an", 3), ("she washed an unicorn .", 3),
    ("she washed a cup", 4), ("she washes a cup yesterday .", 4), ("she washed a cup . .", 5), ("she washed two cup .", 3),
    ("she <unk>", 1), ("She washed a cup .", 0),
])
def test_the_first_offending_word(small, sentence, place):
    parse = small.parse(sentence.split())
    assert (parse.valid, parse.error_at, parse.log_prob, parse.attributes) == (False, place, -math.inf, {})
    assert parse.derivation is None and small.log_prob(sentence.split()) == -math.inf


def test_the_first_offending_word_is_where_no_sentence_can_go_on(small):
    """Against the definition, by trying all sentences."""
    sentences = [d.words() for d in small.derivations()]
    prefixes = {s[:n] for s in sentences for n in range(len(s) + 1)}
    words = [*small.terminals(), "<unk>"]
    for sentence in sentences[::7]:
        for place in range(len(sentence)):
            for word in words:
                wrong = (*sentence[:place], word, *sentence[place + 1:])
                first = next((n for n in range(len(wrong)) if wrong[: n + 1] not in prefixes), len(wrong))
                assert small.parse(wrong).error_at == (None if wrong in sentences else first)


def test_an_is_wrong_where_no_vowel_can_follow(tmp_path):
    text = "languages: en\nrespell en: a -> an before a* e*\nstart: <s>\n<s>\n  en: eat a plum\n  en: see an elk\n"
    with pytest.raises(GensqError, match='line 2: expected a spelling that is no other word, got "an"'):
        built(text, tmp_path / "x")
    g = built(text.replace("an elk", "a elk"), tmp_path / "x")
    assert g.parse("eat an plum".split()).error_at == 1 and g.parse("see a elk".split()).error_at == 1
    assert g.parse("see an elk".split()).valid and g.next_words(["see"]) == ("an",)


@pytest.mark.parametrize("prefix, words", [
    ("", "she they"), ("she", "bought buys washed washes"), ("they wash", "a an two"), ("they wash an", "apple"),
    ("they wash a", "cup unicorn"), ("they wash a apple", ""), ("nobody", ""), ("they wash two cups .", ""),
])
def test_the_words_that_can_follow(small, prefix, words):
    assert small.next_words(prefix.split()) == tuple(words.split())


def test_the_words_that_can_follow_are_those_of_some_sentence(small):
    for language in small.languages:
        sentences = [d.words(language) for d in small.derivations()]
        for prefix in {s[:n] for s in sentences for n in range(len(s))}:
            following = {s[len(prefix)] for s in sentences if s[: len(prefix)] == prefix and len(s) > len(prefix)}
            assert set(small.next_words(prefix, language=language)) == following


# ---------------------------------------------------------------- writing

@pytest.mark.parametrize("language, tokens, text", [
    ("en", "she buys an apple .", "She buys an apple."), ("zh", "她 买 一 个 苹 果 。", "她买一个苹果。")])
def test_writing(small, language, tokens, text):
    assert small.show(tokens.split(), language) == text
    assert small.read(text, language) == tuple(tokens.split())


@pytest.mark.parametrize("language, text, tokens", [
    ("en", "  she BUYS an   apple.  ", "she buys an apple ."), ("en", "she buys an apple .", "she buys an apple ."),
    ("en", "Nobody Knows", "nobody knows"), ("en", "", ""), ("zh", "她 买一个 苹果.", "她 买 一 个 苹 果 。")])
def test_reading_forgives(small, language, text, tokens):
    assert small.read(text, language) == tuple(tokens.split())


def test_names_keep_their_capitals(tmp_path):
    text = "languages: en\nstart: <s>\n<s>\n  en: Tom , I and they met on Monday .\n  en: they met Tom , I think !\n"
    g = built(text, tmp_path / "x")
    assert g.show(("they", "met", "Tom", ",", "I", "think", "!")) == "They met Tom, I think!"
    assert g.read("tom, i and They met on monday.") == ("Tom", ",", "I", "and", "they", "met", "on", "Monday", ".")


def test_a_language_that_is_not_there(small):
    with pytest.raises(GensqError, match='"en" or "zh", got "fr"'):
        small.terminals("fr")
    with pytest.raises(GensqError, match="at least 0, got -1"):
        small.sample(-1, generator=seed(0))


# ---------------------------------------------------------------- mistakes in files

HEAD = "languages: en\nattribute tense: past 2, present 1\nstart: <s>\n"
BROKEN = [
    ("", None, "got an empty file; `gensq grammar new FILE` writes a first one"),
    ("# nothing\n", None, 'expected a line "languages: en", got none'),
    ("languages: en\n", None, 'expected a line "start: <sentence>", got none'),
    ("  en: a\n", 1, "expected a head line at the margin"),
    ("language: en\n", 1, 'did you mean "languages"'),
    ("languages: en, en\n", 1, 'got "en" twice'),
    ("languages: en by words\n", 1, 'expected "en" or "zh by characters"'),
    ("languages: en\nlanguages: zh\n", 2, "got a second; join them"),
    ("start: <s>\n<s>\n  en: a\n", 3, 'expected a line "languages: en" above the rules'),
    (HEAD + "start: <s>\n", 4, "expected one start line, got a second"),
    (HEAD, 3, 'expected a symbol that has rules or a table, got "s"'),
    (HEAD + "<s>\n  en: <ss>\n<sss>\n  en: b\n", 5, 'got "ss"; did you mean "sss"'),
    (HEAD + "<s>\n", 4, "expected choices below <s>, got none"),
    (HEAD + "<s>\n  en:\n", 5, 'expected words after "en:", got an empty choice; write "-"'),
    (HEAD + "<s>\n  fr: a\n", 5, 'expected a choice such as "2 en: words <slot>", got "fr"'),
    (HEAD + "<s>\n  just words\n", 5, 'got "just words"'),
    (HEAD + "<s>\n  -1 en: a\n", 5, "expected a weight from 1e-9 to 1e9, got -1; delete the line"),
    (HEAD + "<s>\n  nan en: a\n", 5, "got nan"),
    (HEAD + "<s>\n  0 en: a\n", 5, "got 0"),
    (HEAD + "<s>\n  1e999 en: a\n", 5, "got 1e999"),
    (HEAD + "<s>\n  lots en: a\n", 5, 'expected a weight such as 3 or 0.5, got "lots"'),
    (HEAD + "<s>\n  en: <s>\n", 5, "expected no recursion, got <s> inside itself"),
    (HEAD + "<s>\n  en: <a>\n<a>\n  en: <b>\n<b>\n  en: c\n  en: d <a>\n", 10, "expected no recursion, got <a> inside itself"),
    (HEAD + "<s>\n  en: a <b\n", 5, 'got a lone "<"'),
    (HEAD + "<s>\n  en: <>\n", 5, 'expected <name>, <name:column> or <name@label>, got "<>"'),
    (HEAD + "<s>\n  en: a\n  en: a\n", 6, 'got "a" in "en" here and in line 5; remove one, or the grammar is ambiguous'),
    (HEAD + "<s past>\n  en: a\n", 3, "expected <s tense>, got <s>; name each of its features once"),
    (HEAD + "<s>\n  en: <x past>\n<x pst>\n  en: a\n", 6, 'got "pst"; did you mean "past"'),
    (HEAD + "<s>\n  en: <x pst>\n<x past>\n  en: a\n", 5, 'got "pst"; did you mean "past"'),
    (HEAD + "<s>\n  en: <x present>\n<x past>\n  en: a\n", 5, "expected rules or a table that give <x present>, got none"),
    (HEAD + "<s>\n  en: <x tense>\n<x tense>\n  en: a\n", 5, 'expected a feature of the left side, got "tense" in <x>'),
    (HEAD + "<s>\n  en: <x past>\n<x past>\n  en: a\n<x>\n  en: b\n", 8, "each feature once and the same as above"),
    (HEAD + "<s>\n  en: <x past>\n<x past/she>\n  en: a\n", 6, 'got "she"'),
    (HEAD + "<s>\n  en: <x:plural>\n<x>\n  en: a\n", 5, "without a column, as it has no table"),
    (HEAD + "<s>\n  en: <x>\ntable <x>\n  a\n", 6, 'expected a line "columns x: ..." above, got none'),
    (HEAD + "columns x: en | fr\n", 4, 'expected "weight" or a column such as "en" or "en:plural", got "fr"'),
    (HEAD + "columns x: en | en\n", 4, "expected each column once"),
    (HEAD + "columns x zipf 11: en\n", 4, "expected an exponent up to 10, got 11"),
    (HEAD + "columns x: en\ncolumns x: en\n", 5, 'expected one line of columns for "x", got a second'),
    (HEAD + "columns x: en | en:plural\ntable <x>\n  cat\n", 6, "expected 2 columns (en | en:plural), got 1"),
    (HEAD + "columns x: en | en:plural\ntable <x>\n  cat |\n", 6, 'expected words in column "en:plural", got ""'),
    (HEAD + "columns x: en | weight\ntable <x>\n  cat | -2\n", 6, "expected a weight from 1e-9 to 1e9, got -2"),
    (HEAD + "columns x: en\ntable <x>\n", 5, "expected rows below the table, got none"),
    (HEAD + "columns x: en\ntable <x>\n  cat\n  cat\n<s>\n  en: <x>\n", 7, 'got "cat" in "en" here and in line 6'),
    (HEAD + "columns x: en\ntable <x>\n  cat\n<s>\n  en: <x:plural>\n", 8, 'expected a column of "x" (en), got "en:plural"'),
    (HEAD + "columns x: en\ntable <x>\n  cat\n<x>\n  en: a\n", 5, 'expected "x" to be a table or a rule, got both'),
    (HEAD + "attribute tense: a 1\n", 4, 'got "tense", declared in line 2; rename it'),
    (HEAD + "attribute mood: past 1\n", 4, 'got "past"; rename it'),
    (HEAD + "attribute mood: good 1 bad 2\n", 4, 'expected "value weight", got "good 1 bad 2"'),
    (HEAD + "attribute mood: good 1, good 2\n", 4, 'got "good" twice'),
    (HEAD + "attribute mood: good -1\n", 4, "got -1"),
    (HEAD + "attribute mood\n", 4, 'expected "attribute NAME: value weight, ..."'),
    (HEAD + "attribute mood given tens\n  past: good\n", 4, 'got "tens"; did you mean "tense"'),
    (HEAD + "attribute mood given tense\n  past: good\n", 4, 'got none for "present"'),
    (HEAD + "attribute mood given tense\n  past: good\n  pst: bad\n", 6, 'did you mean "past"'),
    ("languages: en\nattribute a: x\nattribute b given a\n  x: y\nstart: <s b a>\n<s a b>\n  en: c\n", 5,
     'expected "a" before "b"'),
    ("languages: en\nstart: <s tense>\n<s>\n  en: a\n", 2, 'expected declared features in the start line, got "tense"'),
    ("languages: en, zh\nstart: <s>\n<s>\n  en: a\n", 4, 'expected a right-hand side in every language, got none in "zh"'),
    ("languages: en, zh\nstart: <s>\n<s>\n  zh: a\n  en: a\n", 4, 'expected a new choice to begin with "en:", got "zh:"'),
    ("languages: en, zh\nstart: <s>\n<s>\n  en: a\n  2 zh: a\n", 5, 'expected a new choice to begin with "en:"'),
    ("languages: en, zh\nstart: <s>\n<s>\n  en: <x>\n  zh: a\n<x>\n  en: b\n  zh: b\n", 4, 'got no <x> in "zh"'),
    ("languages: en, zh\nstart: <s>\n<s>\n  en: a\n  zh: a\n  en: b\n  zh: a\n", 6, 'got "a" in "zh" here and in line 4'),
    (HEAD + "respell fr: a -> an before a*\n", 4, "expected, once for a language"),
    (HEAD + "respell en: a an\n", 4, 'got "respell en: a an"'),
    (HEAD + "<s>\n  en: " + "a " * 600 + "\n", 5, "expected at most 1000 characters"),
    (HEAD + "<s>\n" + "".join(f"  en: <x{i}>\n<x{i}>\n" for i in range(60)) + "  en: a\n", None, "inside too many others"),
    (HEAD + "<s>\n" + "".join(f"  en: <x{i}> <x{i}@b>\n<x{i}>\n" for i in range(12)) + "  en: a\n", None,
     "expected sentences of at most 1,000 words"),
]


@pytest.mark.parametrize("text, line, message", BROKEN, ids=[str(i) for i in range(len(BROKEN))])
def test_a_mistake_is_reported_with_its_line(text, line, message, tmp_path):
    path = tmp_path / "broken.grammar"
    path.write_text(text, "utf-8")
    with pytest.raises(GensqError) as error:
        grammar.load(path)
    assert message in str(error.value) and str(path) in str(error.value)
    assert (f", line {line}: " in str(error.value)) if line else True


def test_what_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "latin").write_bytes("languages: en\n# caf\xe9\n".encode("latin-1"))
    for name, message in [("nowhere", "No such file"), (".", "got a folder"), ("pipe", "got a pipe or device"),
                          ("latin", "in UTF-8, got the byte 0xe9 in line 2"), ("\0", "check the path")]:
        with pytest.raises(GensqError, match=message):
            grammar.load(tmp_path / name)


def test_windows_line_ends_and_a_byte_order_mark(tmp_path, small):
    (tmp_path / "x").write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
    assert grammar.load(tmp_path / "x").entropy() == small.entropy()


def test_a_world_of_ones_own_in_one_language(tmp_path):
    path = tmp_path / "french"
    path.write_text("languages: fr\nattribute nombre: un 2, deux 1\nstart: <phrase nombre>\n"
                    "<phrase un>\n  fr: le chat dort .\n<phrase deux>\n  fr: les chats dorment .\n", "utf-8")
    g = grammar.load(path)
    assert g.languages == ("fr",) and g.entropy() == pytest.approx(-(2 * math.log(2 / 3) + math.log(1 / 3)) / 3)
    assert g.parse(g.read("Les chats dorment.")).attributes == {"nombre": "deux"}


# ---------------------------------------------------------------- whatever one types

FUZZ = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
PIECES = sorted({*SMALL.split(), *"<x> <x past> -1 nan | ; : , @ ! - # zipf weight given 1e9 <".split(), "\n", "\n  ", " "})


@FUZZ
@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join)))
def test_any_text_is_a_grammar_or_a_clear_error(tmp_path, text):
    load_or_refuse(tmp_path, text)


@FUZZ
@given(st.integers(0, len(SMALL)), st.integers(0, 12), st.lists(st.sampled_from(PIECES), max_size=3))
def test_a_grammar_with_a_slip_is_a_grammar_or_a_clear_error(tmp_path, place, removed, added):
    load_or_refuse(tmp_path, SMALL[:place] + " ".join(added) + SMALL[place + removed:])


def load_or_refuse(tmp_path, text):
    path = tmp_path / "fuzz"
    path.write_text(text, "utf-8", errors="replace")
    try:
        g = grammar.load(path)
    except GensqError as error:
        assert str(path) in str(error)
    else:
        assert g.entropy() >= 0 and len(g.sentences(3, generator=seed(0))) == 3


@FUZZ
@given(st.text(), st.lists(st.sampled_from("she they a an two cup cups apple washed buys . yesterday ?".split())))
def test_any_sentence_is_parsed_or_refused(small, text, words):
    for language in small.languages:
        for sentence in (small.read(text, language), tuple(words)):
            parse = small.parse(sentence, language=language)
            assert parse.valid == (parse.log_prob > -math.inf) == (parse.error_at is None)
            assert parse.valid or 0 <= parse.error_at <= len(sentence)
