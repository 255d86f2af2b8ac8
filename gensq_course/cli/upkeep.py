"""`gensq execute`, `claims`, `study`, `checkpoint` and `doctor`: remake what is committed, look after a machine."""
import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gensq_course.cli.arguments import count, seeds
from gensq_course.cli.lessons import claims_table, run_all, worst

if TYPE_CHECKING:  # it would load papermill
    from gensq_course.execute.running import Outcome

SEEDS = (0, 1, 2)
CHECKPOINTS = ("language_model", "latent_space")


def add_upkeep(commands: argparse._SubParsersAction) -> None:
    """Remake what is committed, and look after a machine."""
    execute = commands.add_parser("execute", help="run lessons with their defaults and keep the outputs in notebooks/")
    execute.add_argument("notebooks", nargs="+", metavar="NOTEBOOK")
    execute.set_defaults(command=run_execute)

    claims = commands.add_parser("claims", help="every lesson at seeds 0, 1, 2, and the table of claims")
    claims.add_argument("notebooks", nargs="*", metavar="NOTEBOOK")
    claims.add_argument("--seeds", type=seeds, default=SEEDS, metavar="0,1,2")
    claims.add_argument("--record", action="store_true", help="keep the numbers in docs/results/, for the lesson to show")
    claims.set_defaults(command=run_claims)

    study = commands.add_parser("study", help="remake a recorded table of docs/results/")
    study.add_argument("name", metavar="NAME", help="cures, dialogue, gan, lagging, seqgan_oracle or text_gan")
    study.add_argument("--jobs", type=count, default=0, metavar="N", help="rows at the same time (default: one per core)")
    study.set_defaults(command=perform_study)

    checkpoint = commands.add_parser("checkpoint", help="train a finished model in data/ anew (minutes)")
    checkpoint.add_argument("name", nargs="?", choices=CHECKPOINTS, default=CHECKPOINTS[0], metavar="NAME",
                            help=f"{' or '.join(CHECKPOINTS)} (default: {CHECKPOINTS[0]})")
    checkpoint.set_defaults(command=make_checkpoint)

    doctor = commands.add_parser("doctor", help="environment, data and machine on one screen, for a bug report")
    doctor.add_argument("--class", dest="of_class", action="store_true",
                        help="one line instead, for an instructor: cells parted by tabs, no host or user")
    doctor.set_defaults(command=run_doctor)


def run_execute(options: argparse.Namespace) -> int:
    """For those who edit a lesson: it is committed as a fresh run leaves it."""
    from gensq_course.execute.executed import execute_in_place

    for name in options.notebooks:
        print(f"{name}: kept, {execute_in_place(name)['seconds']:.0f} s.")
    return 0


def run_claims(options: argparse.Namespace) -> int:
    """Lessons at several seeds and the standard budget, into reports/claims/."""
    from gensq_course.report.lessons import all_lessons, find_lesson

    lessons = [find_lesson(name) for name in options.notebooks] or all_lessons()
    output = Path("reports/claims")
    outcomes = run_all([(str(lesson.path), {"budget": "standard", "seed": seed}, output / lesson.name / f"seed_{seed}")
                        for lesson in lessons for seed in options.seeds])
    print("\n".join(claims_table(outcome.metrics for outcome in outcomes)))
    if options.record:
        record_claims(outcomes, options.seeds)
    return worst(outcomes)


def record_claims(outcomes: Sequence["Outcome"], seeds: Sequence[int]) -> None:
    """Keep the numbers of these runs where the lessons show them; a lesson of which a run did not end is left alone."""
    from gensq_course.report.results import write_recorded

    for lesson in dict.fromkeys(outcome.lesson for outcome in outcomes):
        runs = [outcome.metrics for outcome in outcomes if outcome.lesson == lesson and outcome.ended]
        if len(runs) < len(seeds):
            print(f"{lesson}: not recorded, {len(runs)} of {len(seeds)} runs came to their end.", file=sys.stderr)
            continue
        command = f"gensq claims {lesson} --seeds {','.join(map(str, seeds))} --record"
        print(f"Recorded in {write_recorded(lesson, runs, command=command)}.")


def perform_study(options: argparse.Namespace) -> int:
    """A recorded table, by the command that made the committed one; stopped and started again, it goes on."""
    from gensq_course import lessons, studies
    from gensq_lib.ground.runtime import one_of

    known = lessons.studies()
    study = known[one_of("study", options.name, tuple(known))]
    print(f"Recorded in {studies.perform(study, jobs=options.jobs)}.")
    return 0


def make_checkpoint(options: argparse.Namespace) -> int:
    """A model that the lessons load, by the recipe that made the committed one."""
    from gensq_course.lessons.language_models.finished import write_shipped_language_model
    from gensq_course.lessons.latent_space.finished import write_shipped_latent_space

    write = {"language_model": write_shipped_language_model, "latent_space": write_shipped_latent_space}
    write[options.name]()
    print(f"Written: data/{options.name}.safetensors. Run the lessons' claims again: gensq claims")
    return 0


def run_doctor(options: argparse.Namespace) -> int:
    """Exit code 1 where something is wrong."""
    from gensq_course import doctor

    return doctor.main(of_class=options.of_class)
