"""An executed notebook as one HTML file that asks for nothing: formulas, figures and linked widgets work offline.

nbconvert turns the cells into HTML (templates/gensq); MathJax comes from a package, the widgets are drawn by
a small script of ours. A content security policy allows these two scripts by their hash and no other thing to run
or to load.
"""
import base64
import functools
import hashlib
import importlib.metadata
import re
from collections.abc import Mapping
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter

HERE = Path(__file__).resolve().parent / "templates"
MATHJAX_SETTINGS = r"""
window.MathJax = {
  tex: {inlineMath: [["$", "$"], ["\\(", "\\)"]], processEscapes: true},
  options: {enableMenu: false, ignoreHtmlClass: "highlight|output_text"}
};"""


def to_html(notebook: nbformat.NotebookNode, *, title: str, metrics: Mapping, changed: Mapping | None = None) -> str:
    """The page. `metrics` and `changed` (parameters that are not the lesson's own) fill the box at its top."""
    scripts = [read("widgets.js"), read("page.js")]
    if has_formulas(notebook):
        scripts += [MATHJAX_SETTINGS, mathjax()]
    page = {"title": title, "metrics": metrics, "changed": changed or {}, "css": read("page.css"), "policy": policy(scripts)}
    exporter = HTMLExporter(template_name="gensq", extra_template_basedirs=[str(HERE)], exclude_anchor_links=True,
                            exclude_input_prompt=True, exclude_output_prompt=True)
    body, _ = exporter.from_notebook_node(notebook, resources={"page": page})
    tags = "\n".join(f"<script>{script}</script>" for script in scripts)
    return without_addresses(body).replace("<!-- scripts -->", tags)


def policy(scripts: list[str]) -> str:
    """A content security policy: these inline scripts, inline styles, data: images and sounds; no request at all."""
    hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in scripts)
    return ("default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'; "
            f"img-src data:; media-src data:; font-src data:; script-src {hashes}")


def has_formulas(notebook: nbformat.NotebookNode) -> bool:
    """Whether MathJax (2 MB) is worth its place: some Markdown, HTML or LaTeX output has a dollar pair or \\( \\[."""
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
        texts += [str(output.get("data", {}).get(kind, "")) for kind in ("text/html", "text/markdown", "text/latex")]
    widgets = str(notebook.metadata.get("widgets", ""))
    return any(re.search(r"\$[^$]+\$|\\\(|\\\[|\\begin\{", text) for text in [*texts, widgets])


def without_addresses(page: str) -> str:
    """A single file has no neighbours and no network: links to other notebooks become text, pictures elsewhere their
    description. Links that a reader may click stay."""
    page = re.sub(r'<a href="[^":]*\.ipynb[^"]*"[^>]*>(.*?)</a>', r"<span>\1</span>", page, flags=re.DOTALL)
    elsewhere = r"""(<(?:img|audio|video|source|link)\b[^>]*?\s)(?:src|srcset|href)=(["'])(?:https?:)?//[^"']*\2"""
    return re.sub(elsewhere, r"\1", page)


@functools.cache
def mathjax() -> str:
    """MathJax 3 with SVG output, from the package sphinx-mathjax-offline (its folder's name is no Python name)."""
    files = importlib.metadata.files("sphinx-mathjax-offline") or []
    path = next(file for file in files if file.name == "tex-svg-full.js")
    return Path(path.locate()).read_text(encoding="utf-8").replace("</script", "<\\/script")


def read(name: str) -> str:
    """One of our own files for the page."""
    return (HERE / "gensq" / name).read_text(encoding="utf-8")
