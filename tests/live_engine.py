"""The scripts of the live pages, run by node or in Chromium; and what they and PyTorch are both asked."""
import json
import os
import shutil
import subprocess
from functools import cache

import pytest
import torch

from gensq_course.live import data, pages
from gensq_course.live.packing import halved
from gensq_course.shipped import language_model, latent_space
from gensq_lib.ground import runtime

LIBRARY = """
const textOf = (base64) => textModel(bytesOf(base64));
const asked = {
  logProbs: ({file, sentences}) => { const m = textOf(file); return sentences.map((ids) => wordByWord(m.decoder, ids)); },
  given: ({file, sentences, points}) => { const m = textOf(file);
    return sentences.map((ids, i) => wordByWord(m.decoder, ids, Float32Array.from(points[i]))); },
  posteriors: ({file, sentences}) => { const m = textOf(file);
    return sentences.map((ids) => { const q = m.posterior(ids); return [[...q.mean], [...q.stddev]]; }); },
  greedy: ({file, points, longest}) => { const m = textOf(file);
    return points.map((z) => { const d = decoded(m.decoder, greedyChoice(), {z: Float32Array.from(z), longest});
      return [d.ids, d.logProb]; }); },
  choices: ({rows, options}) => rows.map((row) => choices(Float32Array.from(row), options)),
};
"""


def node(body: str, given: dict, *, engine: str = ""):
    """What the body returns, a function of `given`; both are JSON."""
    path = shutil.which("node")
    if path is None:
        pytest.skip("no node on the path")
    script = f"""{engine or pages.engine()}\n{LIBRARY}
const given = JSON.parse(require("fs").readFileSync(0, "utf-8"));
process.stdout.write(JSON.stringify((() => {{ {body} }})()));"""
    folder = os.environ["GENSQ_CACHE"]
    file = os.path.join(folder, "live.cjs")
    with open(file, "w", encoding="utf-8") as out:
        out.write(script)
    done = subprocess.run([path, file], input=json.dumps(given), capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr[-1500:]
    return json.loads(done.stdout)


def in_page(page, body: str, given: dict):
    """The same in a browser's page."""
    return page.evaluate(f"(given) => {{ {pages.engine()}\n{LIBRARY}\n{body} }}", given)


@cache
def torch_models():
    """The language model and the VAE with the numbers that the pages have, and both as they are in their files."""
    loads = language_model.shipped_language_model, latent_space.shipped_latent_space
    return tuple(halved(load()).eval() for load in loads), tuple(load() for load in loads)


def sentences(num: int, part: str = "test") -> list[list[int]]:
    """Of the world, as numbers."""
    text = data.world()
    return [text.vocab.encode(sentence) for sentence in getattr(text, part)[:num]]


def points(num: int, seed: int = 0) -> torch.Tensor:
    """Draws from the prior."""
    return torch.randn(num, latent_space.LATENT_DIM, generator=runtime.generator(seed, "live"))
