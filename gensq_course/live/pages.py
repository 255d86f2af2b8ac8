"""The live pages as files: one script and one stylesheet for all, what a page computes with beside them, or all in one file.

A page opened from a disk may load scripts and nothing else (no modules, no data), so everything here is a classic script: the
sources are put behind each other in one function, and data are an assignment. Nothing is fetched from anywhere.
"""
import json
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from typing import Any

from gensq_course.live.data import NEEDS, asset
from gensq_course.report.html import embedded, opening
from gensq_course.widgets import fronts, live_page
from gensq_course.widgets.atlas import LOOK
from gensq_course.widgets.live import LivePage
from gensq_lib.ground.errors import chosen
from gensq_lib.ground.places import atomic_write
from gensq_lib.text.corpora import own, text
from gensq_lib.plots.style import COLOURS

SOURCES = Path(__file__).with_name("js")
WIDGETS = ("atlas", "conversation", "clinic")  # front ends of notebooks that pages use
PARTS = ("runtime", "reading", "truth", "denoiser", "guard", "replies", "kit", "checked")  # a later one uses the earlier
TITLES = {  # of each page, and what to do there
    "elbo": ("The bound", "Choose q by three weights. Can you close the gap without a look at the true posterior?"),
    "kl": ("Two divergences", "Move q, and see which of the two KLs explodes first; then move two humps apart."),
    "dense": ("A plane of digits", "A VAE with two numbers in z: walk over its plane and watch the digits change."),
    "language": ("Six sentences", "A finished language model draws; the grammar says which of it are sentences of its world."),
    "sampler": ("Word by word", "What a language model would say next, beside what is exactly true. Press a word, or draw one."),
    "clinic": ("The clinic", "Find out what is wrong with a training run, with as few readings as you can."),
    "space": ("The latent space", "Type two sentences and slide between them; turn what one is about; pick a place on a map."),
    "gan": ("A picture from noise", "The generator of a conditional GAN: choose a class, turn two of its numbers of noise."),
    "doorstep": ("The doorstep", "Ring, say something, and be answered in the mood and by the voice that you choose."),
    "mine": ("A model of your own", "Open a file that `gensq export` wrote: score sentences, draw some, walk between two. "
             "It is read on this machine and goes nowhere."),
    "masks": ("Out of the masks", "Hide words, fix your own, choose order and steps, and watch a sentence come; beside the "
              "network stands the truth."),
}
BODY = """<body>
<main>
<h1>{title}</h1>
<p>{lead}</p>
<div class="gensq-live" data-live="{name}"><noscript>This page needs its own script; it loads nothing else.</noscript></div>
</main>
{scripts}
</body>
</html>
"""


def script() -> str:
    """live.js: fills every <div class="gensq-live" data-live="NAME">."""
    return f'(() => {{\n"use strict";\n{engine()}\nconst needs = {embedded(NEEDS)};\n{_source("start")}}})();\n'


def engine() -> str:
    """The sources behind each other; the widgets of notebooks among them, each in a scope of its own."""
    widgets = [f"const {name} = {fronts.value(name)};" for name in WIDGETS]
    look = f"atlas.look = {embedded(LOOK)};"
    pages = [path.read_text(encoding="utf-8") for path in sorted((SOURCES / "pages").glob("*.js"))]
    spelling = f"const spelling = {embedded(spelling_of_people())};"
    return "\n".join([spelling, *map(_source, PARTS), *widgets, look, *pages])


def spelling_of_people() -> dict[str, Any]:
    """What reading.js knows of letters and signs: facts of the library's own reader."""
    def signs(table: Mapping[int, str]) -> dict[str, str]:
        """Of each sign its plain one."""
        return {chr(code): sign for code, sign in table.items()}

    return {"han": text.HAN, "wide": text.WIDE.pattern.strip("[]"), "close": sorted(text.CLOSE), "open": sorted(text.OPEN),
            "stops": sorted(text.STOPS), "plain": signs(text.PLAIN), "plainChinese": signs(text.PLAIN_CHINESE),
            "points": text.CHINESE_POINTS, "space": own.SPACE}


def module() -> str:
    """The same as a module for a widget of a notebook: its default export draws one page."""
    return f"""{engine()}
export default {{render({{model, el}}) {{
  const place = element("div", {{className: "gensq-live"}});
  // Or JupyterLab takes keys of what has the focus; it does not look at what is around that.
  place.addEventListener("focusin", ({{target}}) => {{ target.dataset.lmSuppressShortcuts = "true"; }});
  live[model.get("name")](place, model.get("assets"));
  el.append(place);
}}}};
"""


def widget(name: str) -> LivePage:
    """One page as a widget, for a running notebook and for Voila."""
    needed = chosen("a live page", name, NEEDS)
    return live_page(name, script=module(), style=stylesheet(), assets={each: asset(each) for each in needed})


def _source(name: str) -> str:
    return (SOURCES / f"{name}.js").read_text(encoding="utf-8")


def stylesheet() -> str:
    """live.css, by day and by night, and the looks of the widgets in it."""
    own = Path(__file__).with_name("live.css").read_text(encoding="utf-8")
    return "\n".join([fronts.coloured(".gensq-live", COLOURS), own, *map(fronts.read, ("conversation.css", "clinic.css"))])


def data_file(name: str) -> str:
    """live/NAME.js: one asset."""
    return f"((globalThis.gensqLive ??= {{assets: {{}}}}).assets)[{json.dumps(name)}] = {embedded(asset(name))};\n"


def files(names: Iterable[str] = tuple(NEEDS)) -> dict[str, str]:
    """What a book puts beside its pages, by path: live.js, live.css, and live/ASSET.js for what these pages need.

    A chapter then says <link rel="stylesheet" href="live.css">, <script defer src="live.js"></script>, and, where a page is to
    stand, <div class="gensq-live" data-live="space"></div>. What stands in the div is for readers without scripts.
    """
    needed = dict.fromkeys(each for name in names for each in chosen("a live page", name, NEEDS))
    return {"live.js": script(), "live.css": stylesheet()} | {f"live/{name}.js": data_file(name) for name in needed}


def page(name: str) -> str:
    """One page as a single HTML file, which loads nothing."""
    scripts = [*map(data_file, chosen("a live page", name, NEEDS)), script()]
    title, lead = TITLES[name]
    return opening(title, scripts=scripts, style=fronts.page_style(stylesheet())) + BODY.format(
        title=escape(title), lead=escape(lead), name=name, scripts="\n".join(f"<script>{text}</script>" for text in scripts))


def write_pages(folder: Path, names: Iterable[str] = tuple(NEEDS)) -> list[Path]:
    """A file for each page."""
    made = {folder / f"{name}.html": page(name) for name in names}
    for path, written in made.items():
        with atomic_write(path) as temporary:
            temporary.write_text(written, encoding="utf-8")
    return list(made)
