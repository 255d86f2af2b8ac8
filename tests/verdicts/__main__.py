"""`python -m tests.verdicts FOLDER ...`: reads each executed notebook below the folders and says what is not borne out."""
import sys
from pathlib import Path

from tests.verdicts import Run, wrong
from tests.verdicts.table import VERDICTS

notebooks = sorted(path for folder in sys.argv[1:] for path in Path(folder).rglob("*.ipynb") if path.stem in VERDICTS)
found = {path: wrong(Run.of(path), VERDICTS[path.stem]) for path in notebooks}
for path, phrases in found.items():
    print(f"{path}: {len(VERDICTS[path.stem])} verdicts, {len(phrases)} not borne out", *phrases, sep="\n    ")
sys.exit(any(found.values()))
