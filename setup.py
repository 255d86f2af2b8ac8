"""What pyproject.toml cannot say: a wheel takes lessons, data and recorded tables along, inside the package."""
import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

TAKEN_ALONG = ("notebooks/*.ipynb", "notebooks/*.toml", "data/*", "docs/results/*.json", "docs/references.bib")


class BuildWithFiles(build_py):
    """As ever, and then the files, to where gensq_lib/ground/places.py looks for them when there is no repository."""

    def run(self):
        if not self.editable_mode:
            shutil.rmtree(self.build_lib, ignore_errors=True)  # or files of an earlier build would travel, too
        super().run()
        for path in (path for pattern in TAKEN_ALONG for path in Path().glob(pattern)):
            if not self.editable_mode:
                target = Path(self.build_lib, "gensq_lib", "_files", path)
                self.mkpath(str(target.parent))
                self.copy_file(str(path), str(target))


setup(cmdclass={"build_py": BuildWithFiles})
