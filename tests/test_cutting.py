"""`gensq corpus cut`: nothing that was said is lost, a second cut changes nothing, and `corpus look` points at it."""
import textwrap

import own_texts
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from gensq_course.cli.corpus import ask_corpus
from gensq_course.report import cutting, gate, signs
from gensq_course.report.stops import sentences
from gensq_lib.ground.errors import GensqError
from gensq_lib.text.corpora import own

PIECES = ["Der Hund", "schläft", "Mr.",
          "J.", "3.", "12", ".", "!", "? ", "\u3002", "\u4eca\u5929", " ", "\n", "\n\n", "%", "--", "-",
          '"', "I.", "\u2026", "\x1b[32m", "\x1b[m", "\x1b", "a", "B", "the dog saw it and ran over the hill as fast as it could",
          "00:00:01,000 --> 00:00:04,000", "\n7\n00:01.000 --> 00:02.500\n", "\t-- ", "\u00bb", "\U0001f600", ", and"]
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=60).map(lambda pieces: "".join(pieces).split("\n"))


def said(lines) -> str:
    """Letters and digits, but for codes, the times of cues and their numbers."""
    plain = [own.CODES.sub("", line) for line in lines]
    kept = [line for line, after in zip(plain, [*plain[1:], ""], strict=False)
            if not signs.CUE.fullmatch(line) and not signs.is_cue_number(line, after)]
    return "".join(c for line in kept for c in line if c.isalnum())


@given(TEXTS)
def test_no_letter_is_lost_and_a_second_cut_changes_nothing(written):
    lines = cutting.cut(written).lines
    assert said(lines) == said(written)
    assert cutting.cut(lines).lines == lines
    assert all(own.has_word(line) for line in lines if line)


@given(TEXTS)
def test_a_sentence_is_not_cut_again(written):
    for line in written:
        assert all(sentences(each) == [each] for each in sentences(line))
        assert "".join("".join(sentences(line)).split()) == "".join(line.split())


@pytest.mark.parametrize("written, found", [
    ("He came. She left!", ["He came.", "She left!"]), ("Mr. Smith met J. Brown at 3.30 p.m. in May.", None),
    ("It cost 3. 4 came.", None), ("Was ist z.B. Das Haus?", None), ("So am I. He is not.", ["So am I.", "He is not."]),
    ('"Go!" he said. "Now."', ['"Go!" he said.', '"Now."']), ("Well... yes.", None), ("It is 5 etc. and so on.", None),
    ("\u4ed6\u6765\u4e86\u3002\u5979\u8d70\u4e86\uff01", ["\u4ed6\u6765\u4e86\u3002", "\u5979\u8d70\u4e86\uff01"]),
    ("Oui ? - Non.", ["Oui ?", "- Non."]), ("", [""]), ("...", ["..."])])
def test_sentences_end_at_stops(written, found):
    assert sentences(written) == ([written] if found is None else found)


def items(width=60, num=200):
    """Stories of three sentences, wrapped, with % between them."""
    lines = own_texts.plain(3 * num)
    stories = [" ".join(lines[i:i + 3]) for i in range(0, len(lines), 3)]
    return lines, "\n%\n".join(textwrap.fill(story, width) for story in stories).split("\n")


def subtitles(num=400):
    lines = own_texts.plain(num)
    cues = [f"{i}\n00:{i // 60:02d}:{i % 60:02d},000 --> 00:{i // 60:02d}:{i % 60:02d},900\n" + textwrap.fill(line, 20) + "\n"
            for i, line in enumerate(lines, start=1)]
    return lines, "\n".join(cues).split("\n")


def paragraphs(num=1_500):
    lines = own_texts.plain(num)
    return lines, "\n\n".join(" ".join(lines[i:i + 15]) for i in range(0, num, 15)).split("\n")


def coloured():
    lines = own_texts.plain()
    return lines, [f"\x1b[32m{line}\x1b[m" for line in lines]


@pytest.mark.parametrize("make", [items, subtitles, paragraphs, coloured, lambda: (own_texts.plain(), own_texts.plain())])
def test_the_sentences_come_back(make):
    lines, written = make()
    assert list(cutting.cut(written).lines) == lines


def test_lines_that_are_whole_are_not_joined():
    """Verse and chats in small letters have no stops, but no margin either."""
    verse = ["and the wind went over the hill", "Nobody saw the dog go home again", "under a moon that was cold and still",
             "Nothing in all the world to gain"] * 60
    chat = ["hey", "how are you doing today my friend", "fine", "Good to hear", "did you see the film in the pink room"] * 60
    for lines in (verse, chat):
        assert list(filter(None, cutting.cut(lines).lines)) == lines and not signs.is_wrapped(lines)


def test_a_heading_is_not_joined_by_a_second_cut():
    assert cutting.cut(["Chapter one", "", "it rained."]).lines == ("Chapter one", "", "it rained.")


@pytest.mark.parametrize("make, what", [
    (items, "comes 199 times and is left out"), (items, "cut at a margin"), (paragraphs, "of all tokens"),
    (paragraphs, "of 100 lines with text"), (subtitles, "and 400 the number of a cue")])
def test_a_look_points_at_the_cut(make, what, tmp_path):
    lines, written = make()
    path = tmp_path / "own.txt"
    short = ["A dog and a cat ran home today."] + [f"{line[:-1]} again." for line in own_texts.plain(400)]
    path.write_text("\n".join(written + (short if make is paragraphs else [])), encoding="utf-8")
    if make is paragraphs and "100" in what:
        what = f"100 of {100 + len(short)} lines with text"
    warnings = [each for each in gate.look(f"file:{path}").warnings if what in each]
    assert len(warnings) == 1 and own.CUT in warnings[0]
    done = cutting.cut_file(path, tmp_path / "new.txt")
    assert done.lines and not any(own.CUT in each for each in gate.look(f"file:{tmp_path / 'new.txt'}").warnings)


def test_codes_of_a_terminal_are_taken_out_and_counted(tmp_path):
    lines, written = coloured()
    (tmp_path / "own.txt").write_text("\n".join(written), encoding="utf-8")
    found = own.own_sentences(tmp_path / "own.txt", name="own")
    assert found.account[own.CODED] == 2 * len(lines) and not {"[", "32m", "m"} & set(found.vocab.words)
    assert f"{2 * len(lines):,} {own.CODED}" in dict(gate.look(f"file:{tmp_path / 'own.txt'}").rows)["left out"]


def test_few_lines_that_are_paragraphs_are_pointed_at_the_cut(tmp_path):
    (tmp_path / "own.txt").write_text("\n".join(paragraphs()[1]), encoding="utf-8")
    with pytest.raises(GensqError, match="100 of 100 lines with text are longer than 60 tokens: paragraphs.*gensq corpus cut"):
        gate.look(f"file:{tmp_path / 'own.txt'}")


def test_the_command_refuses_a_file_that_is_there_and_a_table(tmp_path):
    old, new = tmp_path / "old.txt", tmp_path / "new.txt"
    old.write_text("He came. She left.\n", encoding="utf-8")
    first = CliRunner().invoke(ask_corpus, ["cut", str(old), "-o", str(new)], standalone_mode=False)
    assert first.return_value == 0 and new.read_text("utf-8") == "He came.\nShe left.\n" and "sentences" in first.output
    again = ["cut", str(old), "-o", str(new)]
    assert isinstance(CliRunner().invoke(ask_corpus, again, standalone_mode=False).exception, GensqError)
    assert CliRunner().invoke(ask_corpus, [*again, "--force"], standalone_mode=False).return_value == 0
    for content, what in (("%\n%\n", "with words"), ("name,text\n" + "a,b c\n" * 40, "a table")):
        old.write_text(content, encoding="utf-8")
        with pytest.raises(GensqError, match=what):
            cutting.cut_file(old, tmp_path / "other.txt")
    assert not (tmp_path / "other.txt").exists()
