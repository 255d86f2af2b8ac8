"""What every test shares: one torch thread a process, a cache of its own (no reader's files), a browser, tiny models."""
import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

# Before torch is imported: two threads on two busy cores are many times slower than one.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("MPLBACKEND", "agg")
os.environ["GENSQ_CACHE"] = tempfile.mkdtemp(prefix="gensq-tests-")

# Before gensq_lib is imported: every annotation is checked, shapes included. Not in the grammar, which has no tensors
# and calls its small functions a million times: there it would take most of the time of all tests.
from jaxtyping import install_import_hook  # noqa: E402

ROOT = Path(__file__).parents[1]
MODULES = {".".join(path.relative_to(ROOT).with_suffix("").parts) for package in ("gensq_lib", "gensq_course")
           for path in (ROOT / package).glob("*/*") if path.suffix in ("", ".py") and path.name != "__init__.py"}
install_import_hook(sorted(MODULES - {"gensq_lib.text.grammar"}),
                    "beartype.beartype(conf=beartype.BeartypeConf(is_pep484_tower=True))")

import torch  # noqa: E402
from hypothesis import HealthCheck, settings  # noqa: E402

from gensq_course.book import paper  # noqa: E402
from gensq_course import lessons  # noqa: E402
from gensq_lib.text.batching import collate  # noqa: E402
from gensq_lib.models.language_model import LanguageModel  # noqa: E402
from gensq_lib.models.text_vae import TextVAE  # noqa: E402

lessons.load_all()  # every exercise by its name

# Busy machines are slow, which is no mistake; in continuous integration every run tries the same examples.
settings.register_profile("gensq", deadline=None, derandomize=bool(os.environ.get("CI")),
                          suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("gensq")

QUIET = ("--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
         "--disable-component-update --disable-sync").split()


@pytest.fixture
def cut_off(monkeypatch, tmp_path):
    """Neither the network, nor the reader's data, nor what another test has kept."""
    def refuse(*args, **kwargs):
        raise ConnectionError("tried to download")
    monkeypatch.setattr("pooch.retrieve", refuse)
    monkeypatch.delenv("GENSQ_DATA", raising=False)
    monkeypatch.setenv("GENSQ_CACHE", str(tmp_path / "cache"))


@pytest.fixture(scope="session")
def browser():
    """A headless Chromium; open pages with `browser.new_page(offline=True)`."""
    path = next(filter(None, map(shutil.which, paper.BROWSERS)), None)
    if path is None:
        no_browser("no Chromium on the path")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield launched
        launched.close()


def no_browser(reason: str) -> None:
    """Skip a browser test, saying why; in continuous integration (on Linux) it fails instead, or nobody would notice."""
    if os.environ.get("CI") and sys.platform == "linux":
        pytest.fail(f"{reason}: browser tests must run in CI")
    pytest.skip(reason)


def pytest_sessionfinish(session):
    """Leave nothing behind."""
    shutil.rmtree(os.environ["GENSQ_CACHE"], ignore_errors=True)


@pytest.fixture
def generator():
    return torch.Generator().manual_seed(0)


@pytest.fixture
def encoded():
    """Five sentences of different lengths over ten words (integers from 4 on)."""
    return [[4, 5, 6], [7, 8], [9], [4, 9, 5, 8, 6, 7], [10, 11, 12, 13]]


@pytest.fixture
def batch(encoded):
    return collate(encoded)


@pytest.fixture
def vae():
    torch.manual_seed(0)
    return TextVAE(vocab_size=14, embed_dim=6, hidden_dim=10, latent_dim=3).eval()


@pytest.fixture
def language_model():
    torch.manual_seed(0)
    return LanguageModel(vocab_size=14, embed_dim=6, hidden_dim=10).eval()
