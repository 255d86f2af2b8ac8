"""More than a hundred texts that people bring: honest ones, poor ones, and ones with which nothing can be done.

Each is made here, by a seed, and comes with what the gate is to say: "fine", "warned" or "refused", and words of it.
"""
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

NOUNS = ("dog cat teacher driver nurse waiter cook farmer letter table garden window bread apple river bridge song picture "
         "uncle sister baker pilot doctor tree house boat train street shop book").split()
VERBS = "saw found lost bought liked forgot praised washed painted carried followed heard sold kept".split()
HOW = "today yesterday slowly again quietly early late twice gladly often".split()
WHERE = "in the garden,at home,near the river,on the bridge,behind the house,in the shop,by the window,at school".split(",")


@dataclass(frozen=True)
class Own:
    """A text of a reader's: the name it is given by (with {} for its path), its file or files, and the verdict."""

    verdict: str
    said: str
    files: dict[str, bytes]
    name: str = "file:{}"
    kind: str = "sentences"

    def write(self, folder: Path) -> str:
        """The files into a folder; returns the name of the corpus."""
        for path, content in self.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        first = next(iter(self.files), "missing.txt")
        return self.name.format(folder / first.split("/")[0])


def plain(num: int = 1_500, seed: int = 0, end: str = ".") -> list[str]:
    """Different sentences of a hundred words."""
    rng, found = random.Random(seed), {}
    while len(found) < num:
        one, two = rng.sample(NOUNS, 2)
        found[f"The {one} {rng.choice(VERBS)} a {two} {rng.choice(HOW)} {rng.choice(WHERE)}{end}"] = None
    return list(found)


def each(change: Callable[[str, int], str], **sizes) -> bytes:
    """A line made of each plain sentence and its number."""
    return joined([change(line, i) for i, line in enumerate(plain(**sizes))])


def joined(lines: list[str], end: str = "\n") -> bytes:
    return (end.join(lines) + end).encode()


def mixed(other: Callable[[int], str], share: float) -> bytes:
    """Plain lines, of which a share is something else."""
    rng = random.Random(1)
    return joined([other(i) if rng.random() < share else line for i, line in enumerate(plain())])


def made_up(alphabet: str, *, num: int = 1_200, words: int = 60, gap: str = " ", length: int = 6) -> bytes:
    """Sentences in another script, of a small vocabulary."""
    rng = random.Random(2)
    known = ["".join(rng.choices(alphabet, k=rng.randint(2, 5))) for _ in range(words)]
    return joined([gap.join(rng.choices(known, k=rng.randint(3, length))) for _ in range(num)])


def rare(i: int, num: int = 6) -> str:
    """Words that come once."""
    return " ".join(f"w{chr(97 + i % 26)}{i}x{j}" for j in range(num))


def csv(mark: str = ",", head: str = "id,text,label", quote: str = '"') -> bytes:
    rows = [mark.join([str(i), f"{quote}{line[:-1]}, he said{quote}", "pos"]) for i, line in enumerate(plain())]
    return joined([head.replace(",", mark), *rows])


def jsonl(lines: list[str]) -> bytes:
    return joined([json.dumps({"id": i, "text": line, "tags": ["a"]}) for i, line in enumerate(lines)])


def wrapped(width: int = 66) -> bytes:
    """A page of prose, cut at its margin."""
    import textwrap
    return joined(textwrap.wrap(" ".join(plain(3_000)), width))


def pairs(row: Callable[[str, str, int], str] = lambda a, b, i: f"{a}\t{b}", end: str = "\n", num: int = 1_500) -> bytes:
    return joined([row(a, b, i) for i, (a, b) in enumerate(zip(plain(num), plain(num, seed=1), strict=True))], end)


def folder(train: str, valid: str, test: str, lines: list[str] | None = None, **more: bytes) -> dict[str, bytes]:
    lines = lines or plain(end=" .")
    held = {valid: joined(lines[1_200:1_350]), test: joined(lines[1_350:])}
    return {f"d/{name}": content for name, content in {train: joined(lines[:1_200]), **held, **more}.items()}


def one(content: bytes | str, name: str = "own.txt") -> dict[str, bytes]:
    return {name: content if isinstance(content, bytes) else content.encode()}


def honest() -> dict[str, Own]:
    """Nothing is to be said of these."""
    lines = plain()
    texts = {
        "plain": joined(lines), "Windows line ends": joined(lines, "\r\n"), "old Mac line ends": joined(lines, "\r"),
        "byte-order mark": b"\xef\xbb\xbf" + joined(lines), "no last line end": joined(lines)[:-1],
        "double spaces": each(lambda s, i: s.replace(" ", "  ")), "hard spaces": each(lambda s, i: s.replace(" ", "\u00a0", 1)),
        "short verse": each(lambda s, i: s[:-1].replace(" a ", " the ").rsplit(" ", 3)[0]),
        "verse with long lines": each(lambda s, i: f"O {s[4:-1]}, and {s[4:-1].lower()}"),
        "verse indented by tabs": each(lambda s, i: "\t" * (i % 3) + s[:-1]),
        "code comments": each(lambda s, i: f"# {s[4:-1]}" if i % 2 else f"// TODO: {s[4:]}"),
        "comments with types": each(lambda s, i: f"# {s[4:-1]} in a vector<int>" if i % 9 == 0 else f"# {s[4:-1]}"),
        "captions": each(lambda s, i: f"a {s[4:-1]}"), "emoji": each(lambda s, i: f"{s[:-1]} \U0001f600\U0001f44d\U0001f3fd"),
        "tweets": each(lambda s, i: f"@{NOUNS[i % 9]} {s[4:-1]} #{NOUNS[i % 7]} <3"),
        "dialogue with dashes": each(lambda s, i: f"\u2013 {s}" if i % 3 else f"- {s[:-1]}?"),
        "dialogue with quotes": each(lambda s, i: f'"{s[:-1]}," said the {NOUNS[i % 5]}.'),
        "curly quotes": each(lambda s, i: f"\u201c{s[:-1]}!\u201d"),
        "speakers": each(lambda s, i: f"{NOUNS[i % 5].upper()}: {s}"),
        "capitals": each(lambda s, i: s.upper()), "small letters without stops": each(lambda s, i: s[:-1].lower()),
        "questions": each(lambda s, i: f"Who said that {s[:-1].lower()}?"),
        "headlines": each(lambda s, i: f"News: {s[:-1].title()}"),
        "proverbs with one comma": each(lambda s, i: f"{s[:-1]}, or so they say."),
        "lists with commas": each(lambda s, i: f"{NOUNS[i % 29]}, {s[4:-1]}, {NOUNS[i % 13]}"),
        "semicolons": each(lambda s, i: f"{s[:-1]}; nobody knew it."),
        "a few tabs": mixed(lambda i: "A dog\tlost a cat today.", .01),
        "bullets": each(lambda s, i: f"- {s[4:-1]}" if i % 2 else f"* {s[4:-1]}"),
        "numbered": each(lambda s, i: f"{i % 40 + 1}. {s}"), "recipes": each(lambda s, i: f"Take {i % 9 + 1} spoons: {s}"),
        "a few addresses": mixed(lambda i: "See https://example.org today.", .02),
        "empty lines between": each(lambda s, i: s + "\n"), "ellipses": each(lambda s, i: s[:-1] + "\u2026"),
        "some lines again": joined(lines + lines[:300]), "a line of JSON": mixed(lambda i: '{"a": 1}', .004),
        "old contractions": each(lambda s, i: f"'Tis true, {s[4:-1]} o'er there."),
        "stars between chapters": mixed(lambda i: "* * *", .03),
        "accents apart": each(lambda s, i: s.replace("a ", "e\u0301 ")),
        "two sentences a line": each(lambda s, i: f"{s} It was late."),
        "Chinese": made_up("\u6c34\u591c\u6c5f\u5c71\u82b1\u98a8\u6708\u4eba\u65e5\u6625\u79cb\u96f2", gap="", words=40),
        "Japanese": made_up("\u306d\u3053\u3044\u306c\u6c34\u5c71\u304c\u3092", gap=""),
        "Arabic": made_up("\u0627\u0628\u062a\u062b\u062c\u062d\u062e"),
        "Hebrew": made_up("\u05d0\u05d1\u05d2\u05d3\u05d4\u05d5"), "Hindi": made_up("\u0915\u0916\u0917\u0918\u091a\u093e\u093f"),
        "Russian": made_up("\u0430\u0431\u0432\u0433\u0434\u0435\u0436"), "Korean": made_up("\uac00\ub098\ub2e4\ub77c\ub9c8"),
        "Greek": made_up("\u03b1\u03b2\u03b3\u03b4\u03b5"), "Thai with spaces": made_up("\u0e01\u0e02\u0e04\u0e07\u0e08\u0e32"),
        "fifty thousand lines": each(lambda s, i: s, num=50_000),
        "long words, few": mixed(lambda i: "The " + "x" * 300 + " saw it.", .002),
    }
    found = {what: Own("fine", "", one(content)) for what, content in texts.items()}
    quoted = joined(["id,text", *(f'{i},"{line[:-1]},\nand then ""no""."' for i, line in enumerate(lines))])
    columns = {
        "a column of CSV": ("own.csv#text", csv()), "of CSV with semicolons": ("own.csv#text", csv(";")),
        "of CSV with line breaks inside": ("own.csv#text", quoted), "of CSV, by number": ("own.csv#2", csv()),
        "of CSV without header": ("own.csv#2", csv()[14:]), "of TSV": ("own.tsv#text", csv("\t", quote="")),
        "of a table in .txt": ("own.txt#text", csv()), "of tabs in .txt, by number": ("own.txt#2", pairs()),
        "of JSONL": ("own.jsonl#text", jsonl(lines)), "of JSONL in .txt": ("own.txt#text", jsonl(lines)),
        "of a list in JSON": ("own.json#text", json.dumps([{"text": line, "n": None} for line in lines]).encode()),
        "of a name with a space": ("own.csv#the text", csv(head="id,the text,label"))}
    for what, (name, content) in columns.items():
        path, _, column = name.partition("#")
        found[what] = Own("fine", "", one(content, path), f"file:{{}}#{column}")
    found |= {
        "ready-made tokens": Own("fine", "", one(joined(plain(end=" ."))), "words:{}"),
        "tokens in a folder, as PTB": Own("fine", "", folder("ptb.train.txt", "ptb.valid.txt", "ptb.test.txt"), "words:{}"),
        "tokens in a folder, as WikiText": Own("fine", "", folder("wiki.train.tokens", "wiki.valid.tokens", "wiki.test.tokens"),
            "words:{}"),
        "tokens in a folder, with dev": Own("fine", "", folder("train.txt", "dev.txt", "test.txt", **{"readme.md": b"x"}),
            "words:{}"),
        "by characters": Own("fine", "", one(joined(lines)), "chars:{}"),
        "by characters, Hindi": Own("fine", "", one(made_up("\u0915\u0916\u0917\u0918\u091a\u093e\u093f")), "chars:{}"),
        "by characters, a column": Own("fine", "", one(csv(), "own.csv"), "chars:{}#text"),
        "by characters, rare words": Own("fine", "", one(joined([rare(i, 3) for i in range(1_500)])), "chars:{}"),
        "pairs": Own("fine", "", one(pairs()), "pairs:{}", "dialogues"),
        "pairs in .tsv": Own("fine", "", one(pairs(), "own.tsv"), "pairs:{}", "dialogues"),
        "pairs with labels": Own("fine", "", one(pairs(lambda a, b, i: f"{a}\t{b}\t{HOW[i % 3]}")), "pairs:{}", "dialogues"),
        "pairs, some with labels": Own("fine", "", one(pairs(lambda a, b, i: f"{a}\t{b}" + "\tglad" * (i % 2))), "pairs:{}",
            "dialogues"),
        "pairs with turns": Own("fine", "", one(pairs(lambda a, b, i: f"Hello. // {a}\t{b}")), "pairs:{}", "dialogues"),
        "pairs, Windows line ends": Own("fine", "", one(pairs(end="\r\n")), "pairs:{}", "dialogues"),
    }
    return found


def poor() -> dict[str, Own]:
    """These are read, and a sentence says what is poor about them."""
    lines = plain()
    texts = {
        "two hundred lines": (joined(lines[:200]), "training sentences: soon learnt by heart"),
        "HTML": (each(lambda s, i: f"<p>{s[:-1]} <b>now</b>.</p>"), "have markup"),
        "entities": (each(lambda s, i: s[:-1] + " &amp; so on."), "have markup"),
        "subtitles": (joined([x for i, s in enumerate(lines) for x in (str(i + 1), "00:00:01,000 --> 00:00:02,500", s, "")]),
            "have time codes"),
        "subtitles in italics": (each(lambda s, i: f"<i>{s}</i>" if i % 4 == 0 else s), "have markup"),
        "a chat export": (each(lambda s, i: f"12/03/20, 10:{i % 60:02d} - Anna: {s}"), "have a date and a time"),
        "another chat export": (each(lambda s, i: f"[2020-03-12 10:{i % 60:02d}:07] Anna: {s}"), "have a date and a time"),
        "tabs in a fifth": (mixed(lambda i: "A dog\tlost a cat today.", .2), "have tabs"),
        "braces": (mixed(lambda i: '{"text": "A dog lost a cat."},', .3), "have braces of JSON"),
        "marks at the ends": (each(lambda s, i: f"<s> {s} </s>"), "have marks such as"),
        "<eos> at the ends": (each(lambda s, i: f"{s} <eos>"), "have marks such as"),
        "wrong decoding": (each(lambda s, i: s.replace("a ", "\u00c3\u00a9 ")), "have wrong characters"),
        "replacement characters": (mixed(lambda i: "A d\ufffdg lost a cat.", .1), "have wrong characters"),
        "addresses": (each(lambda s, i: f"{s} https://example.org/{NOUNS[i % 9]}" if i % 2 else s), "have web addresses"),
        "<unk> in prose": (each(lambda s, i: s.replace("dog", "<unk>").replace("cat", "<unk>")), "words:PATH keeps it whole"),
        "a page cut at its margin": (wrapped(), "cut at a margin"), "a narrow page": (wrapped(52), "cut at a margin"),
        "paragraphs": (mixed(lambda i: " ".join(plain(9, seed=i)), .3), "left out, too long"),
        "few lines with much of the text": (mixed(lambda i: f"{' and '.join(s[:-1] for s in plain(9, seed=i))}.", .06),
                                            "left out, too long"),
        "rules of stars": (mixed(lambda i: "*****", .3), "left out, no words"),
        "half of the words are rare": (mixed(lambda i: rare(i), .5), "of test tokens are unknown"),
        "words once": (joined([f"The dog saw {rare(i, 3)} today." for i in range(1_500)]), "of test tokens are unknown"),
        "one word a line": (joined([NOUNS[i % 30] + VERBS[i // 30 % 14] for i in range(1_500)]), "no order to learn"),
        "duplicates": (joined(lines[:150] * 10), "come more than once"),
        "numbers": (joined([f"{i % 97} {i % 89} {i % 83} {i % 7}" for i in range(1_500)]), "of the tokens are numbers"),
        "many words": (joined([" ".join(f"w{(i * 7 + j * 131) % 12_000}" for j in range(8)) for i in range(9_000)]),
            "most frequent are kept"),
    }
    found = {what: Own("warned", said, one(content)) for what, (content, said) in texts.items()}
    marked = [line.replace("dog", "<unk>").replace("cat", "N").replace("The", "<unk>") for line in plain(end=" .")]
    return found | {
        "ready-made <unk>": Own("warned", "what came as <unk>", one(joined(marked)), "words:{}"),
        "a folder that leaks": Own("warned", "are in training, too", folder(
            "train.txt", "valid.txt", "test.txt", [*plain(end=" .")[:1_350], *plain(end=" .")[:150]]), "words:{}"),
        "paragraphs by characters": Own("warned", "left out, too long", one(each(lambda s, i: s * (9 if i % 3 else 1))),
            "chars:{}"),
        "one reply": Own("warned", "of the replies are the same one",
            one(pairs(lambda a, b, i: f"{a}\tYes." if i % 2 else f"{a}\t{b}")),
                         "pairs:{}", "dialogues"),
        "few pairs": Own("warned", "by heart", one(pairs(num=300)), "pairs:{}", "dialogues"),
    }


CYCLIC = "languages: en\nstart: <a>\n<a>\n  en: the <a>\n  en: dog .\n"


def hopeless() -> dict[str, Own]:
    """These are refused before anything runs."""
    lines, few = plain(), "at least 100 different sentences"
    texts = {
        "empty": (b"", few), "only empty lines": (b"\n\n \n" * 300, few), "three sentences": (joined(lines[:3]), few),
        "ninety-nine": (joined(lines[:99]), few), "one sentence a thousand times": (joined(lines[:1] * 1000), few),
        "one giant line": (" ".join(plain(20_000)).encode(), "too long: 1"), "a giant word": (b"x" * 3_000_000, "too long: 1"),
        "only punctuation": (joined(["?!" * (i % 9 + 1) + "." * (i % 7) for i in range(500)]), "no words: 500"),
        "one emoji": (joined(["\U0001f600"] * 500), few), "names, each once": (joined([f"Na{rare(i, 1)}" for i in range(900)]),
            "chars:PATH"),
        "numbers in a table without header": (joined([f"{i % 97},{i % 89},{i % 83}" for i in range(1_500)]), "chars:PATH"),
        "Thai without spaces": (made_up("\u0e01\u0e02\u0e04\u0e07\u0e08\u0e32", gap=""), "chars:PATH"),
        "words that never come back": (joined([rare(i) for i in range(400)]), "chars:PATH"),
        "UTF-16": ("\n".join(lines).encode("utf-16"), "UTF-8"),
        "UTF-16 without mark": ("\n".join(lines).encode("utf-16-le"), "NUL byte"),
        "Latin-1": ("\n".join(s.replace("a ", "\u00e9 ") for s in lines).encode("latin-1"), "in UTF-8"),
        "mixed encodings": (joined(lines) + "caf\u00e9\n".encode("latin-1"), "in UTF-8"),
        "NUL": (joined(lines) + b"a\0b\n", "NUL byte"),
        "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "UTF-8"),
        "CSV in .txt": (csv(), "#text"), "CSV with semicolons in .txt": (csv(";"), "#text"),
        "TSV in .txt": (csv("\t", quote=""), "#text"),
        "two columns of tabs in .txt": (pairs(), "pairs:PATH for prompts"), "JSONL in .txt": (jsonl(lines), "#text"),
        "a list of JSON in .txt": (json.dumps([{"text": line} for line in lines], indent=1).encode(), "#text"),
    }
    found = {what: Own("refused", said, one(content)) for what, (content, said) in texts.items()}
    tables = {
        "CSV": ("own.csv", "", csv(), "own.csv#text"), "TSV": ("own.tsv", "", csv("\t", quote=""), "own.tsv#text"),
        "JSONL": ("own.jsonl", "", jsonl(lines), "own.jsonl#text"),
        "JSON": ("own.json", "", json.dumps([{"text": "x"}]).encode(), "own.json#text"),
        "a wrong column": ("own.csv", "#txt", csv(), 'did you mean "text"'),
        "a column too far": ("own.csv", "#9", csv(), '"id", "text" or "label"'),
        "a wrong column of JSONL": ("own.jsonl", "#body", jsonl(lines), '"id", "text" or "tags"'),
        "a column of numbers": ("own.csv", "#label", csv(), few), "lists in a column": ("own.jsonl", "#tags", jsonl(lines), few),
        "broken JSONL": ("own.jsonl", "#text", jsonl(lines) + b"{\n", "got a mistake"),
        "JSONL of lists": ("own.jsonl", "#text", b"[1]\n" * 9, "got a mistake"),
        "deep JSON": ("own.json", "#text", b"[" * 100_000, "got a mistake"),
        "a quote that never ends": ("own.csv", "#text", b'id,text\n1,"' + joined(lines) * 9, "mistake"),
        "an empty table": ("own.csv", "", b"", "expected"), "a header alone": ("own.csv", "#text", b"id,text\n", few)}
    for what, (path, column, content, said) in tables.items():
        found[what] = Own("refused", said, one(content, path), f"file:{{}}{column}")
    broken = {
        "pairs without tabs": (joined(lines),
            "in line 1"), "pairs with four fields": (pairs(lambda a, b, i: "\t".join([a, b, a, b])), "got 3 tabs"),
        "one broken pair": (pairs() + b"no tab\n", "in line 1501"), "three pairs": (pairs(num=3), few),
        "no replies": (pairs(lambda a, b, i: f"{a}\t"), "no words"),
        "labels that are texts": (pairs(lambda a, b, i: f"{a}\t{b}\t{a}{b}"), "at most 50 labels")}
    for what, (content, said) in broken.items():
        found[what] = Own("refused", said, one(content), "pairs:{}", "dialogues")
    return found | {
        "a folder without valid": Own("refused", "expected one file for valid",
            {k: v for k, v in folder("train.txt", "v", "test.txt").items() if k != "d/v"}, "words:{}"),
        "a folder with two train files": Own("refused", "got 2 of them",
            folder("train.txt", "valid.txt", "test.txt", **{"train.de": b"x"}), "words:{}"),
        "a folder with an empty test": Own("refused", "at least 1 different sentences",
            {**folder("train.txt", "valid.txt", "t"), "d/test.txt": b""}, "words:{}"),
        "a folder as a file": Own("refused", "got a folder", folder("train.txt", "valid.txt", "test.txt")),
        "a file that is not there": Own("refused", "No such file", {}),
        "a cyclic grammar": Own("refused", "", one(CYCLIC), "grammar:{}"),
        "a broken grammar": Own("refused", "strat", one("languages: en\nstrat: <x>\n"), "grammar:{}"),
        "a grammar that is prose": Own("refused", "", one(joined(lines)), "grammar:{}"),
        "a dialogue that is a world": Own("refused", "", one("languages: en\nstart: <a>\n<a>\n  en: dog .\n"), "dialogue:{}",
            "dialogues"),
        "a path without a way": Own("refused", "put file: before it", one(joined(lines)), "{}"),
        "few lines by characters": Own("refused", few, one(joined(lines[:9])), "chars:{}"),
    }


def every() -> dict[str, Own]:
    """All of them."""
    return {**honest(), **poor(), **hopeless()}
