"""A text VAE of the size that papers train on the Penn Treebank (10,000 words, 42,000 sentences), on a text like it.

Beside it stand its own language model, with which its decoder begins, and three that get as many processor-seconds as both
together: the same language model, and the text VAE as it is mostly copied, with its schedule in steps, as it is copied, and with
that schedule fitted to the time. `--record` keeps the table in docs/results/ptb_size.json, after each row. About three quarters
of an hour of one core. `--again` does what the recorded table lacks: the models of its rows must be in the cache, and their
seconds are those recorded.
"""
import argparse
import json
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import torch

from benchmarks.long._first_draft import FirstDraft, train_first_draft
from gensq_course.lessons.text_vae.recipe import train_live
from gensq_course.report import budget
from gensq_lib import diagnostics
from gensq_lib.ground import runtime
from gensq_lib.ground.errors import expect
from gensq_lib.ground.places import atomic_write, cores
from gensq_lib.maths.objectives import elbo_terms, evaluate, iwae
from gensq_lib.maths.stats import estimate
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.models.parts import LatentModel
from gensq_lib.models.text_vae import cured_vae
from gensq_lib.text import corpora
from gensq_lib.text.batching import in_order
from gensq_lib.text.corpora import Corpus
from gensq_lib.text.corpora.summaries import sentences
from gensq_lib.training.loop import History
from gensq_lib.training.recipes import train_language_model
from gensq_lib.training.sizing import plan_for

RESULTS = Path(__file__).resolve().parents[2] / "docs" / "results" / "ptb_size.json"
SIZES = {"embed_dim": 300, "hidden_dim": 256, "output": "adaptive", "tie": False}
LATENT_DIM, BATCH_SIZE, FREE_BITS = 16, 64, 0.2  # nats per dimension; tried on seed 100
STEPS = {"language model": 4_000, "VAE": 4_000}
LONGER = "language model, trained for as long"  # as the VAE and the language model that it begins with
DRAFTS = {"first draft": False, "first draft, its schedule fitted to the time": True}
FEW, DRAWS = 500, 50  # sentences whose log p(x) is bounded more tightly, and by so many draws
PUBLIC = {"scitldr": "sentences of abstracts", "topical-chat": "turns of chats", "goemotions": "comments of 18 words or more"}


def public_sentences() -> Iterator[str]:
    """About 47,000 of 21 words, from three public sets: as long, and of as many different words, as those of the Treebank."""
    papers, chats = corpora.load_summaries("scitldr"), corpora.load_dialogues("topical-chat")
    for pair in dict.fromkeys(pair.source for part in (papers.train, papers.valid, papers.test) for pair in part):
        yield from (papers.show_source(sentence) for sentence in sentences(pair))
    yield from (chats.show_target(pair.target) for part in (chats.train, chats.valid, chats.test) for pair in part)
    comments = corpora.load_labelled("goemotions").text
    yield from (comments.show(sentence) for part in (comments.train, comments.valid, comments.test) for sentence in part
                if len(sentence) >= 18)


def bounds(model: LatentModel, ids: Sequence[Sequence[int]], seed: int) -> dict:
    """-ELBO, its KL, the information in z and a tighter bound; nats per sentence."""
    noise = runtime.generator(seed, "bounds")
    terms = evaluate(model, lambda batch: torch.stack([(it := elbo_terms(model, batch, num_samples=4, generator=noise)).elbo,
                                                       it.kl.sum(-1)], -1), in_order(ids, batch_size=64))
    some = ids[:FEW]
    tighter = evaluate(model, lambda batch: iwae(model, batch, num_samples=DRAWS, generator=noise), in_order(some, batch_size=64))
    coded = diagnostics.encode(model, in_order(ids))
    told = diagnostics.mutual_information(coded.mean, coded.stddev, generator=noise)
    return {"elbo": terms[:, 0].tolist(), "kl": terms[:, 1].mean().item(), "information": told.lower,
            "active units": diagnostics.active_units(coded.mean), "tighter": tighter.tolist()}


def row(found: dict, tokens: int, yardstick: Sequence[float]) -> dict:
    """Of one model: nats per sentence, perplexity per token, and how far above the yardstick, sentence by sentence.

    The yardstick is log p of the language model that had as much time.
    """
    nats, known = (sign * torch.tensor(each, dtype=torch.double) for sign, each in ((-1, found["elbo"]), (1, yardstick)))
    tight = -torch.tensor(found["tighter"], dtype=torch.double)
    above = {"above": nats + known, "of few, above": (nats + known)[:FEW], "tighter, above": tight + known[:FEW]}
    return {"nats": nats.mean().item(), "error": estimate(nats).error, "perplexity": (nats.sum() / tokens).exp().item(),
            **{name: estimate(each).mean for name, each in above.items()},
            **{f"{name} error": estimate(each).error for name, each in above.items()},
            **{name: found[name] for name in ("kl", "information", "active units") if name in found}}


def looked(history: History) -> dict:
    """How long a model was trained, and after which of these steps its weights are those that are kept."""
    best = min(zip(history["validation"], history["validation_step"], strict=True))[1]
    return {"steps": len(history["step"]), "best after": int(best)}


def measured(text: Corpus, *, seed: int, steps: dict[str, int], free_bits: float, drafts: bool, recorded: dict
             ) -> Iterator[dict]:
    """All of them, on the same test sentences; the table as far as it is there, after each row. What is recorded stays: the
    drafts' rows and all seconds of training.
    """
    train, valid, test = ([text.vocab.encode(sentence) for sentence in part] for part in (text.train, text.valid, text.test))
    plan, key, cpu = plan_for(train, text.vocab), {"corpus": text.fingerprint, "for": "ptb size"}, {}
    common = dict(vocab_size=len(text.vocab), **SIZES, **plan.options)
    known = recorded.get("processor seconds", {})

    def timed(name: str, training: Callable[[], History]) -> dict:
        began = time.process_time()
        told = looked(training())
        cpu[name] = time.process_time() - began
        print(f"{name}: {told}, {cpu[name]:.0f} CPU-seconds", flush=True)
        if name in known:
            expect(cpu[name] < 60, f"expected the recorded {name} in the cache, got none; leave --again out")
            cpu[name] = known[name]
        return told

    def language_model(name: str, num: int) -> tuple[LanguageModel, dict]:
        torch.manual_seed(seed)
        model = LanguageModel(decoder="lstm", **common)
        return model, timed(name, lambda: train_language_model(model, train, valid, steps=num, batch_size=BATCH_SIZE, seed=seed,
                                                               key=key, learning_rate=5e-3, plan=plan))

    begun, told_begun = language_model("language model", steps["language model"])
    torch.manual_seed(seed)
    vae = cured_vae("bag_of_words", latent_dim=LATENT_DIM, share_embedding=True, decoder="lstm", **common)
    told_vae = timed("VAE", lambda: train_live(vae, train, valid, free_bits=free_bits, steps=steps["VAE"], batch_size=BATCH_SIZE,
                                               seed=seed, start=begun, plan=plan, key=key, learning_rate=3e-3))
    together = cpu["language model"] + cpu["VAE"]
    longer, told_longer = language_model(LONGER, round(steps["language model"] * together / cpu["language model"]))

    def exact(model: LanguageModel) -> list[float]:
        return evaluate(model, model.log_likelihood, in_order(test)).tolist()

    tokens, yardstick, kept = sum(len(ids) + 1 for ids in test), exact(longer), recorded.get("rows", {})

    def of_language(log_prob: list[float]) -> dict:
        return row({"elbo": log_prob, "tighter": log_prob[:FEW]}, tokens, yardstick)

    found = {"text": str(text), "plan": str(plan), "processor seconds": cpu, "seed": seed, "steps": steps, "free bits": free_bits,
             "rows": {"language model": of_language(exact(begun)) | told_begun, LONGER: of_language(yardstick) | told_longer,
                      "VAE": row(bounds(vae, test, seed), tokens, yardstick) | told_vae}}
    yield found
    for name, fitted in DRAFTS.items() if drafts else ():
        cpu[name] = known.get(name, together)
        if name not in kept:
            model = FirstDraft(vocab_size=len(text.vocab), latent_dim=LATENT_DIM)
            told = train_first_draft(model, train, valid, seconds=together, seed=seed, fitted=fitted)
            kept[name] = row(bounds(model, test, seed), tokens, yardstick) | told
        found["rows"][name] = kept[name]
        yield found


def table(found: dict) -> list[str]:
    """For people."""
    line = "  {:46}{:>18}{:>12}{:>20}{:>8}{:>10}{:>10}".format
    lines = [found["text"], line("", "nats (bound)", "perplexity", "above the 2nd LM", "KL", "in z", "CPU s")]
    for name, each in found["rows"].items():
        above = f"{each['above']:.2f} ± {each['above error']:.2f}" if "above" in each else ""
        rest = [f"{each[key]:.2f}" if key in each else "" for key in ("kl", "information")]
        lines.append(line(name, f"{each['nats']:.2f} ± {each['error']:.2f}", f"{each['perplexity']:.1f}", above, *rest,
                          f"{found['processor seconds'][name]:,.0f}"))
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="ptb_size", description="A text VAE of the size that papers train on the Treebank.")
    parser.add_argument("--corpus", default="", help="file:PATH, a sentence a line (default: sentences of three public sets)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=0, help="of both models (default: 4,000 at most)")
    parser.add_argument("--free-bits", type=float, default=FREE_BITS)
    parser.add_argument("--no-draft", action="store_true", help="leave the public program's way out")
    parser.add_argument("--again", action="store_true", help="keep what is recorded, and do what it lacks")
    parser.add_argument("--record", action="store_true", help="keep the table in docs/results/ptb_size.json")
    options = parser.parse_args(arguments)
    settings = budget.setup()
    with tempfile.TemporaryDirectory(prefix="gensq-ptb-") as folder:
        if not options.corpus:
            path = Path(folder) / "sentences.txt"
            path.write_text("\n".join(public_sentences()) + "\n", encoding="utf-8")
        text = corpora.load(options.corpus or f"file:{path}", seed=options.seed)
    name, origin = (Path(options.corpus).name, "a reader's file") if options.corpus else (
        "three public sets", ", ".join(f"{what} ({name})" for name, what in PUBLIC.items()))
    text = replace(text, name=name, origin=origin)
    steps = dict.fromkeys(STEPS, options.steps) if options.steps else STEPS
    recorded = json.loads(RESULTS.read_text(encoding="utf-8")) if options.again else {}
    began = time.perf_counter()
    for found in measured(text, seed=options.seed, steps=steps, free_bits=options.free_bits, drafts=not options.no_draft,
                          recorded=recorded):
        if options.record:
            facts = {"command": "python -m benchmarks.long.ptb_size --record", "settings": str(settings),
                     "machine": f"{cores()} cores, {platform.machine()}",
                     "minutes": (time.perf_counter() - began) / 60 + recorded.get("minutes", 0)}
            with atomic_write(RESULTS) as temporary:
                temporary.write_text(json.dumps(facts | found, indent=1) + "\n", encoding="utf-8")
    print("\n".join(table(found)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
