"""`gensq clinic`: the clinic of lesson 07 as a page for each student, and its recorded runs made anew."""
import argparse
from pathlib import Path

from gensq_course.cli.arguments import count


def add_clinic(commands: argparse._SubParsersAction) -> None:
    """What can be typed."""
    clinic = commands.add_parser("clinic", help="sick training runs to diagnose, as one HTML file that needs no network")
    clinic.add_argument("-o", dest="output", type=Path, default=Path("clinic.html"), metavar="FILE",
                        help="where to write (default: clinic.html)")
    clinic.add_argument("--student", type=count, default=0, metavar="N", help="each number has patients of its own")
    clinic.add_argument("--remake", action="store_true", help="train the runs anew (about 3 minutes) and keep their readings")
    clinic.set_defaults(command=run_clinic)


def run_clinic(options: argparse.Namespace) -> int:
    """The page; or the runs themselves."""
    from gensq_course.lessons.posterior_collapse import clinic
    from gensq_lib.ground.places import atomic_write

    if options.remake:
        for line in clinic.remake():
            print(line, flush=True)
        return 0
    with atomic_write(options.output) as temporary:
        temporary.write_text(clinic.page(clinic.new_game(options.student, clinic.recorded())), encoding="utf-8")
    print(f"Written: {options.output} (student {options.student}). Open it in any browser.")
    return 0
