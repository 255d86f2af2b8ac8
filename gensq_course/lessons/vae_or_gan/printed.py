"""The page "When to use which": one sheet of A4 for a wall, made from the recorded tables; nothing on it is typed."""
from collections.abc import Sequence
from html import escape
from pathlib import Path

from gensq_course import studies
from gensq_course.lessons.vae_or_gan import aid, curves, tables
from gensq_course.studies.families import BUDGET, NUM_TRAIN
from gensq_lib.ground.errors import expect
from gensq_lib.ground.places import atomic_write
from gensq_lib.plots.style import BOXES, INK, LINE

TITLE, NAME = "When to use which", "when_to_use_which.html"
CSS = f"""
@page {{ size: A4; margin: 9mm }}
body {{ font: 7.4pt/1.22 "DejaVu Sans", "Segoe UI", Helvetica, Arial, sans-serif; color: {INK}; background: white;
  max-width: 188mm; margin: 0 auto }}
h1 {{ font-size: 15pt; margin: 0 0 1mm }} h2 {{ font-size: 9.5pt; margin: 2mm 0 .5mm; break-after: avoid }}
p {{ margin: 1mm 0 }} table {{ border-collapse: collapse; width: 100%; break-inside: avoid }}
td, th {{ border-bottom: .3pt solid {LINE}; padding: .35mm 1.5mm .35mm 0; text-align: left; vertical-align: top }}
td.take {{ font-weight: bold; color: {BOXES['note'][0]} }}
@media screen {{ body {{ padding: 8mm }} }}
"""
SHOWN = ("nats above the truth", "JS, nats", "valid", "discovered", "obeys, 1 draw")
LIKELIHOOD = "nats above the truth"
NEIGHBOURS = (("VAE", "LSTM"), ("GAN", "LSTM"), ("VAE", "GAN"), ("LSTM", "n-gram"))
CAVEATS = (
    "One world of 17,280 sentences; one budget; six trials a family on one seed, at 5,000 clean sentences, used everywhere.",
    "What a VAE is above the truth is a bound: it may be better. Its JS is an estimate with the bound that flatters it a little.",
    f"Open: the seeds cannot tell, or a lead may be within {aid.WIDTH:g}, or a bound hides it; not that there is no difference.",
    "Discovered: different valid sentences that were not read, for each draw. Obeys: topic and tense as ordered.")


def fragment(rows: Sequence[Sequence[str]], columns: Sequence[str], bold: int = -1) -> str:
    """A table, escaped; the column `bold` is what a hurried reader looks for."""
    head = "".join(f"<th scope='col'>{escape(name)}</th>" for name in columns)
    body = "".join("<tr>" + "".join(f"<td{' class=take' if at == bold else ''}>{escape(str(cell))}</td>"
                                    for at, cell in enumerate(row)) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def crossing_rows() -> list[list[str]]:
    """For each curve of data and noise and each two families: who is ahead at each place, and whether that changes."""
    found = []
    for axis in (axis for axis in curves.AXES if axis != "size"):
        shown = curves.against(axis, LIKELIHOOD, NEIGHBOURS)
        places = ", ".join(shown.columns[1:-1])
        found.append([f"{curves.AXES[axis].short}: {places}",
                      *(f"{', '.join(row[1:-1])}: {row[-1]}" for row in shown.rows)])
    return found


def page(needs: Sequence[aid.Need] = aid.NEEDS, rule: aid.Rule = aid.possible) -> str:
    """The sheet as HTML that needs no other file."""
    decisions = [aid.decided(need, rule) for need in needs]
    numbers = tables.table(SHOWN)
    parts = [
        f"<h1>{TITLE}</h1><p>Families of text generators, trained from nothing on {NUM_TRAIN:,} sentences of one small world, "
        f"{BUDGET:g} seconds of one processor each, judged by truth. Pretrained models are not in this table; "
        "another corpus may say otherwise.</p>",
        fragment([[each.need.says, each.answer, each.why] for each in decisions],
                 ["what you need", "take", "because (mean and 95 % interval over seeds)"], bold=1),
        "<h2>The numbers</h2>", fragment(numbers.rows, numbers.columns),
        "<h2>Who is ahead along the curves (nats above the truth)</h2>",
        fragment(crossing_rows(), ["curve", *(f"{ours} or {theirs}" for ours, theirs in NEIGHBOURS)]),
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
