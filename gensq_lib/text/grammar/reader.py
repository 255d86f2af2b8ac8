"""Reads a grammar file, line by line, into a `Source`; every mistake is reported with its line and what to do.

The format is explained at the top of `data/world.grammar`: a head line at the margin, indented lines below it.
"""
import re
from collections.abc import Callable
from pathlib import Path

from gensq_lib.ground.errors import GensqError, listed, nearest
from gensq_lib.ground.textfiles import text_of

from .source import Choice, Columns, Feature, Respelling, Row, Rule, Side, Slot, Source, Table

NAME = re.compile(r"[^\W\d][\w-]*")
ITEM = re.compile(r"<[^<>]*>|[<>]|[^\s<>]+")
LONGEST = 1_000  # characters of a right-hand side
LARGEST = 10_000_000  # bytes: a grammar that a person wrote is far smaller
Lines = list[tuple[int, str]]
Block = tuple[int, str, Lines]  # line, head, indented lines
Heads = dict[str, Callable[[Source, int, str, Lines], None]]  # first word of a head -> what reads its block


def read(path: Path, *, more_heads: Heads | None = None) -> Source:
    """The declarations of the file at `path`. `more_heads`: what else may stand at the margin of this kind of file."""
    source, text = Source(path), text_of(path, kind="a grammar", largest=LARGEST)
    if not text.strip():
        raise GensqError(f"{path}: expected a grammar, got an empty file; start from a copy of data/world.grammar")
    heads = HEADS | (more_heads or {})
    for line, head, body in _blocks(source, text):
        word = re.split(r"[\s:]", head, maxsplit=1)[0]
        reader = _rule if head.startswith("<") else heads.get(word)
        if reader is None:
            source.fault(line, f'expected {listed(heads)} or a rule like <clause tense>, got "{_short(head)}"'
                               f"{nearest(word, heads)}; indent lines that belong to the head above them")
        reader(source, line, head, body)
    return source.complete()


def _blocks(source: Source, text: str) -> list[Block]:
    """Heads with the indented lines below them; comments and empty lines are gone."""
    blocks: list[Block] = []
    for number, raw in enumerate(text.split("\n"), start=1):
        line = re.sub(r"(^|\s)#.*", "", raw).rstrip()
        if not line.strip():
            continue
        if not line[0].isspace():
            blocks.append((number, line, []))
        elif blocks:
            blocks[-1][2].append((number, line.strip()))
        else:
            source.fault(number, f'expected a head line at the margin, got the indented line "{_short(line.strip())}"; '
                                 "remove the spaces before it")
    return blocks


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."


def no_body(source: Source, body: list[tuple[int, str]], head: str) -> None:
    if body:
        source.fault(body[0][0], f'expected no indented line below "{_short(head)}", got "{_short(body[0][1])}"; remove it')


def after_colon(source: Source, line: int, head: str, example: str) -> tuple[str, str]:
    left, colon, right = head.partition(":")
    if not colon:
        source.fault(line, f'expected "{example}", got "{_short(head)}"; write a colon')
    return left.strip(), right.strip()


def _name(source: Source, line: int, name: str, what: str) -> str:
    if not NAME.fullmatch(name):
        source.fault(line, f'expected the name of {what}, got "{_short(name)}"; use letters, digits, "-" and "_"')
    return name


def _weight(source: Source, line: int, text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        source.fault(line, f'expected a weight such as 3 or 0.5, got "{_short(text)}"; write a number')
    if not 1e-9 <= weight <= 1e9:
        source.fault(line, f"expected a weight from 1e-9 to 1e9, got {text}; delete the line if it is never to be used")
    return weight


def _languages(source: Source, line: int, head: str, body: list[tuple[int, str]]) -> None:
    """`languages: en, zh by characters`"""
    no_body(source, body, head)
    if source.languages:
        source.fault(line, "expected one line of languages, got a second; join them")
    for item in after_colon(source, line, head, "languages: en, zh by characters")[1].split(","):
        words = item.split()
        if len(words) not in (1, 3) or words[1:] not in ([], ["by", "characters"]):
            source.fault(line, f'expected "en" or "zh by characters", got "{_short(item.strip())}"; separate with commas')
        code = _name(source, line, words[0], "a language")
        if code in source.languages:
            source.fault(line, f'expected each language once, got "{code}" twice; remove one')
        source.languages[code] = len(words) == 3


def _feature(source: Source, line: int, head: str, body: list[tuple[int, str]]) -> None:
    """`attribute tense: past 40, present 36`, or `feature frame given topic` with a line `food: meal 5, drink 3` each."""
    kind, _, rest = head.partition(" ")
    left, colon, right = rest.partition(":")
    words = left.split()
    if len(words) == 1 and colon:
        no_body(source, body, head)
        weights = {"": _weights(source, line, right)}
    elif len(words) == 3 and words[1] == "given" and not right.strip():
        weights = _conditional(source, line, body, words[2])
    else:
        source.fault(line, f'expected "{kind} NAME: value weight, ..." or "{kind} NAME given OTHER", got "{_short(head)}"; '
                           "see the top of data/world.grammar")
    name = _name(source, line, words[0], "a feature")
    if name in source.features:
        source.fault(line, f'expected a new name, got "{name}", declared in line {source.features[name].line}; rename it')
    source.features[name] = Feature(name, kind == "attribute", words[2] if len(words) == 3 else "", weights, line)


def _conditional(source: Source, line: int, body: list[tuple[int, str]], given: str) -> dict[str, dict[str, float]]:
    if given not in source.features:
        source.fault(line, f'expected a feature declared above, got "{given}"{nearest(given, source.features)}; '
                           "declare it first")
    weights: dict[str, dict[str, float]] = {}
    for number, text in body:
        value, right = after_colon(source, number, text, "food: meal 5, drink 3")
        if value not in source.features[given].values or value in weights:
            source.fault(number, f'expected each value of "{given}" once, got "{_short(value)}"'
                                 f"{nearest(value, source.features[given].values)}; mend it")
        weights[value] = _weights(source, number, right)
    missing = [value for value in source.features[given].values if value not in weights]
    if missing:
        source.fault(line, f'expected a line for every value of "{given}", got none for {listed(missing)}; add it')
    return weights


def _weights(source: Source, line: int, text: str) -> dict[str, float]:
    """`past 40, present 36`; a value without a number weighs 1."""
    weights: dict[str, float] = {}
    for item in text.split(","):
        words = item.split()
        if len(words) not in (1, 2):
            source.fault(line, f'expected "value weight", got "{_short(item.strip())}"; separate values with commas')
        value = _name(source, line, words[0], "a value")
        if value in weights:
            source.fault(line, f'expected each value once, got "{value}" twice; remove one')
        weights[value] = _weight(source, line, words[1]) if len(words) == 2 else 1.0
    return weights


def _columns(source: Source, line: int, head: str, body: list[tuple[int, str]]) -> None:
    """`columns noun zipf 0.6: en | en:plural | zh | zh:measure`"""
    no_body(source, body, head)
    left, right = after_colon(source, line, head, "columns noun zipf 0.6: en | en:plural | zh")
    words = left.split()[1:]
    if not (len(words) == 1 or len(words) == 3 and words[1] == "zipf"):
        source.fault(line, f'expected "columns NAME" or "columns NAME zipf 0.6", got "{_short(left)}"; mend it')
    name = _name(source, line, words[0], "a table")
    if name in source.columns:
        source.fault(line, f'expected one line of columns for "{name}", got a second; join them')
    zipf = _weight(source, line, words[2]) if len(words) == 3 else 0.0
    if zipf > 10:
        source.fault(line, f"expected an exponent up to 10, got {words[2]}; 0.5 to 1 is like real words")
    source.columns[name] = Columns(name, _column_names(source, line, right), zipf, line)


def _column_names(source: Source, line: int, text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split("|"))
    for name in names:
        code = name.split(":")[0]
        if name != "weight" and code not in source.languages:
            source.fault(line, f'expected "weight" or a column such as {_example(source)}, got "{_short(name)}"'
                               f"{nearest(code, source.languages)}; name the language first")
    if len(set(names)) < len(names):
        source.fault(line, "expected each column once, got one twice; rename it")
    return names


def _example(source: Source) -> str:
    return '"{0}" or "{0}:plural"'.format(next(iter(source.languages), "en"))


def _table(source: Source, line: int, head: str, body: list[tuple[int, str]]) -> None:
    """`table <noun meal>` and rows `pizza | pizzas | 披萨 | 个`; a semicolon separates rows on one line."""
    slot = slot_of(source, line, head.removeprefix("table").strip())
    columns = source.columns.get(slot.name)
    if columns is None:
        source.fault(line, f'expected a line "columns {slot.name}: ..." above, got none{nearest(slot.name, source.columns)}; '
                           "declare the columns first")
    texts = [(number, row.strip()) for number, text in body for row in text.split(";") if row.strip()]
    if not texts:
        source.fault(line, "expected rows below the table, got none; add indented rows or remove the table")
    rows = tuple(_row(source, number, text, columns) for number, text in texts)
    source.tables.append(Table(slot.name, slot.features, rows, line))


def _row(source: Source, line: int, text: str, columns: Columns) -> Row:
    cells = [cell.strip() for cell in text.split("|")]
    if len(cells) != len(columns.names):
        source.fault(line, f'expected {len(columns.names)} columns ({" | ".join(columns.names)}), got {len(cells)} in '
                           f'"{_short(text)}"; add or remove cells')
    for name, cell in zip(columns.names, cells):
        if not cell or "<" in cell or ">" in cell:
            source.fault(line, f'expected words in column "{name}", got "{cell}"; write "-" where nothing is to be written')
    row = dict(zip(columns.names, cells))
    return Row(row, line, _weight(source, line, row["weight"]) if "weight" in row else 0.0)


def _rule(source: Source, line: int, head: str, body: list[tuple[int, str]]) -> None:
    """`<clause past who>` and below it the choices: a weight, then one right-hand side for each language."""
    slot = slot_of(source, line, head)
    if slot.form or slot.label:
        source.fault(line, f'expected a head like <clause tense>, got "{_short(head)}"; write ":" and "@" in choices only')
    choices: list[Choice] = []
    for number, text in body:
        weight, code, side = _choice_line(source, number, text)
        if code == next(iter(source.languages)):
            choices.append(Choice(weight or 1.0, {code: side}, number))
        elif weight or not choices or code in choices[-1].sides:
            source.fault(number, f'expected a new choice to begin with "{next(iter(source.languages))}:", got "{code}:"; '
                                 "write each language once for each choice, the first language first")
        else:
            choices[-1].sides[code] = side
    _check_choices(source, line, head, choices)
    source.rules.append(Rule(slot.name, slot.features, tuple(choices), line))


def _choice_line(source: Source, line: int, text: str) -> tuple[float, str, Side]:
    """`3 en: the <noun>` -> (3, "en", side); weight 0 when none is written."""
    if not source.languages:
        source.fault(line, 'expected a line "languages: en" above the rules, got none; add it')
    match = re.match(r"(?:(\S+)\s+)?([^\s:<>]+):(?:\s+(.*))?$", text)
    if match is None or match[2] not in source.languages:
        found = match[2] if match else _short(text)
        source.fault(line, f'expected a choice such as "2 {next(iter(source.languages))}: words <slot>", got "{found}"'
                           f"{nearest(found, source.languages)}; begin with a weight and a declared language")
    if not match[3]:
        source.fault(line, f'expected words after "{match[2]}:", got an empty choice; write "-" for no words')
    weight = _weight(source, line, match[1]) if match[1] else 0.0
    return weight, match[2], side_of(source, line, match[3], match[2])


def _check_choices(source: Source, line: int, head: str, choices: list[Choice]) -> None:
    if not choices:
        source.fault(line, f"expected choices below {_short(head)}, got none; add an indented line with a weight")
    for choice in choices:
        missing = [code for code in source.languages if code not in choice.sides]
        if missing:
            source.fault(choice.line, f"expected a right-hand side in every language, got none in {listed(missing)}; "
                                      f'add a line "{missing[0]}: ..." below')


def side_of(source: Source, line: int, text: str, code: str) -> Side:
    """The words and slots of a right-hand side; "-" stands for nothing, and some languages are split into characters."""
    items: list[str | Slot] = []
    if len(text) > LONGEST:
        source.fault(line, f"expected at most {LONGEST} characters, got {len(text)}; use further symbols")
    for item in ITEM.findall("" if text == "-" else text):
        if item in ("<", ">"):
            source.fault(line, f'expected slots like <noun>, got a lone "{item}" in "{_short(text)}"; close the bracket')
        if item.startswith("<"):
            items.append(slot_of(source, line, item))
        else:
            items.extend(item if source.languages[code] else [item])
    return tuple(items)


def slot_of(source: Source, line: int, text: str) -> Slot:
    words = text[1:-1].split()
    match = re.fullmatch(r"<([^:@]+)(?::([^:@]+))?(?:@([^:@]+))?>", f"{text[:1]}{words[0]}{text[-1:]}") if words else None
    if match is None:
        source.fault(line, f'expected <name>, <name:column> or <name@label>, got "{_short(text)}"; mend it')
    return Slot(_name(source, line, match[1], "a symbol"), match[2] or "", match[3] or "", tuple(words[1:]))


def _respell(source: Source, line: int, head: str, body: list[tuple[int, str]]) -> None:
    """`respell en: a -> an before a* e* i* o* u* except uni* use*`"""
    no_body(source, body, head)
    left, right = after_colon(source, line, head, "respell en: a -> an before a* e*")
    code = left.removeprefix("respell").strip()
    match = re.fullmatch(r"(\S+) -> (\S+) before (.+?)(?: except (.+))?", right)
    if code not in source.languages or match is None or code in source.respellings:
        source.fault(line, f'expected, once for a language, "respell en: a -> an before a* e* except uni*", '
                           f'got "{_short(head)}"; mend it')
    source.respellings[code] = Respelling(match[1], match[2], tuple(match[3].split()), tuple((match[4] or "").split()), line)


def _start(source: Source, line: int, head: str, body: list[tuple[int, str]]) -> None:
    """`start: <sentence topic tense>`: the features are drawn here, by their weights."""
    no_body(source, body, head)
    if source.start is not None:
        source.fault(line, "expected one start line, got a second; remove one")
    source.start, source.start_line = slot_of(source, line, after_colon(source, line, head, "start: <sentence>")[1]), line


HEADS = {"languages": _languages, "attribute": _feature, "feature": _feature, "columns": _columns, "table": _table,
         "respell": _respell, "start": _start}
