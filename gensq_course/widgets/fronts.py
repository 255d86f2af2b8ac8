"""The front ends of widgets with a script of their own: NAME.js and NAME.css beside this file, used outside of notebooks, too.

A look takes its colours from the style of the figures, as variables. JupyterLab's theme counts there, and the choice of a page
(data-theme) there; elsewhere what the reader's system says.
"""
from collections.abc import Mapping
from pathlib import Path

from gensq_lib.plots.style import DAY, NIGHT

HERE = Path(__file__).parent
BY_THEME = ('[data-theme="dark"]', '[data-jp-theme-light="false"]')
BY_SYSTEM = ("body[data-voila]", ":root:not([data-theme]) body:not([data-jp-theme-light])")
PAGE = """body {{ margin: 0 auto; padding: .5rem; max-width: 54rem; font: 1rem/1.5 system-ui, sans-serif;
background: var(--page); color: var(--ink); {day} }}
@media (prefers-color-scheme: dark) {{ body {{ {night} }} }}
{style}"""


def read(name: str) -> str:
    """One of these files."""
    return (HERE / name).read_text(encoding="utf-8")


def value(name: str) -> str:
    """A script, a module whose only export is its default one, as an expression: for a page, which may load no modules."""
    inside, _, exported = read(f"{name}.js").rpartition("export default ")
    return f"(() => {{\n{inside}return {exported.strip().removesuffix(';')};\n}})()"


def variables(colours: Mapping[str, str]) -> str:
    """Colours under their names, for a stylesheet."""
    return "".join(f"--{name}:{colour};" for name, colour in colours.items())


def coloured(selector: str, more: Mapping[str, str] | None = None) -> str:
    """The rules that give an element its colours by day and by night; `more` are the same for both."""
    night = f"{{{variables(NIGHT | (more or {}))}color-scheme:dark}}"
    by_theme, by_system = (", ".join(f"{around} {selector}" for around in all_of) for all_of in (BY_THEME, BY_SYSTEM))
    return (f"{selector}{{{variables(DAY | (more or {}))}color-scheme:light}}\n{by_theme}{night}\n"
            f"@media (prefers-color-scheme:dark){{{by_system}{night}}}\n")


def stylesheet(name: str, selector: str) -> str:
    """The look of a widget in a notebook."""
    return coloured(selector) + read(f"{name}.css")


def page_style(style: str) -> str:
    """Of a page that is one file and holds such a front end."""
    return PAGE.format(day=variables(DAY), night=variables(NIGHT), style=style)
