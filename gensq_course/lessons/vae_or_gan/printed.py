"""The page "When to use which": one sheet of A4 for a wall, made from the recorded tables; no number on it is typed."""
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from gensq_course import studies
from gensq_course.lessons.vae_or_gan import aid, curves, drawn, tables
from gensq_course.studies.families import (
    BATCH_SIZE, BOUNDS, BUDGET, CHOSEN, LATENT_DIM, NUM_TRAIN, ORDERS, REFERENCES, SIZES, TRAINED)
from gensq_course.studies.family_more import TOLD
from gensq_course.studies.players import LABELLED
from gensq_lib.ground.errors import expect
from gensq_lib.ground.places import atomic_write
from gensq_lib.plots.style import BOXES, INK, LINE

NAMED = {"world": "grammar (the truth itself)", "replay": "replay (copies)"}
TITLE, NAME = "When to use which", "when_to_use_which.html"
CSS = f"""
@page {{ size: A4; margin: 9mm }}
body {{ font: 7.2pt/1.18 "DejaVu Sans", "Segoe UI", Helvetica, Arial, sans-serif; color: {INK}; background: white;
  max-width: 188mm; margin: 0 auto }}
h1 {{ font-size: 15pt; margin: 0 0 1mm }} h2 {{ font-size: 9.5pt; margin: 2mm 0 .5mm; break-after: avoid }}
p {{ margin: 1mm 0 }} table {{ border-collapse: collapse; width: 100%; break-inside: avoid }}
td, th {{ border-bottom: .3pt solid {LINE}; padding: .25mm 1.5mm .25mm 0; text-align: left; vertical-align: top }}
td.need {{ width: 38% }} td.number {{ white-space: nowrap }}
td.take {{ font-weight: bold; color: {BOXES['note'][0]}; white-space: nowrap }} td.open {{ color: {BOXES['open'][0]} }}
.curves {{ display: flex; gap: 4mm; break-inside: avoid }} figure {{ margin: 0; flex: 1 }} svg {{ width: 100%; height: auto }}
figcaption {{ font-size: 6.8pt }}
@media screen {{ body {{ padding: 8mm }} }}
"""
LIKELIHOOD = "nats above the truth"
SIMPLEST = ("replay", "n-gram", "LSTM", TOLD, "Transformer", "VAE", "GAN")  # of several that stay the first is named
PLAIN = {  # what is measured, for people who have not read the lesson
    LIKELIHOOD: "nats lost", "JS, nats": "distance from truth", "valid": "without a fault", "discovered": "right and new",
    **{f"obeys, {draws}": f"orders met, {draws}" for draws in ("1 draw", "16 draws")}}
SHOWN = (LIKELIHOOD, "JS, nats", "valid", "discovered", "obeys, 1 draw")
SEARCHED = "searched: orders, rates, shares of time, sizes of LSTM and Transformer; all else by hand"
NEIGHBOURS = (("VAE", "LSTM"), ("GAN", "LSTM"), ("LSTM", "n-gram"))
DRAWN = {"data": "More sentences", "typo": "Words lost to <unk>", "size": "A larger model, equal seconds"}  # axis -> its title
CAVEATS = (
    "Nats lost: on a sentence that was not read, more than the truth itself needs. Distance: Jensen-Shannon, 0 to 0.69 nats. "
    "The others are shares of what is said, or of orders for a topic and a tense; new: different, and not in the training set.",
    "One world of 17,280 sentences, one budget: at which other seconds this holds was not measured. Settings: six trials a "
    "family on one seed, at 5,000 clean sentences, used everywhere, also where there are fewer sentences or noise.",
    "A VAE's nats are a bound: it may be better. Its JS is an estimate with the bound that flatters it a little.",
    f"Beside it: the seeds cannot tell them apart, or the lead may be within {aid.WIDTH:g} (JS {aid.NARROWER['js']:g}, seconds "
    f"{aid.NARROWER['sample_seconds']:g}), or a bound hides it. In brackets: surely behind, but better in the mean than a "
    "noisier one that stays. The simplest of the others is named.",
    "A lost word is milder than a typo that stays as a wrong word. Seconds of sampling: one clock, once a seed.")


def settings() -> list[list[str]]:
    """Where to start with each family."""
    def network(family: str) -> str:
        embed, hidden = SIZES[CHOSEN[family]["size"]]
        inner = f"2 layers of width {embed}" if family == "Transformer" else f"embeddings {embed}, hidden {hidden}"
        return f"{inner}, Adam {CHOSEN[family]['rate']:g}, batches of {BATCH_SIZE}"

    def begun(family: str) -> str:
        return f"{CHOSEN[family]['begun']:.0%} of the time the LSTM as above; then"
    return [
        ["replay", "says a sentence of the training set; a list, no model"],
        ["n-gram", f"Kneser-Ney, order {ORDERS[CHOSEN['n-gram']['size']]}"],
        ["LSTM", network("LSTM")],
        [TOLD, "the LSTM; before each sentence a word for its topic and one for its tense, guessed from "
               f"{LABELLED} labelled ones by logistic regression"],
        ["Transformer", network("Transformer")],
        ["VAE", f"{begun('VAE')} z of {LATENT_DIM} dimensions, free bits, a bag of words, Adam {CHOSEN['VAE']['rate']:g}"],
        ["GAN", f"{begun('GAN')} a quarter of the rest for the judge, the rest the game, Adam {CHOSEN['GAN']['rate']:g}"]]


def fragment(rows: Sequence[Sequence[str]], columns: Sequence[str], kinds: Mapping[int, str] | None = None) -> str:
    """A table, escaped; of some columns the kind: what a hurried reader looks for, what is not known."""
    kinds = kinds or {}
    head = "".join(f"<th scope='col'>{escape(name)}</th>" for name in columns)
    body = "".join("<tr>" + "".join(f"<td{f' class={kinds[at]}' if at in kinds else ''}>{escape(str(cell))}</td>"
                                    for at, cell in enumerate(row)) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def need_row(found: aid.Decision) -> list[str]:
    """What is needed; whom to take; who is not told apart from it; why, in plain words."""
    if not found.families:
        return [found.need.says, "nobody", "", found.why]
    wanted = tables.measure(found.need.best)
    first, *others = sorted(found.families, key=lambda family: (family in found.beaten, SIMPLEST.index(family)))
    beside = ", ".join(f"({family})" if family in found.beaten else family for family in others)
    out = [family for family in found.leads if family not in found.families]
    behind = min(out, key=lambda family: found.leads[family].mean, default="")
    why = f"{PLAIN.get(wanted.label, wanted.label)}: {found.numbers[first]}"
    if behind:
        at_most = "at most " * (behind in BOUNDS and wanted.label == LIKELIHOOD)
        why += f"; {behind}: {at_most}{found.numbers[behind]}"
    return [found.need.says, first, beside or "nobody", why]


def more_data() -> str:
    """What more sentences bring the simplest network, and whom they surely bring something beyond the size of this table."""
    def brought(few: int, many: int) -> str:
        less = tables.lead(*(curves.at("data", num, "LSTM", LIKELIHOOD) for num in (few, many)))
        return f"{many:,} sentences for {few:,} bring {tables.rounded(less, 2).replace('+', '')} nats"
    gains = {family: tables.lead(*(curves.at("data", num, family, LIKELIHOOD) for num in (50_000, NUM_TRAIN)))
             for family in TRAINED}
    better = [family for family, gain in gains.items() if gain.interval[1] < 0]
    others = [family for family in gains if family not in better]
    return (f"More text first where there is little: {brought(500, NUM_TRAIN)} to the LSTM, {brought(NUM_TRAIN, 50_000)}."
            f" That last step surely helps {', '.join(better)}; in these seconds not {', '.join(others)}.")


def reading(axis: str) -> str:
    """Of each two families who is ahead where, and where that may be less than the width that matters, in a sentence."""
    said = []
    for ours, theirs in NEIGHBOURS:
        places: dict[str, list[str]] = {}
        first, second = (curves.curve(axis, family, LIKELIHOOD) for family in (ours, theirs))
        for place in first:
            low, high = tables.lead(first[place], second[place]).interval
            name = curves.better(LIKELIHOOD, ours, theirs, (low > 0) - (high < 0)).replace("open", "not told apart")
            little = (low > 0 or high < 0) and min(abs(low), abs(high)) <= aid.WIDTH
            places.setdefault(name + f" (may be < {aid.WIDTH:g})" * little, []).append(curves.named(place))
        said.append(f"{ours} or {theirs}: " + "; ".join(
            name if len(where) == len(first) else f"{name} at {', '.join(where)}" for name, where in places.items()))
    return ". ".join(said) + "."


def page(needs: Sequence[aid.Need] = aid.NEEDS, rule: aid.Rule = aid.possible) -> str:
    """The sheet as HTML that needs no other file."""
    numbers = tables.table(SHOWN, families=(*TRAINED, TOLD, *REFERENCES))
    names = [PLAIN.get(name, name) for name in numbers.columns]
    drawn_curves = "".join(f"<figure><b>{escape(title)}</b>{drawn.small(axis, LIKELIHOOD, TRAINED)}<figcaption>"
                           f"{escape(reading(axis))}</figcaption></figure>" for axis, title in DRAWN.items())
    parts = [
        f"<h1>{TITLE}</h1><p>Families of text generators, trained from nothing on {NUM_TRAIN:,} sentences of one small world, "
        f"{BUDGET:g} seconds of one processor each, judged by truth. Pretrained models are not in this table; "
        "another corpus may say otherwise.</p>",
        f"<p><b>{escape(more_data())}</b></p>",
        fragment([need_row(aid.decided(need, rule)) for need in needs],
                 ["what you need", "take", "beside it", "because (mean and 95 % interval over seeds)"],
                 {0: "need", 1: "take", 2: "open"}),
        "<h2>Where to start</h2>", fragment(settings(), ["family", SEARCHED]),
        "<h2>Nats lost on an unseen sentence, along three curves</h2>", f"<div class='curves'>{drawn_curves}</div>",
        "<h2>The numbers</h2>", fragment([[NAMED.get(row[0], row[0]), *row[1:]] for row in numbers.rows],
                                              names, dict.fromkeys(range(len(names)), "number")),
        "<h2>Before you believe it</h2>", *(f"<p>{escape(text)}</p>" for text in CAVEATS),
        f"<p>{escape(studies.source(studies.read('families')))}</p>"]
    return ("<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'><meta name='viewport' content='width=device-width'>"
            f"<title>{TITLE}</title><style>{CSS}</style></head><body>{''.join(parts)}</body></html>\n")


def save(folder: str | Path) -> str:
    """The sheet as a file in a folder that is there; the name that it has."""
    expect(Path(folder).is_dir(), f"expected a folder that is there, got {str(folder)!r:.60}; make it first, or name another")
    with atomic_write(Path(folder) / NAME) as unfinished:
        unfinished.write_text(page(), encoding="utf-8")
    return NAME
