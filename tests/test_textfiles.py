"""Text files of readers: one way to read, one sentence for each way in which a file can be wrong."""
import os
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gensq_lib.ground.errors import GensqError
from gensq_lib.ground.textfiles import text_of

read = partial(text_of, kind="a poem", largest=100)


@pytest.mark.parametrize(("content", "text"), [
    (b"a\r\nb\rc\n", "a\nb\nc\n"), (b"\xef\xbb\xbfa", "a"), (b"", ""),
    ("caf\u00e9 \u6625\u2028x".encode(), "caf\u00e9 \u6625\u2028x")])
def test_line_ends_and_byte_order_marks_are_no_matter(tmp_path, content, text):
    (tmp_path / "x").write_bytes(content)
    assert read(tmp_path / "x") == text


@pytest.mark.parametrize(("content", "said"), [
    (b"a\nb\xff", "expected a poem in UTF-8, got the byte 0xff in line 2 of .*; save the file as UTF-8"),
    (b"a\nb\n\0", "expected a poem in plain text, got a NUL byte in line 3 of"),
    (b"a" * 101, "expected a poem of at most 100 bytes, got 101 in .*; take a part of it")])
def test_wrong_bytes_are_named(tmp_path, content, said):
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(GensqError, match=said):
        read(tmp_path / "x")


def test_what_is_no_file_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for name, said in [("pipe", "expected a poem, got a pipe or device"), (".", "got a folder"), ("none", "No such file"),
                       ("\0", "null .*; check the path"), ("x" * 5000, "too long")]:
        with pytest.raises(GensqError, match=said):
            read(tmp_path / name)


@given(st.binary(max_size=120))
def test_any_bytes_are_text_or_one_sentence(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("any") / "x"
    path.write_bytes(data)
    try:
        text = read(path)
    except GensqError as error:
        assert str(path) in str(error) and "\n" not in str(error) and "; " in str(error)
    else:
        assert "\r" not in text and "\0" not in text
