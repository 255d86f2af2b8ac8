"""Commands for a reader's own notebooks, for a class and for visitors: copy, progress, voila, clinic, live, book, student,
instructor, classroom."""
from pathlib import Path

import click

from gensq_course.cli.arguments import COUNT, FILE, PORT
from gensq_course.report.lessons import folder
from gensq_course.setup.commands import FORWARDED, has_browser
from gensq_course.setup.copies import copy_lessons
from gensq_course.setup.workplace import checkout, my_lessons, workplace


@click.command("progress")
@click.argument("folder", type=FILE, required=False)
@click.option("--class", "place", type=FILE, metavar="FOLDER", help="of what a class handed in: a table of all, and a page")
@click.option("-o", "output", type=FILE, default=Path("class_progress.html"), metavar="FILE",
              help="with --class: where to write the page (default: class_progress.html)")
@click.option("--students", type=FILE, metavar="FILE", help="with --class: all of it, one on each line; who is missing is named")
def show_progress(folder: Path | None, place: Path | None, output: Path, students: Path | None) -> int:
    """Which checks pass, and how good your predictions were.

    FOLDER is where your notebooks are (default: my_lessons). With --class it is the notebooks of many: a folder for each student,
    or files called STUDENT_LESSON.ipynb. Nothing is run.
    """
    if place is not None:
        return show_class(place, output, students)
    from gensq_course.report.progress import progress

    print("\n".join(progress(folder or my_lessons())))
    return 0


def show_class(place: Path, output: Path, students: Path | None) -> int:
    """The table of a class in the terminal, and its page."""
    from gensq_course.classroom import dashboard, roster

    for sentence in dashboard.write(place, output, roster.students_of(students) if students else ()):
        print(sentence)
    return 0


@click.command("copy")
@click.argument("target", type=FILE, required=False, metavar="[FOLDER]")
def copy_to_reader(target: Path | None) -> int:
    """Lessons into a folder of yours.

    What you have changed is never overwritten. FOLDER is where your notebooks are to be (default: my_lessons). `make lab`
    does it by itself; this is for servers that start JupyterLab themselves.
    """
    target = target or my_lessons()
    said = copy_lessons(folder(), target)
    print("\n".join(said or [f"{target}: all lessons are there, and none has a newer version."]))
    return 0


@click.command("voila")
@click.argument("notebook", default="09_latent_space")
@click.option("--port", type=PORT, default=8866, help="where it listens (default: 8866; 0: any that is free)")
@click.option("--no-browser", is_flag=True, help="print the address and open no window")
@click.option("-p", "assignments", multiple=True, metavar="name=value", help="a parameter; repeatable")
@click.option("--model", type=FILE, metavar="FILE", help="an exported model to play with, instead of a lesson")
def serve_page(notebook: str, port: int, no_browser: bool, assignments: tuple[str, ...], model: Path | None) -> int:
    """Widgets of a lesson or of an exported model, without code.

    The page is served on this machine only. NOTEBOOK is a name, a number or a path (default: 09_latent_space).
    """
    from gensq_course import lessons
    from gensq_course.execute import voila
    from gensq_course.report.environment import check_environment
    from gensq_course.report.lessons import find_lesson
    from gensq_course.report.parameters import read_assignments

    quiet = ["--no-browser"] * (no_browser or not has_browser())
    if model is not None:
        from gensq_course.shipped import exported

        check_environment()
        exported.load(model)
        print("The model's page: its address stands below. Stop it with Ctrl+C.", flush=True)
        return voila.serve_model(model, port=port, options=quiet)
    lesson = find_lesson(notebook)
    values = read_assignments(lesson, assignments)
    check_environment()
    if values:  # as it stands, a page needs only what comes with the course
        lessons.prepare(lesson.name, values)
    print(f"{lesson.title}: its address stands below. Stop it with Ctrl+C.", flush=True)
    return voila.serve(lesson, port=port, options=quiet, values=values)


@click.command("clinic")
@click.option("-o", "output", type=FILE, default=Path("clinic.html"), metavar="FILE",
              help="where to write (default: clinic.html)")
@click.option("--student", type=COUNT, default=0, help="each number has patients of its own")
@click.option("--remake", is_flag=True, help="train the runs anew (about 3 minutes) and keep their readings")
def make_clinic(output: Path, student: int, remake: bool) -> int:
    """Sick training runs to diagnose, as one HTML file."""
    from gensq_course import clinic
    from gensq_lib.ground.places import atomic_write

    if remake:
        checkout("`gensq clinic --remake`")
        for line in clinic.remake():
            print(line, flush=True)
        return 0
    with atomic_write(output) as temporary:
        temporary.write_text(clinic.page(clinic.new_game(student, clinic.recorded())), encoding="utf-8")
    print(f"Written: {output} (student {student}). Open it in any browser.")
    return 0


@click.command("book")
@click.argument("notebooks", nargs=-1, metavar="[NOTEBOOK]...")
@click.option("-o", "output", type=FILE, metavar="DIR", help="where to write (default: build/book)")
def write_book(notebooks: tuple[str, ...], output: Path | None) -> int:
    """The lessons as a web book.

    It opens from a disk or lies on any server of files. It is made from the lessons as committed; nothing is run.
    NOTEBOOK: only these (default: all).
    """
    from gensq_course import book

    made = book.build(output or workplace() / "build" / "book", notebooks)
    print(f"Written: {made.folder / 'index.html'} ({made.lessons} lessons, {made.bytes / 1e6:.1f} MB). Open it in any browser.")
    return 0


@click.command("pdf")
@click.argument("notebooks", nargs=-1, metavar="[NOTEBOOK]...")
@click.option("-o", "output", type=FILE, metavar="DIR", help="where to write (default: build/pdf)")
def write_pdf(notebooks: tuple[str, ...], output: Path | None) -> int:
    """The lessons on paper, as PDF; a Chromium prints them.

    Without a name all of them as one file with contents; with names (NOTEBOOK) a file each. Nothing is run.
    """
    from gensq_course.book import paper

    for path in paper.write(output or workplace() / "build" / "pdf", notebooks):
        print(f"Written: {path} ({path.stat().st_size / 1e6:.1f} MB)")
    return 0


@click.command("slides")
@click.option("-o", "output", type=FILE, metavar="DIR", help="where to write (default: build/slides)")
def write_slides(output: Path | None) -> int:
    """Slides for four lab sessions.

    One HTML file each, from the sections of the lessons that notebooks/slides.toml names.
    """
    from gensq_course.book import slides

    for one in slides.write(output or workplace() / "build" / "slides"):
        print(f"Written: {one.path} ({one.num_slides} slides)")
    return 0


@click.command("live")
@click.argument("names", nargs=-1, metavar="[PAGE]...")
@click.option("-o", "output", type=FILE, default=Path("live"), metavar="FOLDER", help="where to write (default: live)")
def make_live(names: tuple[str, ...], output: Path) -> int:
    """Pages that compute in the browser, as HTML files.

    They need no kernel, no server and no network. PAGE: elbo, kl, dense, language, sampler, clinic, space, gan, doorstep,
    mine (default: all).
    """
    from gensq_course import live

    for path in live.write_pages(output, names or tuple(live.NEEDS)):
        print(f"Written: {path} ({path.stat().st_size / 1e6:.1f} MB)")
    print("Open them in any browser.")
    return 0


def version_command(name: str) -> click.Command:
    """The command that makes one version of the lessons for a class."""
    @click.command(name, help=FORWARDED[name])
    @click.option("-o", "output", type=FILE, metavar="DIR", help="where to write (default: dist)")
    def make_version(output: Path | None) -> int:
        from gensq_course.execute import builds

        print(builds.BUILDS[name](output or workplace() / "dist"))
        return 0

    return make_version


COMMANDS = (show_progress, copy_to_reader, serve_page, make_clinic, make_live, write_book, write_pdf, write_slides,
            *map(version_command, ("student", "instructor", "classroom")))
