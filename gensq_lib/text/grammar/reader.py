"""Reads a grammar file, line by line, into a `Source`; every mistake is reported with its line and what to do.

The format is explained at the top of `data/world.grammar`: a head line at the margin, indented lines below it.
"""
import re
from collections.abc import Callable
from pathlib import Path

from gensq_lib.ground.errors import GensqError, listed, nearest
from gensq_lib.ground.textfiles import text_of

from .lines import Line, shortened
from .source import Choice, Columns, Feature, Respelling, Row, Rule, Side, Slot, Source, Table

ITEM = re.compile(r"<[^<>]*>|[<>]|[^\s<>]+")
LONGEST = 1_000  # characters of a right-hand side
LARGEST = 10_000_000  # bytes: a grammar that a person wrote is far smaller
Heads = dict[str, Callable[[Line], None]]  # first word of a head -> what reads its block


def read(path: Path, *, more_heads: Heads | None = None) -> Source:
    """The declarations of the file at `path`. `more_heads`: what else may stand at the margin of this kind of file."""
    source, text = Source(path), text_of(path, kind="a grammar", largest=LARGEST)
    if not text.strip():
        raise GensqError(f"{path}: expected a grammar, got an empty file; `gensq grammar new FILE` writes a first one")
    heads = HEADS | (more_heads or {})
    for head in _blocks(source, text):
        word = re.split(r"[\s:]", head.text, maxsplit=1)[0]
        reader = _rule if head.text.startswith("<") else heads.get(word)
        if reader is None:
            head.fault(f'expected {listed(heads)} or a rule like <clause tense>, got "{shortened(head.text)}"'
                       f"{nearest(word, heads)}; indent lines that belong to the head above them")
        reader(head)
    return source.complete()


def _blocks(source: Source, text: str) -> list[Line]:
    """Heads with the indented lines below them; comments and empty lines are gone."""
    blocks: list[Line] = []
    for number, raw in enumerate(text.split("\n"), start=1):
        written = re.sub(r"(^|\s)#.*", "", raw).rstrip()
        line = Line(source, number, written.strip())
        if not line.text:
            continue
        if not written[0].isspace():
            blocks.append(line)
        elif blocks:
            blocks[-1].body.append(line)
        else:
            line.fault(f'expected a head line at the margin, got the indented line "{shortened(line.text)}"; '
                       "remove the spaces before it")
    return blocks


def _languages(head: Line) -> None:
    """`languages: en, zh by characters`"""
    head.once(head.source.languages, "one line of languages", "join them")
    for item in head.alone().halves("languages: en, zh by characters")[1].split(","):
        words = item.split()
        if len(words) not in (1, 3) or words[1:] not in ([], ["by", "characters"]):
            head.fault(f'expected "en" or "zh by characters", got "{shortened(item.strip())}"; separate with commas')
        code = head.name(words[0], "a language")
        if code in head.source.languages:
            head.fault(f'expected each language once, got "{code}" twice; remove one')
        head.source.languages[code] = len(words) == 3


def _feature(head: Line) -> None:
    """`attribute tense: past 40, present 36`, or `feature frame given topic` with a line `food: meal 5, drink 3` each."""
    kind, _, rest = head.text.partition(" ")
    left, colon, right = rest.partition(":")
    words, features = left.split(), head.source.features
    if len(words) == 1 and colon:
        weights = {"": _weights(head.alone(), right)}
    elif len(words) == 3 and words[1] == "given" and not right.strip():
        weights = _conditional(head, words[2])
    else:
        head.fault(f'expected "{kind} NAME: value weight, ..." or "{kind} NAME given OTHER", got "{shortened(head.text)}"; '
                   "see the top of data/world.grammar")
    name = head.name(words[0], "a feature")
    if name in features:
        head.fault(f'expected a new name, got "{name}", declared in line {features[name].line}; rename it')
    features[name] = Feature(name, kind == "attribute", words[2] if len(words) == 3 else "", weights, head.number)


def _conditional(head: Line, given: str) -> dict[str, dict[str, float]]:
    features = head.source.features
    if given not in features:
        head.fault(f'expected a feature declared above, got "{given}"{nearest(given, features)}; declare it first')
    values, weights = features[given].values, {}
    for line in head.body:
        value, right = line.halves("food: meal 5, drink 3")
        if value not in values or value in weights:
            line.fault(f'expected each value of "{given}" once, got "{shortened(value)}"{nearest(value, values)}; mend it')
        weights[value] = _weights(line, right)
    if missing := [value for value in values if value not in weights]:
        head.fault(f'expected a line for every value of "{given}", got none for {listed(missing)}; add it')
    return weights


def _weights(line: Line, text: str) -> dict[str, float]:
    """`past 40, present 36`; a value without a number weighs 1."""
    weights: dict[str, float] = {}
    for item in text.split(","):
        words = item.split()
        if len(words) not in (1, 2):
            line.fault(f'expected "value weight", got "{shortened(item.strip())}"; separate values with commas')
        value = line.name(words[0], "a value")
        if value in weights:
            line.fault(f'expected each value once, got "{value}" twice; remove one')
        weights[value] = line.weight(words[1]) if len(words) == 2 else 1.0
    return weights


def _columns(head: Line) -> None:
    """`columns noun zipf 0.6: en | en:plural | zh | zh:measure`"""
    left, right = head.alone().halves("columns noun zipf 0.6: en | en:plural | zh")
    words = left.split()[1:]
    if not (len(words) == 1 or len(words) == 3 and words[1] == "zipf"):
        head.fault(f'expected "columns NAME" or "columns NAME zipf 0.6", got "{shortened(left)}"; mend it')
    name = head.name(words[0], "a table")
    head.once(name in head.source.columns, f'one line of columns for "{name}"', "join them")
    zipf = head.weight(words[2]) if len(words) == 3 else 0.0
    if zipf > 10:
        head.fault(f"expected an exponent up to 10, got {words[2]}; 0.5 to 1 is like real words")
    head.source.columns[name] = Columns(name, _column_names(head, right), zipf, head.number)


def _column_names(head: Line, text: str) -> tuple[str, ...]:
    names, languages = tuple(name.strip() for name in text.split("|")), head.source.languages
    for name in names:
        code = name.split(":")[0]
        if name != "weight" and code not in languages:
            example = '"{0}" or "{0}:plural"'.format(next(iter(languages), "en"))
            head.fault(f'expected "weight" or a column such as {example}, got "{shortened(name)}"'
                       f"{nearest(code, languages)}; name the language first")
    if len(set(names)) < len(names):
        head.fault("expected each column once, got one twice; rename it")
    return names


def _table(head: Line) -> None:
    """`table <noun meal>` and rows `pizza | pizzas | 披萨 | 个`; a semicolon separates rows on one line."""
    slot, known = head.slot(head.text.removeprefix("table").strip()), head.source.columns
    if slot.name not in known:
        head.fault(f'expected a line "columns {slot.name}: ..." above, got none{nearest(slot.name, known)}; '
                   "declare the columns first")
    rows = tuple(_row(line, row.strip(), known[slot.name]) for line in head.body for row in line.text.split(";") if row.strip())
    if not rows:
        head.fault("expected rows below the table, got none; add indented rows or remove the table")
    head.source.tables.append(Table(slot.name, slot.features, rows, head.number))


def _row(line: Line, text: str, columns: Columns) -> Row:
    cells = [cell.strip() for cell in text.split("|")]
    if len(cells) != len(columns.names):
        line.fault(f'expected {len(columns.names)} columns ({" | ".join(columns.names)}), got {len(cells)} in '
                   f'"{shortened(text)}"; add or remove cells')
    row = dict(zip(columns.names, cells))
    for name, cell in row.items():
        if not cell or "<" in cell or ">" in cell:
            line.fault(f'expected words in column "{name}", got "{cell}"; write "-" where nothing is to be written')
    return Row(row, line.number, line.weight(row["weight"]) if "weight" in row else 0.0)


def _rule(head: Line) -> None:
    """`<clause past who>` and below it the choices: a weight, then one right-hand side for each language."""
    slot = head.slot(head.text)
    if slot.form or slot.label:
        head.fault(f'expected a head like <clause tense>, got "{shortened(head.text)}"; write ":" and "@" in choices only')
    choices: list[Choice] = []
    for line in head.body:
        weight, code, side = _choice_line(line)
        first = next(iter(head.source.languages))
        if code == first:
            choices.append(Choice(weight or 1.0, {code: side}, line.number))
        elif weight or not choices or code in choices[-1].sides:
            line.fault(f'expected a new choice to begin with "{first}:", got "{code}:"; '
                       "write each language once for each choice, the first language first")
        else:
            choices[-1].sides[code] = side
    _check_choices(head, choices)
    head.source.rules.append(Rule(slot.name, slot.features, tuple(choices), head.number))


def _choice_line(line: Line) -> tuple[float, str, Side]:
    """`3 en: the <noun>` -> (3, "en", side); weight 0 when none is written."""
    languages = line.source.languages
    if not languages:
        line.fault('expected a line "languages: en" above the rules, got none; add it')
    match = re.match(r"(?:(\S+)\s+)?([^\s:<>]+):(?:\s+(.*))?$", line.text)
    if match is None or match[2] not in languages:
        found = match[2] if match else shortened(line.text)
        line.fault(f'expected a choice such as "2 {next(iter(languages))}: words <slot>", got "{found}"'
                   f"{nearest(found, languages)}; begin with a weight and a declared language")
    if not match[3]:
        line.fault(f'expected words after "{match[2]}:", got an empty choice; write "-" for no words')
    weight = line.weight(match[1]) if match[1] else 0.0
    return weight, match[2], _side(line, match[3], by_characters=languages[match[2]])


def _check_choices(head: Line, choices: list[Choice]) -> None:
    if not choices:
        head.fault(f"expected choices below {shortened(head.text)}, got none; add an indented line with a weight")
    for choice in choices:
        if missing := [code for code in head.source.languages if code not in choice.sides]:
            head.source.fault(choice.line, f"expected a right-hand side in every language, got none in {listed(missing)}; "
                                           f'add a line "{missing[0]}: ..." below')


def _side(line: Line, text: str, *, by_characters: bool) -> Side:
    """The words and slots of a right-hand side; "-" stands for nothing, and some languages are split into characters."""
    items: list[str | Slot] = []
    if len(text) > LONGEST:
        line.fault(f"expected at most {LONGEST} characters, got {len(text)}; use further symbols")
    for item in ITEM.findall("" if text == "-" else text):
        if item in ("<", ">"):
            line.fault(f'expected slots like <noun>, got a lone "{item}" in "{shortened(text)}"; close the bracket')
        items.extend([line.slot(item)] if item.startswith("<") else item if by_characters else [item])
    return tuple(items)


def _respell(head: Line) -> None:
    """`respell en: a -> an before a* e* i* o* u* except uni* use*`"""
    left, right = head.alone().halves("respell en: a -> an before a* e*")
    code, known = left.removeprefix("respell").strip(), head.source.respellings
    match = re.fullmatch(r"(\S+) -> (\S+) before (.+?)(?: except (.+))?", right)
    if code not in head.source.languages or match is None or code in known:
        head.fault('expected, once for a language, "respell en: a -> an before a* e* except uni*", '
                   f'got "{shortened(head.text)}"; mend it')
    known[code] = Respelling(match[1], match[2], tuple(match[3].split()), tuple((match[4] or "").split()), head.number)


def _start(head: Line) -> None:
    """`start: <sentence topic tense>`: the features are drawn here, by their weights."""
    source = head.alone().source
    head.once(source.start is not None, "one start line", "remove one")
    source.start, source.start_line = head.slot(head.halves("start: <sentence>")[1]), head.number


HEADS = {"languages": _languages, "attribute": _feature, "feature": _feature, "columns": _columns, "table": _table,
         "respell": _respell, "start": _start}
