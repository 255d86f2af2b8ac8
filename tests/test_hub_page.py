"""docs/jupyterhub.md says what docs/results/hub.json holds, and its two files are whole."""
import ast
import json
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
PAGE, FOUND = (DOCS / "jupyterhub.md").read_text(encoding="utf-8"), json.loads((DOCS / "results" / "hub.json").read_text())


def spread(name: str) -> str:
    return "{median:.0f} ({least:.0f} to {most:.0f}) seconds".format(**FOUND[name])


@pytest.mark.parametrize("said", [
    *(spread(f"{name}, s") for name in ("server", "set_up", "notebook")), f"after {FOUND['all servers, s']:.0f} |",
    f"after {FOUND['all notebooks, s'] / 60:.0f} minutes", f"{FOUND['servers alone, bytes'] / 1e9:.1f} GB, ",
    f"at most {FOUND['most, bytes'] / 1e9:.1f} GB; {FOUND['least free, bytes'] / 1e9:.1f} GB",
    f"{FOUND['largest kernel, bytes'] / 1e9:.1f} GB |", f"| {FOUND['kernels after culling']}, and",
    f"{FOUND['users']} simulated students", f"{FOUND['at once']} at a time, on a machine of {FOUND['cores']} cores"])
def test_the_page_says_what_was_measured(said):
    assert said in PAGE


def test_it_was_right_to_say_that_nobody_disturbed_anybody():
    assert FOUND["each home has its own work"] and FOUND["others' servers are refused"]
    assert FOUND["written beside the library"] == [] and FOUND["errors"] == 0 and FOUND["users"] == 30


def test_the_configuration_is_python_and_names_the_script():
    script, configuration = re.search(r"```sh\n(.*?)```", PAGE, re.S)[1], re.search(r"```python\n(.*?)```", PAGE, re.S)[1]
    ast.parse(configuration)
    assert script.startswith("#!/bin/sh\n# /srv/gensq/start") and '["/srv/gensq/start"]' in configuration
