"""What every lesson must keep, as functions: a rule takes a `Book` and returns complaints, one sentence each.

`@rule` collects them; test_notebooks.py applies every rule to every lesson, and shows for each that it can refuse.
"""
import ast
import json
import re
import statistics
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from gensq_course.report.lessons import card, read_parameters, source, tags
from gensq_course.report.parameters import COMMON
from gensq_course.report.records import collect
from gensq_lib import __version__
from gensq_lib.ground.errors import GensqError

CARD = ("you will do", "you will learn", "you need", "time")
CELLS, CODE_LINES, WORDS_PER_LINE, DEFINITIONS = (40, 85), (150, 390), (5, 12), 8  # 390 lines of 88 columns: 300 of 120
COLUMNS = 88  # a page and half a screen hold no more
MEDIAN_LINES, P90_LINES, MAX_LINES = 8, 20, 40
FILE_BYTES, PICTURE_BYTES = 1_500_000, 100_000
EXERCISES, ALT_LETTERS = 3, 20
TAGS = ("a", "b", "br", "code", "details", "div", "em", "i", "img", "kbd", "p", "span", "strong", "sub", "summary", "sup", "svg",
        "table", "tbody", "td", "th", "thead", "tr")  # what prose may use
MISSING = f"""from importlib.util import find_spec  # missing? Its wheel is on the project's page:
assert find_spec("gensq_course"), "%pip install gensq_lib-{__version__}-py3-none-any.whl"
"""
MACHINE_PATH = re.compile(r"(?<![\w.])(/(?:work|root|home|tmp|Users|opt|var)/[\w.-]|[A-Z]:\\+Users)")


@dataclass(frozen=True)
class Book:
    """A notebook with the tables of its folder."""

    path: Path
    notebook: dict
    claims: dict = field(default_factory=dict)
    ranges: dict = field(default_factory=dict)

    @property
    def cells(self) -> list[dict]:
        return self.notebook["cells"]

    @cached_property
    def code(self) -> list[dict]:
        return [cell for cell in self.cells if cell["cell_type"] == "code" and source(cell).strip()]

    @cached_property
    def prose(self) -> str:
        return "\n\n".join(source(cell) for cell in self.cells if cell["cell_type"] == "markdown")

    @cached_property
    def headings(self) -> list[tuple[int, str]]:
        text = re.sub(r"^```.*?^```", "", self.prose, flags=re.MULTILINE | re.DOTALL)
        return [(len(marks), words.strip()) for marks, words in re.findall(r"^(#+) +(.+)$", text, flags=re.MULTILINE)]

    def outputs(self) -> Iterator[tuple[dict, dict]]:
        return ((cell, output) for cell in self.code for output in cell.get("outputs", []))

    def tagged(self, tag: str) -> list[dict]:
        return [cell for cell in self.cells if tag in tags(cell)]


Rule = Callable[[Book], Iterator[str]]
RULES: list[Rule] = []


def rule(function: Rule) -> Rule:
    RULES.append(function)
    return function


def complaints(book: Book, rules: list[Rule] = RULES) -> list[str]:
    return [f"{rule.__name__}: {sentence}" for rule in rules for sentence in rule(book)]


def text_of(value) -> str:
    """A field of an output, which the file format may split into lines."""
    return "".join(value) if isinstance(value, list) else str(value)


def lines_of(cell: dict) -> int:
    return sum(bool(line.strip()) for line in source(cell).splitlines())


def imports_of(cell: dict) -> int:
    """Lines that only import, or say what is missing for it: where a name lives is no code to read."""
    found = [node for node in tree_of(cell).body
             if isinstance(node, ast.Import | ast.ImportFrom) or ast.unparse(node).startswith("assert find_spec(")]
    return sum(node.end_lineno - node.lineno + 1 for node in found)


def tree_of(cell: dict) -> ast.Module:
    """The cell as Python; IPython's magics count as comments."""
    return ast.parse(re.sub(r"^(\s*)[%!]", r"\1# ", source(cell), flags=re.MULTILINE))


def defined(cells: list[dict]) -> list[str]:
    kinds = (ast.FunctionDef, ast.ClassDef)
    return [node.name for cell in cells for node in tree_of(cell).body if isinstance(node, kinds)]


# --- order and words

@rule
def one_title_first(book: Book) -> Iterator[str]:
    titles = [words for level, words in book.headings if level == 1]
    if len(titles) != 1 or not source(book.cells[0]).lstrip().startswith("# "):
        yield f"expected one H1, in the first cell, got {titles}"


@rule
def headings_descend_by_one(book: Book) -> Iterator[str]:
    for (above, _), (level, words) in zip(book.headings, book.headings[1:], strict=False):
        if level > above + 1:
            yield f'"{words}" jumps from H{above} to H{level}'


@rule
def card_at_the_top(book: Book) -> Iterator[str]:
    names = [name.lower() for name, _ in card(source(book.cells[0]))]
    yield from (f'row {i + 1} of the card is not "{words}"' for i, words in enumerate(CARD) if names[i:i + 1] != [words])


@rule
def links_resolve(book: Book) -> Iterator[str]:
    anchors = {re.sub(r"\s+", "-", re.sub(r"[`*$]", "", words)).lower() for _, words in book.headings}
    text = re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```", "", book.prose, flags=re.MULTILINE | re.DOTALL))
    for target in re.findall(r"\]\(([^)\s]+)[^)]*\)", text):
        place, _, anchor = target.partition("#")
        if re.match(r"https?://|mailto:|attachment:", target):
            continue
        if place and not (book.path.parent / place).exists():
            yield f"the link {target} leads nowhere"
        if not place and anchor.lower() not in anchors:
            yield f"no heading for the link {target}"


@rule
def prose_has_no_unknown_tags(book: Book) -> Iterator[str]:
    """A browser drops what it takes for a tag: `<unk>` stands in backticks."""
    said = re.sub(r"```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$", "", book.prose, flags=re.DOTALL)
    yield from (f"a browser drops <{name}>; put it in backticks" for name in re.findall(r"</?([A-Za-z][\w-]*)[^>]*>", said)
                if name not in TAGS)


@rule
def prose_has_alt_text(book: Book) -> Iterator[str]:
    if re.search(r"!\[\s*\]\(", book.prose):
        yield "a picture in the prose has no description"


@rule
def prose_and_code_in_proportion(book: Book) -> Iterator[str]:
    readers = [cell for cell in book.cells if cell["cell_type"] == "markdown" and "instructor" not in tags(cell)]
    told = (re.sub(r"<details>.*?</details>", "", source(cell), flags=re.S) for cell in readers)  # folded answers aside
    words, lines = sum(len(text.split()) for text in told), sum(map(lines_of, book.code))
    low, high = WORDS_PER_LINE
    if not low <= words / max(lines, 1) <= high:
        yield f"expected {low} to {high} words of prose per line of code, got {words / max(lines, 1):.1f} ({words} to {lines})"


# --- size

@rule
def sizes(book: Book) -> Iterator[str]:
    lengths = sorted(map(lines_of, book.code)) or [0]
    p90 = lengths[min(len(lengths) - 1, int(0.9 * len(lengths)))]
    for what, found, (low, high) in (
            ("cells", len(book.cells), CELLS),
            ("lines of code, imports aside", sum(lengths) - sum(map(imports_of, book.code)), CODE_LINES),
            ("lines in the median code cell", statistics.median(lengths), (0, MEDIAN_LINES)),
            ("lines in the 90th percentile of code cells", p90, (0, P90_LINES)),
            ("lines in the longest code cell", lengths[-1], (0, MAX_LINES))):
        if not low <= found <= high:
            yield f"expected {low} to {high} {what}, got {found:g}"


@rule
def code_in_narrow_lines(book: Book) -> Iterator[str]:
    for cell in book.code:
        yield from (f"expected code of at most {COLUMNS} columns, got {len(line)} in cell {cell.get('id')}: {line}"
                    for line in source(cell).splitlines() if len(line) > COLUMNS)


@rule
def few_definitions(book: Book) -> Iterator[str]:
    own = set(defined([cell for cell in book.code if "solution" not in tags(cell)]))
    if len(own) > DEFINITIONS:
        yield f"expected at most {DEFINITIONS} definitions, got {len(own)}: {', '.join(sorted(own))}"


@rule
def small_file(book: Book) -> Iterator[str]:
    size = len(json.dumps(book.notebook, ensure_ascii=False).encode())
    if size >= FILE_BYTES:
        yield f"expected less than {FILE_BYTES:,} bytes, got {size:,}"
    for _, output in book.outputs():
        for kind, data in output.get("data", {}).items():
            bytes_ = len(text_of(data)) * 3 // 4
            if kind.startswith("image/") and bytes_ >= PICTURE_BYTES:
                yield f"expected a picture below {PICTURE_BYTES:,} bytes, got {bytes_:,}"


# --- the file

@rule
def forms_have_a_class_of_their_own(book: Book) -> Iterator[str]:
    """A page fills each "gensq-live" with a component: a saved form of this class would lose its words to it."""
    saved = book.notebook.get("metadata", {}).get("widgets", {}).get("application/vnd.jupyter.widget-state+json", {})
    classes = {name for model in saved.get("state", {}).values() for name in model["state"].get("_dom_classes", [])}
    if "gensq-live" in classes:
        yield 'expected the class "gensq-needs-kernel" of a form, got "gensq-live": run the lesson again'


@rule
def cell_ids_are_unique(book: Book) -> Iterator[str]:
    counts = Counter(cell.get("id", "") for cell in book.cells)
    yield from (f'{count} cells have the id "{key}"' for key, count in counts.items() if count > 1 or not key)


@rule
def no_traces_of_a_machine(book: Book) -> Iterator[str]:
    for cell in book.cells:
        yield from (f'metadata "{key}" in cell {cell.get("id")}' for key in ("execution", "papermill", "ExecuteTime")
                    if key in cell.get("metadata", {}))
        texts = [source(cell)] + [text_of(data) for output in cell.get("outputs", []) for data in texts_of(output)]
        found = {match[0] for text in texts for match in MACHINE_PATH.finditer(re.sub(r"data:(?:image|audio)/[^\"']+", "", text))}
        yield from (f"a path of a machine ({path}...) in cell {cell.get('id')}" for path in sorted(found))
    extra = set(book.notebook.get("metadata", {})) - {"kernelspec", "language_info", "widgets", "accessibility"}
    yield from (f'notebook metadata "{key}"' for key in sorted(extra))


def texts_of(output: dict) -> list:
    """The parts of an output that a person may read."""
    data = [value for kind, value in output.get("data", {}).items() if not kind.startswith("image/")]
    return data + [output.get("text", ""), output.get("traceback", "")]


# --- cells

@rule
def parameters_are_plain(book: Book) -> Iterator[str]:
    cells = book.tagged("parameters")
    if len(cells) != 1:
        yield f"expected one cell tagged parameters, got {len(cells)}"
        return
    try:
        found = list(read_parameters(source(cells[0]), book.path.name))
    except GensqError as error:
        yield str(error)
        return
    yield from (f"{parameter.name} has no comment" for parameter in found if not parameter.help)
    rows = book.ranges
    for parameter in found:
        row = rows.get(parameter.name, {})
        if parameter.name not in COMMON and parameter.type is not bool and not {"min", "max", "one_of"} & set(row):
            yield f"{parameter.name} has no row in parameters.toml"
        if "standard" in row and parameter.default not in ("", 0, -1):
            yield f'{parameter.name}: the default must be "", 0 or -1 where the budget decides'
    yield from (f"parameters.toml has {name}, the lesson has not" for name in set(rows) - {p.name for p in found})


@rule
def begins_as_itself(book: Book) -> Iterator[str]:
    call = f'report.begin("{book.path.stem}", globals())'
    if not any(call in source(cell) for cell in book.code[:3]):
        yield f"no `{call}` in the first three code cells"


@rule
def says_what_is_missing(book: Book) -> Iterator[str]:
    """A lesson may be opened alone (Colab, a hub): then its set-up cell names the one line that brings the library."""
    first = next((source(cell) for cell in book.code if "report.begin(" in source(cell)), "")
    if not first.startswith(MISSING):
        yield f"the set-up cell must begin with these lines:\n{MISSING}"


@rule
def was_run_at_the_standard_budget(book: Book) -> Iterator[str]:
    counts = [cell.get("execution_count") for cell in book.code]
    if counts != list(range(1, len(counts) + 1)):
        yield f"expected the cells run once, from first to last, got {counts}"
    yield from (f"an error in cell {cell.get('id')}: {output.get('ename')}"
                for cell, output in book.outputs() if output["output_type"] == "error")
    budget = collect(book.notebook)["run"].get("parameters", {}).get("budget")
    if budget != "standard":
        yield f"expected outputs of the standard budget, got {budget}"


@rule
def recorded_tables_are_there(book: Book) -> Iterator[str]:
    """A lesson whose claims were recorded after it was run shows an empty table."""
    for cell, output in book.outputs():
        if "Nothing recorded yet" in text_of(output.get("data", {}).get("text/html", "")):
            yield f"an empty table of recorded seeds in cell {cell.get('id')}: run the lesson again"


@rule
def figures_have_alt_text(book: Book) -> Iterator[str]:
    figures = 0
    for cell, output in book.outputs():
        data, notes = output.get("data", {}), output.get("metadata", {})
        for kind in [kind for kind in data if kind.startswith("image/")]:
            figures += 1
            if len(notes.get(kind, {}).get("alt", "")) < ALT_LETTERS:
                yield f"a figure without alt text in cell {cell.get('id')}"
        for tag in re.findall(r"<img\b[^>]*>", text_of(data.get("text/html", ""))):
            if not re.search(rf"""\balt=["'][^"']{{{ALT_LETTERS},}}""", tag):
                yield f"an <img> without alt text in cell {cell.get('id')}"
    if not figures:
        yield "expected at least one figure, got none"


@rule
def solutions_are_folded(book: Book) -> Iterator[str]:
    for cell in book.tagged("solution"):
        if cell["cell_type"] == "code" and not cell["metadata"].get("jupyter", {}).get("source_hidden"):
            yield f"the solution in cell {cell.get('id')} is open (jupyter.source_hidden)"
        if cell["cell_type"] == "code":
            yield from (f"the solution defines {name}, the learner's name" for name in defined([cell])
                        if not name.endswith("_solution"))


@rule
def exercises_checks_and_solutions_in_step(book: Book) -> Iterator[str]:
    found = re.compile(r"^(\w+) = checks\.(\w+)\((\w+)\)", flags=re.MULTILINE)
    checked = [(place, match) for place, cell in enumerate(book.code) for match in found.finditer(source(cell))]
    if len(checked) < EXERCISES:
        yield f"expected at least {EXERCISES} exercises with checks, got {len(checked)}"
    for place, match in checked:
        name = match[2]
        if {match[1], match[3]} != {name}:
            yield f"expected {name} = checks.{name}({name}), got {match[0]}"
        if place == 0 or name not in defined([book.code[place - 1]]):
            yield f"no stub of {name} in the cell before its check"
        after = book.code[place + 1] if place + 1 < len(book.code) else None
        if after is None or "solution" not in tags(after) or f"{name}_solution" not in defined([after]):
            yield f"no solution of {name} in the cell after its check"
    spare = set(defined(book.tagged("solution"))) - {f"{match[2]}_solution" for _, match in checked}
    yield from (f"{name} answers no check" for name in sorted(spare))


@rule
def exercises_are_numbered(book: Book) -> Iterator[str]:
    """Each has its statement, "**Exercise 3**", in the order of the checks: none is skipped, none is lost."""
    numbers = [int(number) for number in re.findall(r"\*\*Exercise (\d+)", book.prose)]
    checked = re.findall(r"^(\w+) = checks\.\1\(\1\)", "\n".join(map(source, book.code)), flags=re.MULTILINE)
    if numbers != list(range(1, len(checked) + 1)):
        yield f"expected a statement of each of {len(checked)} exercises, got those numbered {numbers}"


@rule
def claims_agree(book: Book) -> Iterator[str]:
    made = re.findall(r"""\breport\.claim\(["'](\w+)["']""", "\n".join(source(cell) for cell in book.code))
    yield from (f"the claim {name} is not in claims.toml" for name in sorted(set(made) - set(book.claims)))
    yield from (f"the claim {name} of claims.toml is not made" for name in sorted(set(book.claims) - set(made)))
    yield from (f"the claim {name} is made {count} times" for name, count in Counter(made).items() if count > 1)
    for name, row in book.claims.items():
        if not row.get("sentence") or not row.get("reason") or not {"min", "max"} & set(row):
            yield f"the claim {name} needs a sentence, a reason and a bound"
    stored = collect(book.notebook)["claims"]
    for name, claim in stored.items():
        row = book.claims.get(name, {})
        if {key: claim.get(key) for key in ("min", "max")} != {key: row.get(key) for key in ("min", "max")}:
            yield f"the stored output of the claim {name} is of another bound: run the lesson again"
        if claim["asserted"] and not claim["holds"]:
            yield f"the stored output misses the claim {name}"
    yield from (f"no stored output of the claim {name}" for name in sorted(set(made) - set(stored)))
