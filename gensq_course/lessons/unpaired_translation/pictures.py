"""Tables and pictures of lesson 17: a sentence read by several keys, what speaks for a reading, restarts and sizes."""
import textwrap
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch

from gensq_course import studies, widgets
from gensq_course.lessons.dialogue_gan.pictures import Picture
from gensq_course.studies.deciphering import Bench
from gensq_course.studies.rows import Row, by
from gensq_lib import plots
from gensq_lib.ground.errors import GensqError
from gensq_lib.ground.runtime import generator
from gensq_lib.text.ciphers import draw_cipher
from gensq_lib.text.corpora import Corpus
from gensq_lib.text.vocab import Sentence

Keys = Mapping[str, Mapping[str, str]]  # who reads -> plain word of each secret one
WIDTH = 80  # letters of a printed line
EDGE, SHOWN = "(edge)", 3  # what stands before the first word and behind the last; neighbours that are shown
BLEU_DRAWS = 5


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


def over_sizes(rows: Sequence[Row], sides: str, players: Mapping[str, tuple[str, int | None]], **words: str) -> Picture:
    """Share of types over the number of secret sentences; each curve has a player and its number of restarts."""
    found = by(rows, "player", "restarts", "num_secret", measure="types", world="village", sides=sides)
    sizes = sorted({size for _, _, size in found})
    curves = {name: [found[*player, size].mean for size in sizes] for name, player in players.items()}
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


def recorded(study: str, keys: Sequence[str], columns: Sequence[str], caption: str, leave: str = "", **where: str | int
             ) -> widgets.Table:
    """A row for each combination of keys that has one of these measures: mean and standard error over seeds.

    Rows whose first key ends in `leave` are left out.
    """
    rows = studies.read(study)["rows"]
    found = by([row for row in rows if row["setting"].items() >= where.items()], *keys, "measure")
    shown = dict.fromkeys(key[:-1] for key in found if key[-1] in columns and not (leave and key[0].endswith(leave)))
    cells = [[*(part or "" for part in key), *(str(found[*key, name]) if (*key, name) in found else "" for name in columns)]
             for key in shown]
    if not cells:
        raise GensqError(f"expected rows of {study} with {where}, got none; run: gensq study {study}")
    runs = sorted({found[*key, name].n for key in shown for name in columns if (*key, name) in found})
    of_each = f"{runs[0]} to {runs[-1]}" if len(runs) > 1 else f"{runs[0]}"
    return widgets.table(cells, [*keys, *columns], f"Recorded, {of_each} runs of each: mean ± standard error; {caption}")


def over_players(rows: Sequence[Row], num_secret: int) -> widgets.Table:
    """Share of types of every player, over both kinds of sides."""
    kinds = ("disjoint", "independent")
    found = by(rows, "player", "start", "restarts", "sides", measure="types", num_secret=num_secret)
    shown = [key for key in dict.fromkeys(key[:3] for key in found) if key[0] != "truth" and not key[0].startswith("pairs")]
    cells = [[player, start or "", num or "", *(str(found[player, start, num, kind]) for kind in kinds)]
             for player, start, num in shown]
    ciphers = len({row["setting"]["seed"] for row in rows})
    return widgets.table(cells, ["player", "start", "restarts", *kinds],
                         f"Types right, {num_secret:,} secret sentences, {ciphers} ciphers: mean ± standard error")


KEYS = {("frequency match", None): "by frequency", ("likeliest restart", None): "restarts",
        ("one to one at best", None): "one to one at best", ("EM, shaped by frequency", None): "EM"}
SAYERS = {("EM, shaped by frequency", None): "by EM", ("true dictionary", None): "by the truth",
          ("network", "EM"): "network, EM", ("network", "true dictionary"): "network, truth",
          ("network", "pairs"): "network, pairs", ("network", "pairs alone"): "pairs alone", ("network", "nothing"): "nothing"}


def across_difficulties() -> tuple[widgets.Table, widgets.Table]:
    """A row for each foreign language: types that keys have right; then sentences that are said rightly."""
    rows = studies.read("unpaired_difficulties")["rows"]
    found = by(rows, "difficulty", "by", "start", "measure")
    recorded = f"Recorded, {len({row['setting']['seed'] for row in rows})} ciphers each: mean ± standard error"

    def table(readers: dict, measure: str, caption: str) -> widgets.Table:
        cells = [[language, *(str(found.get((language, *reader, measure), "")) for reader in readers)]
                 for language in dict.fromkeys(row["setting"]["difficulty"] for row in rows)]
        return widgets.table(cells, ["language", *readers.values()], f"{recorded}; {caption}")

    return table(KEYS, "types", "share of types that a key has right"), table(
        SAYERS, "right", "share of unread sentences said rightly")
