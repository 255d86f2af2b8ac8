"""How long a sentence takes in the live pages, in Chromium: decoded from z greedily, drawn, scored, a step out of the masks, and
a move of the slider.

A picture follows the hand when it comes within 16 ms. Nothing here is asserted; `--record` keeps the numbers in
docs/results/page.json.
"""
import argparse
import json
import platform
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks._timing import Spread
from gensq_course.book import paper
from gensq_course.live import data, pages
from gensq_course.shipped.latent_space import LATENT_DIM
from gensq_course.talk.space import Space
from gensq_lib.ground.places import atomic_write, cores

RESULTS = Path(__file__).resolve().parents[1] / "docs" / "results" / "page.json"
PLACES = 49  # of the slider, each a new one the first time
WAIT = 120_000  # milliseconds for a page, on a busy machine
SENTENCES = """(given) => { %s
{  // a block of its own: its names are free
const model = textModel(bytesOf(given.file)), uniform = uniformOf(1);
const denoiser = maskedDenoiser(bytesOf(given.masks)), truth = trueDenoiser(given.village), ids = Array(10).fill(HIDDEN);
const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
const ways = {
  "greedy from z": (z) => decoded(model.decoder, greedyChoice(), {z, longest: given.longest}).ids,
  "drawn from z": (z) => decoded(model.decoder, sampledChoice(uniform, {}), {z, longest: given.longest}).ids,
  "q(z | x) of a sentence": (z, i) => model.posterior(given.sentences[i %% given.sentences.length]).mean,
  "ten masks by the truth": () => truth.logProbs(ids),
  "a step out of ten masks": () => {
    const rows = denoiser.logProbs(ids);
    return afterStep(ids, rows, due(ids, rows, 4, "most certain first", uniform), (row) => drawnFrom(choices(row), uniform()));
  },
};
const found = {};
for (const [name, way] of Object.entries(ways)) {
  found[name] = [];
  for (let i = 0; i < given.num + 10; i += 1) {
    const z = Float32Array.from({length: given.latent}, normal), start = performance.now();
    way(z, i);
    if (i >= 10) found[name].push(performance.now() - start);  // before, the browser compiles
  }
}
return found; } }"""
MOVES = """async (num) => {  // what the page does within one frame for a new value of the slider
const found = [], dial = [...document.querySelectorAll("input[type=range]")]
  .find((each) => each.labels[0].textContent === "on the way");
for (let i = 0; i < num; i += 1) {
  const start = new Promise((done) => requestAnimationFrame(() => done(performance.now())));
  dial.value = (i % 49 + 1) / 50;
  dial.dispatchEvent(new Event("input"));  // asks for the same frame, behind ours
  const end = new Promise((done) => requestAnimationFrame(() => done(performance.now())));
  const took = await end - await start;
  found.push(took);
}
return found; }"""


def measured(browser: Any, num: int) -> dict[str, Spread]:
    """Milliseconds by what is done, in a browser of playwright."""
    text = data.world()
    given: dict[str, Any] = {"file": data.asset("latent_space"), "num": num, "longest": Space.max_length, "latent": LATENT_DIM,
                             "masks": data.asset("masks"), "village": data.asset("village"),
                             "sentences": [text.vocab.encode(sentence) for sentence in text.test[:50]]}
    page = browser.new_page()
    found = page.evaluate(SENTENCES % pages.engine(), given)
    with tempfile.TemporaryDirectory() as folder:
        [file] = pages.write_pages(Path(folder), ["space"])
        page.goto(file.as_uri())
        page.wait_for_selector('.gensq-live[data-ready="true"]', timeout=WAIT)
        moves = page.evaluate(MOVES, PLACES + num)
    page.close()
    found |= {"a move of the slider to a new place": moves[:PLACES], "to a place where it was": moves[PLACES:]}
    return {name: Spread.of([round(each, 1) for each in values]) for name, values in found.items()}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.page", description="Measure the live pages in Chromium.")
    parser.add_argument("--record", action="store_true", help="keep the numbers in docs/results/page.json")
    parser.add_argument("--num", type=int, default=200, metavar="N", help="sentences, and moves (default: 200)")
    options = parser.parse_args(arguments)
    from playwright.sync_api import sync_playwright
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=paper.browser(), args=["--no-sandbox"])
        version, found = browser.version, measured(browser, options.num)
        browser.close()
    print(f"\nIn Chromium {version}, milliseconds: median (min-max)")
    print("\n".join(f"  {name:50}{it.median:.1f} ({it.least:.1f}-{it.most:.1f})" for name, it in found.items()))
    if options.record:
        facts = {"command": "python -m benchmarks.page --record", "machine": f"{cores()} cores, {platform.machine()}",
                 "browser": f"Chromium {version}", "milliseconds": {name: asdict(it) for name, it in found.items()}}
        with atomic_write(RESULTS) as temporary:
            temporary.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
        print(f"Recorded in {RESULTS.name}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
