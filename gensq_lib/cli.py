"""The `gensq` command: list lessons, turn one into a report, ask the corpus. Errors are one sentence and exit code 2.

Heavy modules are imported inside the commands that need them, so that `--help` and `list` answer at once.
"""
import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gensq_lib import __version__, bootstrap
from gensq_lib.errors import GensqError, exit_code
from gensq_lib.places import homeless
from gensq_lib.report import desk

if TYPE_CHECKING:  # it would load papermill
    from gensq_lib.report.running import Outcome

SEEDS = (0, 1, 2)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 fine, 1 a run that failed, 2 a mistake of the caller."""
    if arguments is None:
        speak_utf8()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # Chinese and check marks must print under any locale
            stream.reconfigure(encoding="utf-8", errors="replace")
    os.environ.update(homeless())
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    if arguments and arguments[0] in bootstrap.COMMANDS:
        return bootstrap.main(arguments)
    options = parser().parse_args(arguments or ["--help"])
    return exit_code(lambda: options.command(options))


def speak_utf8() -> None:
    """Start again in Python's UTF-8 mode where the locale is an old one: names of files, arguments, kernels."""
    if sys.getfilesystemencoding() != "utf-8":
        os.environ["PYTHONUTF8"] = "1"
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def parser() -> argparse.ArgumentParser:
    """What can be typed."""
    top = argparse.ArgumentParser(prog="gensq", description="Lessons on deep generative models for text.",
                                  epilog="Also: " + ", ".join(bootstrap.COMMANDS) + " (see `make help`).")
    top.add_argument("--version", action="version", version=f"gensq {__version__}")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    listing = commands.add_parser("list", help="the lessons, their time and their parameters")
    listing.set_defaults(command=list_lessons)

    report = commands.add_parser("report", help="run a lesson and write notebook, HTML page and metrics.json")
    report.add_argument("notebook", nargs="?", default="06_text_vae", metavar="NOTEBOOK",
                        help="name, number or path (default: 06_text_vae)")
    report.add_argument("-p", action="append", default=[], dest="assignments", metavar="name=value",
                        help="a parameter; repeatable")
    report.add_argument("-o", dest="output", type=Path, metavar="DIR", help="where to write (default: reports/NOTEBOOK)")
    report.add_argument("--seeds", type=seeds, metavar="0,1,2", help="one run for each seed, and a table of the claims")
    report.set_defaults(command=write_report)

    add_upkeep(commands)
    add_corpus(commands)
    return top


def add_upkeep(commands: argparse._SubParsersAction) -> None:
    """Commands for those who change a lesson or the library."""
    smoke = commands.add_parser("smoke", help="every lesson at the smallest budget")
    smoke.set_defaults(command=run_smoke)

    execute = commands.add_parser("execute", help="run lessons with their defaults and keep the outputs in notebooks/")
    execute.add_argument("notebooks", nargs="+", metavar="NOTEBOOK")
    execute.set_defaults(command=run_execute)

    claims = commands.add_parser("claims", help="every lesson at seeds 0, 1, 2, and the table of claims")
    claims.add_argument("notebooks", nargs="*", metavar="NOTEBOOK")
    claims.add_argument("--seeds", type=seeds, default=SEEDS, metavar="0,1,2")
    claims.add_argument("--record", action="store_true", help="keep the numbers in docs/results/, for the lesson to show")
    claims.set_defaults(command=run_claims)

    desk.add_commands(commands)
    checkpoint = commands.add_parser("checkpoint", help="train the language model in data/ anew (5 minutes on two cores)")
    checkpoint.set_defaults(command=make_checkpoint)

    doctor = commands.add_parser("doctor", help="environment, data and machine on one screen, for a bug report")
    doctor.add_argument("--class", dest="of_class", action="store_true",
                        help="one line instead, for an instructor: cells parted by tabs, no host or user")
    doctor.set_defaults(command=run_doctor)


def add_corpus(commands: argparse._SubParsersAction) -> None:
    """`gensq corpus sample` and `gensq corpus score`."""
    corpus = commands.add_parser("corpus", help="print sentences, or judge one").add_subparsers(required=True, metavar="ACTION")
    sample = corpus.add_parser("sample", help="print sentences, one a line")
    sample.add_argument("number", nargs="?", type=count, default=20, metavar="N")
    sample.add_argument("--both", action="store_true", help="English, a tab, Chinese")
    sample.add_argument("--corpus", default="world", help="a corpus (default: world)")
    sample.add_argument("--seed", type=count, default=0)
    sample.set_defaults(command=sample_corpus)
    score = corpus.add_parser("score", help="log-probability, validity and attributes of a sentence")
    score.add_argument("sentence", help="English or Chinese")
    score.add_argument("--grammar", metavar="PATH", help="another grammar than the built-in world's")
    score.set_defaults(command=score_sentence)


def count(text: str) -> int:
    """A whole number that is not negative."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f'expected a whole number from 0 on, got "{text}"')
    return int(text)


def seeds(text: str) -> tuple[int, ...]:
    """"0,1,2"."""
    return tuple(dict.fromkeys(count(part.strip()) for part in text.split(",")))


def list_lessons(options: argparse.Namespace) -> int:
    """Each lesson: name, title, time, and its parameters with their defaults and comments."""
    from gensq_lib.report.lessons import all_lessons

    for lesson in all_lessons():
        print(f"{lesson.name}  {lesson.title}" + (f"  ({lesson.time})" if lesson.time else ""))
        for parameter in lesson.parameters.values():
            comment = f"  # {parameter.help}" if parameter.help else ""
            print(f"    {parameter.name}: {parameter.type.__name__} = {parameter.default!r}{comment}")
    return 0


def write_report(options: argparse.Namespace) -> int:
    """One run, or one for each seed; the parameters are checked before the heavy modules load."""
    from gensq_lib.report.lessons import find_lesson
    from gensq_lib.report.parameters import read_assignments

    lesson = find_lesson(options.notebook)
    values = read_assignments(lesson, options.assignments)
    output = options.output or Path("reports") / lesson.name
    if options.seeds is None:
        return worst(run_all([(options.notebook, values, output)]))
    outcomes = run_all([(options.notebook, values | {"seed": seed}, output / f"seed_{seed}") for seed in options.seeds])
    print("\n".join(claims_table(outcome.metrics for outcome in outcomes)))
    return worst(outcomes)


def run_smoke(options: argparse.Namespace) -> int:
    """Every lesson with budget=smoke, into reports/smoke/."""
    from gensq_lib.report.lessons import all_lessons

    return worst(run_all([(str(lesson.path), {"budget": "smoke"}, Path("reports/smoke") / lesson.name)
                          for lesson in all_lessons()]))


def run_execute(options: argparse.Namespace) -> int:
    """For those who edit a lesson: it is committed as a fresh run leaves it."""
    from gensq_lib.report.executed import execute_in_place

    for name in options.notebooks:
        print(f"{name}: kept, {execute_in_place(name)['seconds']:.0f} s.")
    return 0


def run_claims(options: argparse.Namespace) -> int:
    """Lessons at several seeds and the standard budget, into reports/claims/."""
    from gensq_lib.report.lessons import all_lessons, find_lesson

    lessons = [find_lesson(name) for name in options.notebooks] or all_lessons()
    output = Path("reports/claims")
    outcomes = run_all([(str(lesson.path), {"budget": "standard", "seed": seed}, output / lesson.name / f"seed_{seed}")
                        for lesson in lessons for seed in options.seeds])
    print("\n".join(claims_table(outcome.metrics for outcome in outcomes)))
    if options.record:
        record_claims(outcomes, options.seeds)
    return worst(outcomes)


def run_doctor(options: argparse.Namespace) -> int:
    """Exit code 1 where something is wrong."""
    from gensq_lib import doctor

    return doctor.main(of_class=options.of_class)


def record_claims(outcomes: Sequence["Outcome"], seeds: Sequence[int]) -> None:
    """Keep the numbers of these runs where the lessons show them; a lesson of which a run did not end is left alone."""
    from gensq_lib.report.recorded import write_recorded

    for lesson in dict.fromkeys(outcome.lesson for outcome in outcomes):
        runs = [outcome.metrics for outcome in outcomes if outcome.lesson == lesson and outcome.ended]
        if len(runs) < len(seeds):
            print(f"{lesson}: not recorded, {len(runs)} of {len(seeds)} runs came to their end.", file=sys.stderr)
            continue
        command = f"gensq claims {lesson} --seeds {','.join(map(str, seeds))} --record"
        print(f"Recorded in {write_recorded(lesson, runs, command=command)}.")


def make_checkpoint(options: argparse.Namespace) -> int:
    """The language model that the lessons load, by the recipe that made the committed one."""
    from gensq_lib.training import shipped

    shipped.write_shipped_language_model()
    print(f"Written: {shipped.FILE}. Run the lessons' claims again: gensq claims")
    return 0


def worst(outcomes: Iterable["Outcome"]) -> int:
    """The worst exit code."""
    return max((outcome.exit_code for outcome in outcomes), default=0)


def run_all(jobs: Sequence[tuple[str, dict, Path]]) -> list["Outcome"]:
    """Run the jobs one after another and say how each ended; a run that is stopped by hand is the last."""
    from gensq_lib import report

    outcomes = []
    for name, values, output in jobs:
        print(f"{Path(name).stem}: running ...", flush=True)
        outcomes.append(report.run(name, parameters=values, output=output))
        last = outcomes[-1]
        stream = sys.stderr if last.exit_code else sys.stdout
        print(f'{last.lesson}: {last.status.upper() if last.exit_code else last.status} in {last.metrics["seconds"]:.0f} s. '
              f"{last.message} See {output / last.lesson}.html", file=stream, flush=True)
        if last.status == "stopped":
            break
    return outcomes


def claims_table(runs: Iterable[dict]) -> list[str]:
    """Claim x seed: value, bound, margin, verdict; as lines of text."""
    rows = [("claim", "seed", "value", "bound", "margin", "")]
    for run in runs:
        for claim in run["claims"].values():
            bound = " ".join(f"{sign} {claim[key]:g}" for key, sign in (("min", ">="), ("max", "<=")) if key in claim)
            verdict = ("pass" if claim["holds"] else "MISSED") if claim["asserted"] else "not asserted"
            rows.append((f'{run["lesson"]}.{claim["name"]}', str(run["parameters"].get("seed", "")), short(claim["value"]),
                         bound, short(claim["margin"]), verdict))
        if run["status"] in ("failed", "stopped"):
            rows.append((run["lesson"], str(run["parameters"].get("seed", "")), "", "", "", run["status"].upper()))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def short(value: float | str) -> str:
    """Four digits."""
    return value if isinstance(value, str) else f"{value:.4g}"


def sample_corpus(options: argparse.Namespace) -> int:
    """Fresh sentences of a grammar, or the first training sentences of a corpus that has none."""
    from gensq_lib import corpora, grammar, runtime

    world = grammar.load() if options.corpus == "world" else None
    if options.corpus.startswith("grammar:"):
        world = grammar.load(options.corpus.partition(":")[2])
    if world is None:
        corpus = corpora.load(options.corpus, seed=options.seed)
        if options.both:
            raise GensqError(f'expected a corpus with two languages for --both, got "{options.corpus}"; leave --both out')
        for sentence in corpus.train[: options.number]:
            print(corpus.show(sentence))
        return 0
    for derivation in world.sample(options.number, generator=runtime.generator(options.seed)):
        shown = [world.show(derivation.words(language), language) for language in world.languages]
        print("\t".join(shown if options.both else shown[:1]))
    return 0


def score_sentence(options: argparse.Namespace) -> int:
    """What the grammar knows about a sentence."""
    from gensq_lib import grammar

    world = grammar.load(options.grammar)
    chinese = any("\u4e00" <= character <= "\u9fff" for character in options.sentence)
    language = "zh" if chinese and "zh" in world.languages else world.languages[0]
    words = world.read(options.sentence, language)
    parse = world.parse(words, language=language)
    print(f"log-probability  {parse.log_prob:.3f} nats")
    print(f'valid            {"yes" if parse.valid else "no"}')
    if not parse.valid:
        print(f"first mistake    {first_mistake(words, parse.error_at)}")
    for name, value in parse.attributes.items():
        print(f"{name:16} {value}")
    return 0


def first_mistake(words: Sequence[str], index: int | None) -> str:
    """The first word that no sentence of the grammar has there."""
    if index is None or index >= len(words):
        return "the sentence ends too early"
    return f'word {index + 1}, "{words[index]}"'


if __name__ == "__main__":
    sys.exit(main())
