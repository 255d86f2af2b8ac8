"""The newspaper: all headlines of a report, and the facts that a headline must not change."""
import math
import re
from pathlib import Path

import pytest
import torch

from gensq_course.cli.corpus import listing
from gensq_lib.text import grammar

README = Path(__file__).parents[1] / "data" / "README.md"
FIRE = ("Flames came out of the museum on Saturday evening. Four people were taken to hospital. A hot oven had started it. "
        "Mr Hill saw the smoke and called for help. The owners hope to open again soon.")
MATCH = ("On Sunday morning Ashby received Linden. The home team lost two to one. Weber scored the first goal. "
         "The sun was shining.")


@pytest.fixture(scope="module")
def reports():
    return grammar.shipped("reports")


@pytest.fixture(scope="module")
def drawn(reports):
    return reports.sample(500, generator=torch.Generator().manual_seed(12))


def headlines(reports, text, length):
    return {reports.show(words): round(p, 4) for words, p in reports.replies(reports.read(text), length=length).items()}


def test_size(reports, drawn):
    assert reports.prompts.num_sentences() == 9_575_314_560 and len(reports.terminals) == 419
    assert reports.conditions["length"] == {"short": 0.5, "long": 0.5}
    sentences = [e.source.count(".") for e in drawn]
    assert set(sentences) == {4, 5, 6} and all(20 < len(e.source) < 65 for e in drawn)


def test_headlines_are_a_distribution_that_holds_the_one_drawn(reports, drawn):
    for e in drawn:
        found = reports.replies(e.source, length=e.labels[0])
        assert math.fsum(found.values()) == pytest.approx(1) and e.target in found and len(found) == 3


def test_a_label_says_how_long(drawn):
    mean = {length: sum(len(e.target) for e in drawn if e.labels == (length,)) / sum(e.labels == (length,) for e in drawn)
            for length in ("short", "long")}
    assert mean["short"] < 5 and mean["long"] > 9


def test_a_report_has_one_derivation(reports, drawn):
    assert {reports.prompts.parse(e.source).num_derivations for e in drawn} == {1}


def test_the_headlines_of_a_fire(reports):
    assert headlines(reports, FIRE, "short") == {
        "Fire in museum": 0.4444, "Four hurt in museum fire": 0.3333, "Museum fire: four hurt": 0.2222}
    assert "Hot oven sets museum on fire, four people hurt" in headlines(reports, FIRE, "long")


def test_a_headline_has_to_put_two_sentences_together(reports):
    """Who won is said without a name; who played where stands at the beginning."""
    assert headlines(reports, MATCH, "short") == {
        "Linden win in Ashby": 0.4444, "Two to one: Ashby lose at home": 0.3333, "Ashby lose to Linden": 0.2222}


@pytest.mark.parametrize("wrong", [
    "Fire in bakery", "Three hurt in museum fire", "Museum fire: nobody hurt", "Medals stolen from museum",
    "Four hurt in museum fire in Mill Street"])
def test_a_changed_or_added_fact_is_no_headline(reports, wrong):
    assert not reports.valid(reports.read(wrong), reports.read(FIRE))


def test_every_fact_of_a_headline_stands_in_the_report(reports, drawn):
    """Names, days and numbers are said by the report; what else a headline says is in its own words."""
    facts = {cell for table in reports.source.tables if table.name in reports.source.columns and table.name != "person"
             for row in table.rows for cell in row.cells["en"].split() if cell[0].isupper()}
    for e in drawn:
        assert {word for word in e.target if word in facts} <= set(e.source)


def test_the_numbers_of_the_datasheet(reports, drawn):
    text = README.read_text("utf-8")
    assert f"{reports.reply_entropy():.2f} nats" in text and "9,575,314,560" in text and "419 words" in text


def test_the_list_in_the_datasheet_is_what_its_command_prints():
    text = README.read_text("utf-8")
    command = re.search(r"gensq corpus list (\d+) --reports --seed (\d+)", text)
    assert int(command[1]) == 100 and listing(*map(int, command.groups()), world="reports") in text
