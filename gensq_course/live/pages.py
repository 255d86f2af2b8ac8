"""The live pages as files: one script and one stylesheet for all, what a page computes with beside them, or all in one file.

A page opened from a disk may load scripts and nothing else (no modules, no data), so everything here is a classic script: the
sources are put behind each other in one function, and data are an assignment. Nothing is fetched from anywhere.
"""
import json
from collections.abc import Iterable
from html import escape
from pathlib import Path

from gensq_course.clinic.page import HERE as CLINIC
from gensq_course.clinic.page import embedded
from gensq_course.live.data import NEEDS, asset
from gensq_course.widgets import conversation
from gensq_course.widgets.atlas import LOOK
from gensq_course.widgets.conversation import variables
from gensq_lib.ground.errors import chosen
from gensq_lib.ground.places import atomic_write
from gensq_lib.plots.style import COLOURS, DAY, NIGHT

SOURCES = Path(__file__).with_name("js")
WIDGETS = Path(conversation.__file__).parent
PARTS = ("runtime", "truth", "guard", "replies", "kit")  # in this order: a later one uses the earlier
TITLES = {"elbo": "The bound", "kl": "Two divergences", "dense": "A plane of digits", "language": "Six sentences",
          "sampler": "Word by word", "clinic": "The clinic", "space": "The latent space", "gan": "A picture from noise",
          "doorstep": "The doorstep"}
DARK = ('[data-theme="dark"] .gensq-live', '[data-jp-theme-light="false"] .gensq-live')  # a page's own choice, JupyterLab's
BY_SYSTEM = ":root:not([data-theme]) body:not([data-jp-theme-light]) .gensq-live"
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; base-uri 'none'; form-action 'none'; \
img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>body {{ margin: 0 auto; padding: .5rem; max-width: 54rem; font-family: system-ui, sans-serif }}
{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
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
    widgets = [f"const {name} = {_enclosed((WIDGETS / f'{name}.js').read_text(encoding='utf-8'))};" for name in ("atlas", "conversation")]
    look = f"atlas.look = {embedded(LOOK)};"
    pages = [path.read_text(encoding="utf-8") for path in sorted((SOURCES / "pages").glob("*.js"))]
    clinic = (CLINIC / "page.js").read_text(encoding="utf-8")
    return "\n".join([*map(_source, PARTS), *widgets, look, clinic, *pages])


def _source(name: str) -> str:
    return (SOURCES / f"{name}.js").read_text(encoding="utf-8")


def _enclosed(module: str) -> str:
    """A front end of a widget, whose only export is its default one, as a value."""
    inside, _, exported = module.rpartition("export default ")
    return f"(() => {{\n{inside}return {exported.strip().removesuffix(';')};\n}})()"


def stylesheet() -> str:
    """live.css, by day and by night: as the page says (data-theme="dark" or "light" on an element around), else the system."""
    night = f"{variables(NIGHT | COLOURS)}color-scheme:dark"
    rules = [f".gensq-live{{{variables(DAY | COLOURS)}color-scheme:light}}", *(f"{selector}{{{night}}}" for selector in DARK),
             f"@media (prefers-color-scheme:dark){{{BY_SYSTEM}{{{night}}}}}"]
    own = Path(__file__).with_name("live.css").read_text(encoding="utf-8")
    return "\n".join([*rules, own, (WIDGETS / "conversation.css").read_text(encoding="utf-8")])


def data_file(name: str) -> str:
    """live/NAME.js: one asset."""
    return f"((globalThis.gensqLive ??= {{assets: {{}}}}).assets)[{json.dumps(name)}] = {embedded(asset(name))};\n"


def files(names: Iterable[str] = tuple(NEEDS)) -> dict[str, str]:
    """What a book puts beside its pages, by path: live.js, live.css, and live/ASSET.js for what these pages need.

    A chapter then says <link rel="stylesheet" href="live.css">, <script defer src="live.js"></script>, and, where a page is to
    stand, <div class="gensq-live" data-live="space"></div>. What stands in the div is for readers without scripts.
    """
    needed = dict.fromkeys(each for name in names for each in NEEDS[chosen("a live page", name, {n: n for n in NEEDS})])
    return {"live.js": script(), "live.css": stylesheet()} | {f"live/{name}.js": data_file(name) for name in needed}


def page(name: str) -> str:
    """One page as a single HTML file, which loads nothing."""
    needed = NEEDS[chosen("a live page", name, {n: n for n in NEEDS})]
    scripts = "\n".join(f"<script>{text}</script>" for text in (*map(data_file, needed), script()))
    return PAGE.format(title=escape(TITLES[name]), name=name, style=stylesheet(), scripts=scripts)


def write_pages(folder: Path, names: Iterable[str] = tuple(NEEDS)) -> list[Path]:
    """A file for each page."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.html" for name in names]
    for path in paths:
        with atomic_write(path) as temporary:
            Path(temporary).write_text(page(path.stem), encoding="utf-8")
    return paths
