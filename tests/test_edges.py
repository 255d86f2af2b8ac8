"""What readers may bring and set at its edges (`edges`): each day some of it, so that in a few weeks all texts were tried.

GENSQ_EDGES=all tries everything (about three quarters of an hour), GENSQ_EDGES=06 or =batch_size all whose name has that in it.
"""
import datetime
import math
import os
import subprocess
import sys
import time
from pathlib import Path

import edges as edges_module
import pytest
from edges import LINES, Edge, edges, in_a_copy, nans, numbers, of_parameters, of_texts, table

ROOT = Path(__file__).parents[1]
DAY = datetime.datetime.now(datetime.UTC).date().toordinal()
# all ends of their parameters are known to run; of others by GENSQ_EDGES
RUN_THROUGH = ("00_start_here", "01_elbo", "02_kl", "03_reparameterization", "04_dense_vae", "05_language_models",
               "06_text_vae", "07_posterior_collapse", "08_curing_collapse", "09_latent_space", "10_understanding",
               "11_translation", "12_summarisation", "13_speech", "14_gan", "15_text_gan", "16_dialogue_gan",
               "17_unpaired_translation", "18_topics_and_tastes", "19_vae_or_gan", "20_tutorial_autopsy")
WANTED = os.environ.get("GENSQ_EDGES", "")


def of_today(found: list[Edge], num: int) -> list[Edge]:
    """The next few of the list, which goes round; neighbours in it are of one lesson, so they are taken from all over it."""
    step = next(step for step in range(37, len(found) + 37) if math.gcd(step, len(found)) == 1)
    return [found[(num * DAY + i) * step % len(found)] for i in range(num)]


def chosen() -> list[Edge]:
    if WANTED:
        return [edge for edge in edges() if WANTED == "all" or WANTED in str(edge)]
    return of_today(of_texts(), 3) + of_today([edge for edge in of_parameters() if edge.lesson in RUN_THROUGH], 2)


@pytest.mark.slow
@pytest.mark.parametrize("edge", chosen(), ids=str)
def test_an_edge_runs_or_is_refused_in_a_sentence(edge):
    """In a process of its own: here the types of all arguments are checked, which a reader's notebook does not do."""
    done = subprocess.run([sys.executable, edges_module.__file__, str(edge)], capture_output=True, text=True,
                          env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])})
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def test_a_round_of_days_tries_everything():
    found = of_texts()
    step = next(step for step in range(37, len(found) + 37) if math.gcd(step, len(found)) == 1)
    assert {(3 * day + i) * step % len(found) for day in range(-(-len(found) // 3)) for i in range(3)} == set(range(len(found)))


def test_every_lesson_with_a_corpus_and_every_parameter_has_its_edges():
    assert {edge.lesson for edge in of_texts()} >= {
        "00_start_here", "06_text_vae", "10_understanding", "11_translation", "15_text_gan", "16_dialogue_gan"}
    assert len(of_texts()) == len(LINES) * len({edge.lesson for edge in of_texts()})
    assert {edge.lesson for edge in of_parameters()} == set(table())


def test_one_too_many_leaves_one_sentence_over(tmp_path):
    from edges import BATCHES, joined

    from gensq_lib.text import corpora

    (tmp_path / "own.txt").write_bytes(joined(LINES["one too many"]()))
    left = len(corpora.load(f"file:{tmp_path}/own.txt", seed=0).train) % BATCHES
    assert left == 1 and all(BATCHES % size == 0 for size in (32, 64, 96, 128))


def test_what_is_no_number_is_seen():
    outputs = [{"text": ["loss nan\n", "0.3 nan% of it\n", "nano, nan-check\n"]}, {"data": {"text/plain": "UserWarning: x"}}]
    assert len(nans({"cells": [{"id": "a", "outputs": outputs}, {"id": "b"}]})) == 3
    found = numbers({"recorded": {"nll": "nan", "where": "here"}, "claims": {"gap": {"value": 1}}})
    assert set(found) == {"nll", "gap"} and math.isnan(found["nll"])


def test_what_fails_in_a_copy_is_said():
    assert in_a_copy(lambda: {"cells": []}) == {"cells": []}
    assert "died" in in_a_copy(lambda: os._exit(1))["error"] and "no end" in in_a_copy(lambda: time.sleep(60), limit=0.2)["error"]
