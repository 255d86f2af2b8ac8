"""Tables and pictures of lesson 17: a sentence read by several keys, what speaks for a reading, restarts and sizes."""
import textwrap
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch

from gensq_course import studies, widgets
from gensq_course.lessons.dialogue_gan.pictures import Picture
from gensq_course.studies.deciphering import Bench
from gensq_course.studies.difficulties import CHANGES, EASIEST
from gensq_course.studies.rows import Row, by, flat, value, values
from gensq_course.studies.unpaired_beside import BY_FEW, TENDED_PAIRS
from gensq_lib import plots
from gensq_lib.ground.errors import GensqError
from gensq_lib.ground.runtime import generator
from gensq_lib.maths.stats import estimate
from gensq_lib.text.ciphers import draw_cipher
from gensq_lib.text.corpora import Corpus
from gensq_lib.text.vocab import Sentence

Keys = Mapping[str, Mapping[str, str]]  # who reads -> plain word of each secret one
WIDTH = 80  # letters of a printed line
EDGE, SHOWN = "(edge)", 3  # what stands before the first word and behind the last; neighbours that are shown
BLEU_DRAWS = 5
SHAPED, NETWORK = "EM, shaped by frequency", "network"


def secret_sentence(text: str, bench: Bench) -> Sentence:
    """What a reader typed: secret words as they are, plain words enciphered."""
    cipher, words = bench.sides.cipher, tuple(text.split())
    if words and all(word in cipher.back for word in words):
        return words
    plain = bench.sides.text.read(text)
    if unknown := [word for word in plain if word not in cipher.key]:
        raise GensqError(f'expected words of one of the two sides, got "{unknown[0]}"; try "The cook baked the bread."')
    return cipher.encipher(plain)


def readings(sentence: Sentence, keys: Keys, bench: Bench) -> widgets.Table:
    """A row for each key: each word with a tick where it is right, and what the world says of the whole."""
    grammar, cipher = bench.sides.text.grammar, bench.sides.cipher
    rows = []
    for name, key in keys.items():
        read = [key.get(word, "?") for word in sentence]
        marks = [f"{'✓' if word == cipher.back[secret] else '✗'}\u00a0{word}"
                 for word, secret in zip(read, sentence, strict=True)]
        rows.append([name, *marks, "yes" if grammar.parse(tuple(read)).valid else "no"])
    return widgets.table(rows, ["who reads", *sentence, "a sentence of the village?"], "Word by word: ✓ right, ✗ wrong")


def neighbours(sentences: Sequence[Sentence], word: str) -> tuple[Counter[str], Counter[str]]:
    """What stands before a word, and what behind it."""
    before, behind = Counter(), Counter()
    for sentence in sentences:
        for i, each in enumerate(sentence):
            if each == word:
                before[sentence[i - 1] if i else EDGE] += 1
                behind[sentence[i + 1] if i + 1 < len(sentence) else EDGE] += 1
    return before, behind


def evidence(secret: str, key: Mapping[str, str], bench: Bench) -> widgets.Table:
    """What speaks for a reading of one word: its neighbours, read by the key, beside those of the plain word."""
    sides = bench.sides
    plain, truth = key.get(secret, "?"), sides.cipher.back[secret]
    shown = {f"{secret} (secret side, neighbours read by the key)": (neighbours(sides.secret, secret), {**key, EDGE: EDGE}),
             f"{plain} (plain side)": (neighbours(sides.plain, plain), {})}
    if plain != truth:
        shown[f"{truth} (plain side; the truth)"] = (neighbours(sides.plain, truth), {})
    rows = [[name, *(", ".join(f"{read.get(word, word)} {num / counts.total():.0%}" for word, num in counts.most_common(SHOWN))
                     for counts in found)] for name, (found, read) in shown.items()]
    return widgets.table(rows, ["word", "before it", "behind it"], f"Read as {plain}: what speaks for it")


def desk(bench: Bench, keys: Keys) -> Callable[..., Any]:
    """For `widgets.explorer`: a sentence, whose key, and which word of it (by its place) is looked at closely."""
    def show(sentence: str, key: str, word: int) -> Any:
        secret = secret_sentence(sentence, bench)
        looked_at = secret[min(word, len(secret)) - 1]
        return widgets.together(readings(secret, keys, bench), evidence(looked_at, keys[key], bench))
    return show


def confused(key: Mapping[str, str], bench: Bench) -> str:
    """Which words a key gets wrong, the most frequent first: truth -> reading, in lines that no page cuts in a word."""
    back = bench.sides.cipher.back
    wrong = [f"{back[word]} → {key[word]}" for word, _ in bench.sides.said.most_common() if key[word] != back[word]]
    return textwrap.fill(", ".join(wrong), WIDTH)


def over_restarts(rows: Sequence[Row], sides: str, num_secret: int, **words: str) -> Picture:
    """Share of types over the number of restarts: the likeliest one, the best one by the truth, EM."""
    found = by(rows, "player", "restarts", measure="types", world="village", sides=sides, num_secret=num_secret)
    names = [name for name in dict.fromkeys(name for name, num in found if num) if name != "EM, random"]
    restarts = sorted({num for _, num in found if num})
    curves = {name: [found[name, num].mean for num in restarts] for name in names}
    axes = plots.curves_over(list(range(len(restarts))), curves, xlabel="restarts", ylabel="share of word types right", **words)
    axes.set_xticks(range(len(restarts)), [str(num) for num in restarts])
    return axes, f"Share of types right over {', '.join(map(str, restarts))} restarts: " + "; ".join(
        f"{name} {', '.join(f'{y:.2f}' for y in ys)}" for name, ys in curves.items()) + "."


PLAYERS = {"likeliest of 100": ("assignment", 100), "single restart": ("assignment", 1), SHAPED: (SHAPED, None),
           "all of these, by likelihood": ("all, by likelihood", None), "frequency match": ("frequency match", None),
           "from the truth, by swaps": ("from the truth, by bigrams", None)}  # curves: a player and its number of restarts


def over_sizes(rows: Sequence[Row], sides: str, **words: str) -> Picture:
    """Share of types over the number of secret sentences."""
    found = by(rows, "player", "restarts", "num_secret", measure="types", world="village", sides=sides)
    sizes = sorted({size for _, _, size in found})
    curves = {name: [found[*player, size].mean for size in sizes] for name, player in PLAYERS.items()}
    axes = plots.curves_over(list(range(len(sizes))), curves, xlabel="secret sentences", ylabel="share of word types right",
                             **words)
    axes.set_xticks(range(len(sizes)), [f"{size:,}" for size in sizes])
    return axes, f"Share of types right over {', '.join(f'{size:,}' for size in sizes)} secret sentences: " + "; ".join(
        f"{name} {', '.join(f'{y:.2f}' for y in ys)}" for name, ys in curves.items()) + "."


def copied(text: Corpus, share: float, *, seed: int, num: int = 300) -> list[tuple[list[str], list[list[str]]]]:
    """Several draws: test sentences with this share of word types under invented names, and the sentences themselves."""
    words, drawn = sorted(text.grammar.terminals()), []
    for draw in range(BLEU_DRAWS):
        noise = generator(seed, "copied", str(share), draw)
        order = [words[i] for i in torch.randperm(len(words), generator=noise)]
        cipher = draw_cipher(words, generator=noise, kept=order[round(share * len(words)):])
        some = text.test[:num]
        drawn.append(([text.show(cipher.encipher(s)) for s in some], [[text.show(s)] for s in some]))
    return drawn


def rows_of(*names: str, **where: str | int) -> list[Row]:
    """Of these studies, read as one: the rows whose setting says so."""
    return [row for name in names for row in studies.read(name)["rows"] if row["setting"].items() >= where.items()]


def recorded(study: str | Sequence[str], keys: Sequence[str], columns: Sequence[str], caption: str, leave: str = "",
             spread: str = "", **where: str | int) -> widgets.Table:
    """A row for each combination of keys that has one of these measures, of one study or of several that are read as one: mean
    and standard error over seeds; of the measure `spread` the lowest and the highest, too.

    Rows whose first key ends in `leave` are left out.
    """
    names = [study] if isinstance(study, str) else study
    rows = rows_of(*names, **where)
    found = by(rows, *keys, "measure")
    shown = dict.fromkeys(key[:-1] for key in found if key[0] and key[-1] in columns and not (leave and key[0].endswith(leave)))
    firsts = list(dict.fromkeys(key[0] for key in shown))  # rows of one first key stand together, whichever study they are from
    cells = [[*(part or "" for part in key), *(str(found[*key, name]) if (*key, name) in found else "" for name in columns),
              *([lowest_to_highest(rows, dict(zip(keys, key, strict=True)), spread)] if spread else [])]
             for key in sorted(shown, key=lambda key: firsts.index(key[0]))]
    if not cells:
        raise GensqError(f"expected rows of {names[0]} with {where}, got none; run: gensq study {names[0]}")
    runs = sorted({found[*key, name].n for key in shown for name in columns if (*key, name) in found})
    of_each = f"{runs[0]} to {runs[-1]}" if len(runs) > 1 else f"{runs[0]}"
    return widgets.table(cells, [*keys, *columns, *([f"{spread}, range"] if spread else [])],
                         f"Recorded, {of_each} runs of each: mean ± standard error; {caption}")


def lowest_to_highest(rows: Sequence[Row], where: Mapping[str, Any], measure: str) -> str:
    """Of the rows with these keys."""
    found = values(flat(rows), measure=measure, **where)
    return f"{min(found):.2f} to {max(found):.2f}" if found else ""


def over_players(rows: Sequence[Row], num_secret: int) -> widgets.Table:
    """Share of types of every player, over both kinds of sides."""
    kinds = ("disjoint", "independent")
    found = by(rows, "player", "start", "restarts", "sides", measure="types", num_secret=num_secret)
    shown = [key for key in dict.fromkeys(key[:3] for key in found) if key[0] != "truth" and not key[0].startswith("pairs")]
    cells = [[player, start or "", num or "", *(str(found[player, start, num, kind]) for kind in kinds)]
             for player, start, num in shown]
    return widgets.table(cells, ["player", "start", "restarts", *kinds],
                         f"Types right, {num_secret:,} secret sentences, {num_ciphers(rows)} ciphers: mean ± standard error")


def num_ciphers(rows: Sequence[Row]) -> int:
    """One for each seed."""
    return len({row["setting"]["seed"] for row in rows})


PAIRS = {"pairs, IBM 1": "IBM model 1", "pairs, word by word": "word by word"}


def over_pairs(rows: Sequence[Row], worth: Mapping[int, tuple[float, float]], num_secret: int) -> widgets.Table:
    """Share of types over the number of pairs: `worth`, of this cipher, and those recorded of others."""
    found = by(rows, "player", "pairs", measure="types", world="village", sides="disjoint", num_secret=num_secret)
    cells = [[num, *here, *(str(found[player, num]) for player in PAIRS)] for num, here in worth.items()]
    return widgets.table(cells, ["pairs", *PAIRS.values(), *(f"{name}, recorded" for name in PAIRS.values())],
                         f"Share of types right; recorded: {num_ciphers(rows)} ciphers, mean ± standard error")


def fewest_pairs(rows: Sequence[Row], num_secret: int, here: int) -> tuple[int, int]:
    """From how many pairs on IBM model 1 reads as many types as EM shaped by frequency does without: the fewest and the most, of
    the recorded ciphers and of this one (`here`)."""
    found, setting = [here], {"world": "village", "sides": "disjoint", "num_secret": num_secret}
    for row in rows:
        if row["setting"].items() >= setting.items():
            em = value(row["found"], player=SHAPED, measure="types")
            found.append(next(record["pairs"] for record in row["found"] if record["player"] == "pairs, IBM 1"
                              and record["measure"] == "types" and record["value"] >= em))
    return min(found), max(found)


def kept_of_sentences(ways: Sequence[str], **setting: str) -> widgets.Table:
    """Of a transfer's answers that are sentences the share that keeps each attribute of the source, over seeds."""
    rows = rows_of("unpaired_styles", "unpaired_beside", **setting)
    found = by(rows, "by", "measure")
    names = [name for way, name in found if way == ways[0] and name.startswith("keeps ")]

    def share(way: str, name: str) -> str:
        pairs = zip(*(values(flat(rows), by=way, measure=measure) for measure in (name, "a sentence")), strict=True)
        return str(estimate([kept / sentences for kept, sentences in pairs]))
    return widgets.table([[way, str(found[way, "a sentence"]), *(share(way, name) for name in names)] for way in ways],
                         ["by", "a sentence", *(name.removeprefix("keeps ") for name in names)],
                         f"Recorded, {num_ciphers(rows)} runs of each; of those that are sentences, the share that keeps ...")


def said_by(way: str) -> widgets.Table:
    """What a way made of the first test sentence of each seed."""
    rows = [row for row in rows_of("unpaired_beside") if studies.texts(row["found"], by=way)]
    return widgets.table([[value(row["found"], by=way, measure=measure) for measure in ("source", "says")] for row in rows],
                         ["source", way], "Recorded: the first test sentence of each run")


EXAMPLE = ("the", "cook", "bakes", "the", "bread", ".")
Reader = tuple[str, str | None, str]  # by, start, measure
KEYS: dict[Reader, str] = {
    ("frequency match", None, "types"): "by frequency", ("likeliest restart", None, "types"): "restarts",
    ("one to one at best", None, "types"): "one to one at best", (SHAPED, None, "types"): "EM",
    ("EM, from the truth", None, "types"): "EM, from the truth", ("EM, from the truth", None, "nats ahead"): "nats ahead of EM"}
DICTIONARIES: dict[Reader, str] = {
    (SHAPED, None, "right"): "by EM", (BY_FEW, None, "right"): "by IBM 1", ("true dictionary", None, "right"): "by the truth"}
NETWORKS: dict[Reader, str] = {
    (NETWORK, "EM", "right"): "EM", (NETWORK, BY_FEW, "right"): "IBM 1", (NETWORK, "true dictionary", "right"): "the truth",
    (NETWORK, "pairs", "right"): "pairs", (NETWORK, "nothing", "right"): "nothing",
    (NETWORK, TENDED_PAIRS, "right"): "pairs alone", (NETWORK, "pairs alone", "right"): "untended"}


def across_difficulties() -> list[widgets.Table]:
    """A row for each foreign language: one of its sentences; types that keys have right; sentences that are said rightly by
    dictionaries, and by networks."""
    rows = [row for row in rows_of("unpaired_difficulties", "unpaired_beside") if "difficulty" in row["setting"]]
    found = by(rows, "difficulty", "by", "start", "measure")

    def table(readers: Mapping[Reader, str], caption: str) -> widgets.Table:
        cells = [[language, *(str(found.get((language, *reader), "")) for reader in readers)]
                 for language in dict.fromkeys(row["setting"]["difficulty"] for row in rows)]
        return widgets.table(cells, ["language", *readers.values()],
                             f"Recorded, {num_ciphers(rows)} ciphers each: mean ± standard error; {caption}")

    sentences = [[name, " ".join(change(EXAMPLE))] for name, change in CHANGES.items()]
    return [widgets.table(sentences, ["language", "one sentence"]),
            table(KEYS, "share of types that a key has right; nats per sentence"),
            table(DICTIONARIES, "share of unread sentences said rightly, word by word"),
            table(NETWORKS, "the same by a network: with the heaps and a dictionary or 100 pairs; with 100 pairs alone")]


def mastered(start: str = "true dictionary", share: float = 0.9) -> int:
    """Of how many changed languages a network with this start says more than this share of unread sentences rightly."""
    found = by(rows_of("unpaired_difficulties"), "difficulty", by=NETWORK, start=start, measure="right")
    return sum(found[name].mean > share for name in CHANGES if name != EASIEST)
