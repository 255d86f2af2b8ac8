"""`gensq export`, `card`, `sample` and `score`: a trained model as one file, and what can be asked of such a file."""
import ast
import contextlib
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gensq_course.cli.arguments import FILE, SEED, WholeNumber
from gensq_course.cli.chat import shown, temperature_of
from gensq_lib.ground.errors import GensqError

if TYPE_CHECKING:  # they load torch
    from gensq_course.report.lessons import Lesson
    from gensq_course.shipped.exported import Exported
    from gensq_course.shipped.scoring import Scored, Summary

NUM, SAMPLES, PROCESSES = WholeNumber(low=1, high=100_000), WholeNumber(low=1, high=5_000), WholeNumber(low=1, high=64)
STDIN = "-"


@click.command("export")
@click.argument("notebook", metavar="NOTEBOOK|REPORT")
@click.option("-p", "assignments", multiple=True, metavar="name=value", help="a parameter of the lesson; repeatable")
@click.option("-o", "output", type=FILE, metavar="FILE", help="where to write (default: NOTEBOOK.safetensors)")
@click.option("--model", "name", default="", help="which model of the lesson (06: text_vae or language_model)")
@click.option("--half", is_flag=True, help="float16: half the size, for a web page")
@click.option("--processes", type=PROCESSES, help="train in so many processes, each on a GPU or on cores (docs/processes.md)")
def write_export(notebook: str, assignments: tuple[str, ...], output: Path | None, name: str, half: bool, processes: int | None
                 ) -> int:
    """A trained model and its card as one file.

    NOTEBOOK is 05, 06, 09 or another lesson that has a model to export; it is trained with the lesson's own recipe and kept, so
    behind `gensq report` with the same parameters it takes seconds. REPORT is the folder of such a report. The text itself is
    never written, but the words are.
    """
    from gensq_course import lessons
    from gensq_course.report.environment import check_environment, one_of
    from gensq_course.report.lessons import noun
    from gensq_course.report.parameters import read_assignments

    lesson, values = asked_for(notebook)
    values |= read_assignments(lesson, assignments)
    models = lessons.exportable(noun(lesson.name)).get(noun(lesson.name))
    if models is None:
        raise GensqError(f"expected a lesson with a model to export ({', '.join(lessons.exportable())}), got {lesson.name}; "
                         "take 06")
    name = one_of("model", name, tuple(models)) if name else next(iter(models))
    check_environment()
    asked = (lesson.name, name, values, output or Path(f"{lesson.name}.safetensors"), half)
    if processes is None:
        export_here(*asked)
    else:
        from gensq_course.report.budget import wanted_device
        from gensq_lib.training.processes import in_processes

        in_processes(export_here, processes, *asked, device=wanted_device(values.get("device", "")))
    return 0


def export_here(lesson: str, name: str, values: dict[str, Any], output: Path, half: bool) -> None:
    """Train the model of a lesson, or take what is kept, and write it; of several processes the first writes and speaks."""
    from gensq_course import lessons, report
    from gensq_course.report.lessons import noun
    from gensq_course.shipped import exported
    from gensq_lib.training import processes

    with quiet(processes.rank() > 0):
        here = report.begin(lesson, values)
        text = lessons.text_to_export(noun(lesson), here, values)
        model = lessons.exportable(noun(lesson))[noun(lesson)][name](text, here, values)
    if processes.rank():
        return
    measures = exported.measured(model, text, num_test=here.values.get("num_test", 500), seed=here.seed,
                                 num_samples=here.values.get("num_importance", 50))
    made = {"lesson": lesson, "model": name, "parameters": values, "budget": here.budget, "seed": here.seed, "date": today()}
    made |= {"processes": num} if (num := processes.num_processes()) > 1 else {}
    exported.export(output, model, text, made=made, measures=measures, half=half)
    size = output.stat().st_size / 1e6
    print(f"Written: {output} ({size:.1f} MB), {measures[0].name} {measures[0].value:.2f} {measures[0].unit}. "
          f"Look at it: gensq card {output}", flush=True)


@contextlib.contextmanager
def quiet(wanted: bool) -> Iterator[None]:
    """Nothing printed inside is seen, if that is wanted: one process speaks for all."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere if wanted else sys.stdout):
        yield


def today() -> str:
    """In UTC, as reports have it."""
    from datetime import UTC, datetime

    return f"{datetime.now(UTC):%Y-%m-%d}"


def asked_for(notebook: str) -> tuple["Lesson", dict[str, Any]]:
    """A lesson by its name; or that of a report, with the parameters that it was run with."""
    from gensq_course.report.lessons import find_lesson, read_notebook, source, tags

    folder = Path(notebook)
    if not folder.is_dir():
        return find_lesson(notebook), {}
    reports = sorted(path for path in folder.glob("*.ipynb") if path.with_suffix(".metrics.json").is_file())
    if len(reports) != 1:
        raise GensqError(f"expected the folder of one report in {notebook}, got {len(reports)} of them; name a lesson, or the "
                         "folder that gensq report has written")
    cells = [cell for cell in read_notebook(reports[0])["cells"] if "injected-parameters" in tags(cell)]
    return find_lesson(reports[0].stem), injected("\n".join(map(source, cells)), reports[0])


def injected(code: str, where: Path) -> dict[str, Any]:
    """The values in a cell of plain assignments, which is read and never run."""
    try:
        return {node.targets[0].id: ast.literal_eval(node.value) for node in ast.parse(code).body}
    except (SyntaxError, ValueError, AttributeError, RecursionError, MemoryError):
        raise GensqError(f"expected the parameters of a report in {where}, got other lines; run the report again") from None


@click.command("card")
@click.argument("file", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="for programs")
def print_card(file: Path, as_json: bool) -> int:
    """What an exported model was made from, and how it measures."""
    from gensq_course.shipped import exported

    card = exported.load(file).card
    print(json.dumps(card.as_dict(), indent=1, allow_nan=False) if as_json else card.markdown(file.name))
    return 0


@click.command("sample")
@click.argument("file", type=FILE)
@click.option("--num", type=NUM, default=10, help="how many sentences (default: 10)")
@click.option("--temperature", default="1", help="lower: likelier words, higher: rarer ones (default: 1)")
@click.option("--seed", type=SEED, default=0, help="another seed, other sentences (default: 0)")
def print_samples(file: Path, num: int, temperature: str, seed: int) -> int:
    """Sentences drawn from an exported model, not selected."""
    warmth = temperature_of(temperature)
    for sentence in opened(file).sample(num, temperature=warmth, seed=seed):
        print(shown(sentence))
    return 0


@click.command("score")
@click.argument("file", type=FILE)
@click.argument("text", type=FILE, default=STDIN, metavar="[TEXT|-]")
@click.option("--samples", type=SAMPLES, default=50, help="of z, for the bound of a VAE: K (default: 50)")
@click.option("--seed", type=SEED, default=0, help="of these samples (default: 0)")
@click.option("--summary", "only_summary", is_flag=True, help="the last line alone")
@click.option("--json", "as_json", is_flag=True, help="a line of JSON for each sentence, and one for all")
def print_scores(file: Path, text: Path, samples: int, seed: int, only_summary: bool, as_json: bool) -> int:
    """What sentences and their words cost under a model.

    TEXT is a file with one sentence a line, or - for what is typed or comes through a pipe.
    """
    model = opened(file)
    lines, left_out = readable_lines(model, typed_lines(text))
    if not lines:
        raise GensqError(f"expected at least one sentence to score, got none ({left_out} lines left out); write one a line")
    found = model.score(lines, num_samples=samples, seed=seed)
    for line in report_of(model, found, left_out, samples, only_summary=only_summary, as_json=as_json):
        print(line)
    return 0


def opened(file: Path) -> "Exported":
    """The model in the file, computing with the threads that the environment allows."""
    from gensq_course.shipped import exported
    from gensq_lib.ground import runtime

    runtime.use_threads(0)
    return exported.load(file)


def typed_lines(text: Path) -> list[str]:
    """Of a file, or of the standard input."""
    if str(text) != STDIN:
        from gensq_lib.text.corpora.files import lines

        return lines(text)
    if hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    return sys.stdin.read().splitlines()


def readable_lines(model: "Exported", lines: Sequence[str]) -> tuple[list[str], int]:
    """Lines that have a token and not too many, and how many others there were; empty lines are no sentences."""
    from gensq_course.shipped.scoring import most_tokens
    from gensq_lib.text.corpora.own import LONGEST_LINE

    written, most = [line for line in lines if line.strip()], most_tokens(model.model)
    kept = [line for line in written if len(line) <= LONGEST_LINE and 1 <= len(model.read(line)) <= most]
    return kept, len(written) - len(kept)


def report_of(model: "Exported", found: Sequence["Scored"], left_out: int, samples: int, *, only_summary: bool, as_json: bool
              ) -> Iterator[str]:
    """Two lines for each sentence, and one for all; or JSON."""
    from gensq_course.shipped.exported import summary

    every = summary(found)
    if as_json:
        yield from () if only_summary else (json.dumps(as_row(each), ensure_ascii=False) for each in found)
        yield json.dumps({"summary": totals(every) | {"left_out": left_out}})
        return
    for each in () if only_summary else found:
        price = f"  z {each.latent:.1f} |" if each.latent else ""
        yield f"{each.nats:8.2f}  {shown(each.text)}"
        yield f"         {price} " + " | ".join(f"{shown(word)} {nats:.1f}" for word, nats in each.words)
    yield said_of(every, left_out, f", a bound with K = {samples}" if model.card.model == "text VAE" else "")


def as_row(each: "Scored") -> Mapping[str, Any]:
    """For JSON."""
    return {"text": each.text, "nats": each.nats, "z": each.latent, "words": each.words, "unknown": each.unknown}


def totals(every: "Summary") -> dict[str, Any]:
    """For JSON; one sentence has no standard error."""
    error = every.nats.error if every.sentences > 1 else None
    return {"sentences": every.sentences, "nats_per_sentence": every.nats.mean, "standard_error": error,
            "nats_per_token": every.per_token, "perplexity_per_token": every.perplexity,
            "nats_per_character": every.per_character, "unknown": every.unknown}


def said_of(every: "Summary", left_out: int, bound: str) -> str:
    """In a line, with what must be known to compare."""
    spread = f" ± {every.nats.error:.2f}" if every.sentences > 1 else ""
    unknown = (f"{every.unknown:.1%} of the words are unknown and read as one, <unk>: compare with no model of another "
               "vocabulary" if every.unknown else "no word is unknown")
    skipped = f" Left out, without words or too long: {left_out:,}." if left_out else ""
    sentences = "1 sentence" if every.sentences == 1 else f"{every.sentences:,} sentences"
    return (f"{sentences}: {every.nats.mean:.2f}{spread} nats per sentence{bound}; "
            f"{every.per_token:.3f} per token (perplexity {every.perplexity:.1f}), {every.per_character:.3f} per character; "
            f"{unknown}.{skipped}")


COMMANDS = (write_export, print_card, print_samples, print_scores)
