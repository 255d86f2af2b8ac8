"""Commands of `gensq` for a reader's own notebooks and for a class: copy, progress, voila, student, instructor, classroom."""
import argparse
from pathlib import Path

from gensq_course.cli.arguments import count
from gensq_course.report.lessons import folder
from gensq_lib.ground.places import PROJECT
from gensq_course.setup.copies import copy_lessons

VERSIONS = {
    "student": "lessons without solutions, in dist/student/",
    "instructor": "lessons with open solutions and the cells for instructors, in dist/instructor/",
    "classroom": "student lessons, library and data in one file, dist/classroom.zip",
}


def add_desk(commands: argparse._SubParsersAction) -> None:
    """What can be typed."""
    progress = commands.add_parser("progress", help="which checks of your lessons pass, and how good your predictions were")
    progress.add_argument("folder", nargs="?", type=Path, default=PROJECT / "my_lessons", metavar="FOLDER",
                          help="where your notebooks are (default: my_lessons)")
    progress.set_defaults(command=show_progress)
    copy = commands.add_parser("copy", help="lessons into a folder of yours; what you have changed is never overwritten")
    copy.add_argument("folder", nargs="?", type=Path, default=PROJECT / "my_lessons", metavar="FOLDER",
                      help="where your notebooks are to be (default: my_lessons)")
    copy.set_defaults(command=copy_to_reader)
    page = commands.add_parser("voila", help="the widgets of a lesson as a page without code, on this machine only")
    page.add_argument("notebook", nargs="?", default="09_latent_space", metavar="NOTEBOOK",
                      help="name, number or path (default: 09_latent_space)")
    page.add_argument("--port", type=count, default=8866, metavar="N", help="where it listens (default: 8866)")
    page.add_argument("--no-browser", action="store_true", help="print the address and open no window")
    page.set_defaults(command=serve_page)
    for name, summary in VERSIONS.items():
        version = commands.add_parser(name, help=summary)
        version.add_argument("-o", dest="output", type=Path, default=PROJECT / "dist", metavar="DIR",
                             help="where to write (default: dist)")
        version.set_defaults(command=make_version, version=name)


def show_progress(options: argparse.Namespace) -> int:
    """What the reader's notebooks say."""
    from gensq_course.report.progress import progress

    print("\n".join(progress(options.folder)))
    return 0


def copy_to_reader(options: argparse.Namespace) -> int:
    """What `make lab` does before it opens JupyterLab; for servers that start JupyterLab themselves."""
    said = copy_lessons(folder(), options.folder)
    print("\n".join(said or [f"{options.folder}: all lessons are there, and none has a newer version."]))
    return 0


def serve_page(options: argparse.Namespace) -> int:
    """Voila on the lesson's widgets, until stopped by hand."""
    from gensq_course.setup.commands import has_browser
    from gensq_course.execute import voila
    from gensq_course.report.lessons import find_lesson

    lesson = find_lesson(options.notebook)
    print(f"{lesson.title}: its address stands below. Stop it with Ctrl+C.", flush=True)
    quiet = options.no_browser or not has_browser()
    return voila.serve(lesson, port=options.port, options=["--no-browser"] * quiet)


def make_version(options: argparse.Namespace) -> int:
    """One version of the lessons for a class."""
    from gensq_course.execute import builds

    print(builds.BUILDS[options.version](options.output))
    return 0
