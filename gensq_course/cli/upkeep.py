"""`gensq execute`, `study`, `checkpoint`, `held-out` and `doctor`: remake what is committed, look after a machine."""
import click

from gensq_course.cli.arguments import COUNT, SCHEDULER
from gensq_course.setup.workplace import checkout

MODELS, VOICES = ("language_model", "latent_space"), ("doorstep", "dialogue")
SOUNDS, DIGITS, MASKS = "spoken", "digits", "masks"
CHECKPOINTS = (*MODELS, *VOICES, SOUNDS, DIGITS, MASKS)


@click.command("execute")
@click.argument("notebooks", nargs=-1, required=True, metavar="NOTEBOOK...")
def execute(notebooks: tuple[str, ...]) -> int:
    """Run lessons and keep the outputs in notebooks/. Parameters have their defaults."""
    from gensq_course.execute.executed import execute_in_place

    checkout("`gensq execute`")
    for name in notebooks:
        print(f"{name}: kept, {execute_in_place(name)['seconds']:.0f} s.")
    return 0


@click.command("study")
@click.argument("name")
@click.option("--jobs", type=COUNT, default=0, help="rows at the same time (default: one per core)")
@SCHEDULER
def perform_study(name: str, jobs: int, scheduler: str) -> int:
    """Remake a recorded table of docs/results/.

    Stopped and started again, it goes on. NAME is that of a file there; a wrong one is answered with all that are known.
    """
    from gensq_course import lessons, studies
    from gensq_course.report.environment import one_of

    checkout("`gensq study`")
    known = lessons.studies()
    study = known[one_of("study", name, tuple(known))]
    print(f"Recorded in {studies.perform(study, jobs=jobs, scheduler=scheduler)}.")
    return 0


@click.command("checkpoint")
@click.argument("name", type=click.Choice(CHECKPOINTS), default=CHECKPOINTS[0], metavar="[NAME]")
def make_checkpoint(name: str) -> int:
    """Train a finished model in data/ anew (minutes).

    It follows the recipe that made the committed one (default: language_model); doorstep and dialogue are the voices of the
    chat, digits two models of pictures for pages in the browser, masks the denoiser for another. spoken is no model: it makes
    the spoken digits of lesson 13 (needs the program espeak-ng)."""
    from gensq_course.live.digits import write_digits
    from gensq_course.live.masks import write_masks
    from gensq_course.shipped.language_model import write_shipped_language_model
    from gensq_course.shipped.latent_space import write_shipped_latent_space
    from gensq_course.shipped.spoken import write_spoken
    from gensq_course.shipped.voices import write_shipped_voices

    checkout("`gensq checkpoint`")
    if name == SOUNDS:
        write_spoken()
        print("Written: data/spoken.npz. Run the claims of lesson 13 again: gensq claims 13")
        return 0
    if name == DIGITS:
        write_digits()
        print("Written: data/digits.dense.safetensors and data/digits.gan.safetensors. See them: gensq live")
        return 0
    if name == MASKS:
        write_masks()
        print("Written: data/village.masks.safetensors. See it: gensq live masks")
        return 0
    if name in VOICES:
        files = ", ".join(f"data/{path.name}" for path in write_shipped_voices(name))
        print(f"Written: {files}. Talk to them: gensq chat {name}")
        return 0
    {"language_model": write_shipped_language_model, "latent_space": write_shipped_latent_space}[name]()
    print(f"Written: data/{name}.safetensors. Run the lessons' claims again: gensq claims")
    return 0


@click.command("held-out")
def make_held_out() -> int:
    """Draw the held-out sentences of data/ anew.

    After an edit of the built-in grammar: lessons measure on these sentences.
    """
    from gensq_course.execute.held_out import write_held_out

    checkout("`gensq held-out`")
    write_held_out()
    print("Written: data/world.valid.tsv, data/world.test.tsv and data/world.sha256.")
    return 0


@click.command("doctor")
@click.option("--class", "of_class", is_flag=True,
              help="one line instead, for an instructor: cells parted by tabs, no host or user")
def run_doctor(of_class: bool) -> int:
    """Environment, data and machine on one screen.

    For a bug report; the exit code is 1 where something is wrong."""
    from gensq_course import doctor

    return doctor.main(of_class=of_class)


COMMANDS = (execute, perform_study, make_checkpoint, make_held_out, run_doctor)
