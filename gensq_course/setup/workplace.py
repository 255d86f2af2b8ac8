"""Where a reader works and where commands look: the repository's folder, or the current one, and Jupyter's own folders."""
import os
from pathlib import Path

from gensq_lib.ground import places
from gensq_lib.ground.errors import GensqError


def checkout(purpose: str) -> Path:
    """The repository's folder, for a command that needs its tests or changes its files; a wheel has none."""
    if places.CHECKOUT is None:
        raise GensqError(f"expected a copy of the repository for {purpose}, got an installed package; "
                         "get the repository and run the command in it")
    return places.CHECKOUT


def workplace() -> Path:
    """Where a reader's own files go: the repository's folder, or the current one where there is none."""
    return places.CHECKOUT or Path.cwd()


def my_lessons() -> Path:
    """The folder of the reader's own copies of the lessons."""
    return workplace() / "my_lessons"


def python_path() -> str:
    """PYTHONPATH for a process that imports our packages: the repository's folder first; a wheel is found without."""
    return os.pathsep.join(dict.fromkeys(map(str, filter(None, [places.CHECKOUT, os.environ.get("PYTHONPATH")]))))


def jupyter_folders() -> dict[str, str]:
    """What Jupyter, IPython and matplotlib need to be told where there is no home that can be written; else nothing."""
    if places.home():
        return {}
    names = ("JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "IPYTHONDIR", "MPLCONFIGDIR")
    return {name: str(places.temporary_home() / name.lower()) for name in names if name not in os.environ}
