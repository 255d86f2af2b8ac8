"""Commands of `gensq` for a reader's own notebooks and for a class: copy, progress, student, instructor, classroom."""
import argparse
from pathlib import Path

from gensq_lib.bootstrap.lessons import copy_lessons
from gensq_lib.report.lessons import folder

PROJECT = Path(__file__).resolve().parents[2]
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
    for name, summary in VERSIONS.items():
        version = commands.add_parser(name, help=summary)
        version.add_argument("-o", dest="output", type=Path, default=PROJECT / "dist", metavar="DIR",
                             help="where to write (default: dist)")
        version.set_defaults(command=make_version, version=name)


def show_progress(options: argparse.Namespace) -> int:
    """What the reader's notebooks say."""
    from gensq_lib.report.progress import progress

    print("\n".join(progress(options.folder)))
    return 0


def copy_to_reader(options: argparse.Namespace) -> int:
    """What `make lab` does before it opens JupyterLab; for servers that start JupyterLab themselves."""
    said = copy_lessons(folder(), options.folder)
    print("\n".join(said or [f"{options.folder}: all lessons are there, and none has a newer version."]))
    return 0


def make_version(options: argparse.Namespace) -> int:
    """One version of the lessons for a class."""
    from gensq_lib.report import builds

    print(builds.BUILDS[options.version](options.output))
    return 0
