"""Numbers of an exam: drawn from a secret by HMAC, and short enough for paper."""
import hashlib
import hmac
import os
import random
from collections.abc import Sequence
from pathlib import Path

from gensq_lib.ground.errors import expect
from gensq_lib.ground.textfiles import text_of

VARIABLE = "EXAM_SECRET"  # it does not begin with GENSQ_: those are handed on to the processes that run students' code
SHORTEST = 16  # characters of a secret


def secret_of(path: Path | None) -> str:
    """The secret: in a file, else in the environment. Whoever has it can make the exam and its solutions."""
    found = text_of(path, kind="a secret", largest=10_000).strip() if path else os.environ.get(VARIABLE, "").strip()
    where = f"in {path}" if path else f"in the variable {VARIABLE}, or a file of it named by --secret"
    expect(len(found) >= SHORTEST, f"expected a secret of at least {SHORTEST} characters {where}, got {len(found)}; make one: "
                                   'python -c "import secrets; print(secrets.token_hex(16))"')
    return found


def generator(secret: str, *about: str) -> random.Random:
    """Draws that only the secret can foretell, others for each student and question (HMAC with SHA-256, RFC 2104)."""
    digest = hmac.new(secret.encode(), "\n".join(about).encode(), hashlib.sha256).digest()
    return random.Random(int.from_bytes(digest, "big"))


def tenths(draw: random.Random, low: float, high: float) -> float:
    """A number with one decimal between the two."""
    return draw.randint(round(10 * low), round(10 * high)) / 10


def hundredths(draw: random.Random, low: float, high: float) -> float:
    """A number with two decimals between the two."""
    return draw.randint(round(100 * low), round(100 * high)) / 100


def shares(draw: random.Random, num: int, parts: int = 10) -> list[float]:
    """Probabilities that sum to 1, each a whole number of `parts`-ths and none of them 0."""
    cuts = [0, *sorted(draw.sample(range(1, parts), num - 1)), parts]
    return [(high - low) / parts for low, high in zip(cuts, cuts[1:])]


def several(draw: random.Random, num: int, low: float, high: float) -> list[float]:
    """Different numbers with one decimal."""
    return [tenth / 10 for tenth in draw.sample(range(round(10 * low), round(10 * high) + 1), num)]


def said(numbers: Sequence[float]) -> list[str]:
    """As they stand in a table: no more digits than they have."""
    return [f"{number:g}".replace("-", "−") for number in numbers]
