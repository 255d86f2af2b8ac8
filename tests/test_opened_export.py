"""The page that opens a reader's export, in Chromium: what the course exported opens, and a file that lies is one sentence."""
import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gensq_course.live import pages
from gensq_course.shipped import language_model, latent_space

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WAIT = 60_000  # milliseconds, on a busy machine
Change = Callable[[dict[str, Any], dict[str, Any]], object]


def changed(change: Change) -> bytes:
    """The file of the language model with another header: `change` gets its tensors and its facts."""
    raw = language_model.FILE.read_bytes()
    [size] = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8:8 + size])
    facts = json.loads(header["__metadata__"]["facts"])
    change(header, facts)
    header["__metadata__"]["facts"] = json.dumps(facts)
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + raw[8 + size:]


def fact(*path: str, value: Any) -> Change:
    def change(_: dict[str, Any], facts: dict[str, Any]) -> None:
        for name in path[:-1]:
            facts = facts[name]
        facts[path[-1]] = value
    return change


def tensor(name: str, **facts: Any) -> Change:
    return lambda header, _: header.update({name: header["decoder.embed.weight"] | facts})


def crowded(header: dict[str, Any], _: dict[str, Any]) -> None:
    """Numbers that are there once, claimed twenty thousand times: 11 GB."""
    header.update({f"x{i}": header["decoder.embed.weight"] for i in range(20_000)})


WHOLE = language_model.FILE.read_bytes
OTHER = "cut, damaged or of another kind"
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {  # a file, and what its refusal says
    "empty": (lambda: b"", OTHER),
    "a pickle": (lambda: b"\x80\x04\x95" + b"x" * 100, OTHER),
    "cut": (lambda: WHOLE()[:-1000], OTHER),
    "a huge header": (lambda: WHOLE()[:4] + b"\x01" + WHOLE()[5:], OTHER),
    "numbers changed": (lambda: WHOLE()[:-5000] + bytes(256) + WHOLE()[-4744:], "the file is damaged"),
    "a word that is markup": (lambda: changed(lambda _, facts: facts["words"].__setitem__(0, "<img src=x onerror=alert(1)>")),
                              "the file is damaged"),
    "a word too few": (lambda: changed(lambda _, facts: facts["words"].pop()), r"1115 × 128 numbers in decoder.embed.weight"),
    "another shape": (lambda: changed(tensor("decoder.embed.weight", shape=[128, 1116])), "1116 × 128 numbers"),
    "another dtype": (lambda: changed(tensor("decoder.embed.weight", dtype="constructor")), "F32 or F16, got constructor"),
    "a name of JavaScript's": (lambda: changed(tensor("__proto__")), OTHER),
    "one place for many": (lambda: changed(crowded), OTHER),
    "endless sentences": (lambda: changed(fact("longest", value=10**9)), "1 to 1000 tokens, got 1000000000"),
    "another way to read": (lambda: changed(fact("reading", "way", value="constructor")), 'got "constructor"'),
    "spellings that are none": (lambda: changed(fact("reading", value={"way": "words", "usual": {"the": 3}})), OTHER),
    "no card": (lambda: changed(fact("card", value=None)), OTHER),
    "another format": (lambda: changed(fact("format", value=2)), "format 1, got 2"),
}


@pytest.fixture
def opening(browser, tmp_path):
    """Gives the page a file and says what it shows: its alert, and its parts."""
    [file] = pages.write_pages(tmp_path, ["mine"])
    context, complaints = browser.new_context(offline=True), []
    page = context.new_page()
    page.set_default_timeout(WAIT)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(dialog.message) or dialog.dismiss())
    page.goto(file.as_uri())
    page.wait_for_selector('.gensq-live[data-ready="true"]')

    def open_file(raw: bytes) -> tuple[str, list[str]]:
        page.set_input_files("input[type=file]", {"name": "x.safetensors", "mimeType": "", "buffer": raw})
        page.locator("[role=alert]:not(:empty), .gensq-live h3").first.wait_for()
        assert page.locator(".gensq-live img, .gensq-live script").count() == 0
        return page.locator("[role=alert]").inner_text(), page.locator(".gensq-live h3").all_inner_texts()

    yield open_file
    context.close()
    assert complaints == []


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_lies_is_one_sentence(opening, name):
    made, wanted = HOSTILE[name]
    said, parts = opening(made())
    assert said.startswith("This file cannot be opened: expected") and wanted in said and parts == [], said
    assert "\n" not in said and len(said) < 300


@pytest.mark.parametrize("file", [language_model.FILE, latent_space.FILE], ids=lambda file: Path(file).stem)
def test_what_was_exported_opens(opening, file):
    said, parts = opening(file.read_bytes())
    assert said == "" and len(parts) >= 3
