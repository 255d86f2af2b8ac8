"""The recorded tables of lesson 23: a masked denoiser beside an LSTM, a Transformer and a VAE, on the same sentences in as many
updates; how many sentences are valid after how many steps, by order; who fills holes how well.
"""
import time

from gensq_course.lessons.masked_diffusion import filling
from gensq_course.lessons.masked_diffusion.village import SIZES, Village, nats, said, trained
from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Study
from gensq_lib.ground import runtime
from gensq_lib.models.masked_diffusion import ORDERS, sampled

SEEDS, UPDATES = range(5), (1_200, 2_400, 4_800)
USUAL = 2_400
NUM_TEST, NUM_SAID, NUM_HOLES = 100, 1_000, 300
STEPS, WIDTHS = (1, 2, 4, 8, 16), (1, 2, 4)


def run(*, seed: int, family: str, updates: int = USUAL, num_test: int = NUM_TEST, num: int = NUM_SAID) -> list[Record]:
    """Nats per test sentence, above the truth on the same ones; the share of valid sentences; seconds of one processor."""
    village, began = Village(seed), time.process_time()
    model = trained(family, village, steps=updates)
    spent = time.process_time() - began
    test = village.part("test", num_test)
    truth = village.log_prob(test)
    log_prob, bound = nats(model, test, seed=seed)
    above = {"nll": (truth - log_prob).mean().item(), "bound": (truth - bound).mean().item()}
    sizes = {"parameters": sum(p.numel() for p in model.parameters()), "spent": spent}
    rows = records({**above, **sizes, "valid": village.valid(said(model, num, seed=seed)), "truth": -truth.mean().item()})
    if updates == USUAL and family == "masked diffusion":
        rows += steps_and_orders(model, village, num) + holes(model, village)
    return rows


def steps_and_orders(model, village: Village, num: int) -> list[Record]:
    """Valid sentences of the denoiser and of the truth that is asked in the same way."""
    return [record for who, denoiser in (("network", model), ("truth", village.truth)) for order in ORDERS for steps in STEPS
            for record in records({"valid_at": village.valid(sampled(
                denoiser, num, steps=steps, order=order, generator=runtime.generator(village.seed, order, steps)))},
                order=order, steps=steps, who=who)]


def holes(model, village: Village) -> list[Record]:
    """Valid sentences after holes of some width are filled, and how far a word is from the exact conditional."""
    rivals = {name: trained(name, village, steps=USUAL) for name in ("LSTM", "Transformer")}
    found, test = [], village.part("test", NUM_HOLES)
    for width in WIDTHS:
        seen = filling.with_holes(test, width, seed=village.seed)
        ways = {"exact conditional": filling.filled(village.truth, seen, seed=village.seed),
                "masked diffusion": filling.filled(model, seen, seed=village.seed),
                "masked diffusion, all at once": filling.filled(model, seen, seed=village.seed, steps=1),
                **{f"{name}, from the left": filling.from_the_left(rival, seen, seed=village.seed)
                   for name, rival in rivals.items()}}
        if width == 1:
            true = filling.at_the_hole(village.truth.log_probs(seen), seen)
            at = {"masked diffusion": filling.at_the_hole(model.log_probs(seen), seen).double(),
                  **{f"{name}, every word tried": filling.by_trying(rival, seen) for name, rival in rivals.items()}}
            ways |= {name: filling.drawn_into(seen, each, seed=village.seed) for name, each in at.items() if name not in ways}
            found += [record for name, each in at.items()
                      for record in records({"divergence": filling.divergence(true, each).mean().item()}, way=name, width=1)]
        found += [record for name, share in filling.shares(village, seen, ways).items()
                  for record in records({"filled": share}, way=name, width=width)]
    return found


STUDY = Study("masked_diffusion", "Does a model that says its words in any order know the language as well as one that says them "
              "from left to right?", [{"seed": seed, "family": family, "updates": updates} for seed in SEEDS for family in SIZES
                                      for updates in UPDATES], run)
