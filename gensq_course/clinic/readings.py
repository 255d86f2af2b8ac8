"""The chart of a run: every reading that the instruments of the clinic can give, as plain numbers."""
import copy
import math
from functools import partial

import torch

from gensq_course.clinic.runs import BATCH_SIZE, PEAK, Run
from gensq_lib import diagnostics
from gensq_lib.cures import MMD
from gensq_lib.ground import runtime
from gensq_lib.maths.objectives import elbo_terms, evaluate, evaluating, iwae
from gensq_lib.text.batching import collate, in_order
from gensq_lib.training import make_optimizer, update

Chart = dict[str, float | list[float]]
THRESHOLDS = (0.001, 0.01, 0.1, 0.5, 1.0)
NUM_IMPORTANCE = 50
POSITIONS = 6  # every sentence has so many tokens


def chart(run: Run) -> Chart:
    """All readings of one run, nats per sentence where nothing else is said."""
    batches = partial(in_order, run.test.encoded)
    q = diagnostics.encode(run.model, batches())
    found = used(run, q, batches) | codes(run, q) | costs(run, batches) | log(run, q, batches) | wiring(run)
    return {name: [round(x, 4) for x in value] if isinstance(value, list) else round(value, 5)
            for name, value in found.items()}


def used(run: Run, q: diagnostics.Posteriors, batches) -> Chart:
    """Is z used, and where?"""
    noise = runtime.generator(run.seed, "clinic", "controls")
    controls = diagnostics.z_controls(run.model, batches, generator=noise)
    gain = diagnostics.z_gain(run.model, batches, generator=noise)[:POSITIONS]
    return {"shuffled_cost": controls.shuffled_cost, "zeroed_cost": controls.zeroed_cost, "gain": gain.tolist(),
            "first_word_share": (gain[0] / gain.sum().clamp_min(0.05)).item()}


def codes(run: Run, q: diagnostics.Posteriors) -> Chart:
    """What the encoder says, of each sentence and of all together."""
    noise = runtime.generator(run.seed, "clinic", "codes")
    each, kl = q.kl.mean(0), q.kl.sum(-1).mean().item()
    information = diagnostics.mutual_information(q.mean, q.stddev, generator=noise)
    aggregate = diagnostics.aggregate_kl(q.mean, q.stddev, generator=noise)
    units = diagnostics.active_units_over(q.mean, THRESHOLDS)
    return {"kl": kl, "kl_each": each.tolist(), "dimensions_used": int((each > 0.1).sum()), "latent_dim": len(each),
            "active_units": units[1], "active_curve": [float(n) for n in units],
            "information_lower": information.lower, "information_upper": information.upper,
            "aggregate_lower": aggregate.lower, "aggregate_upper": aggregate.upper,
            "aggregate_sum": diagnostics.aggregate_kl_per_dimension(q.mean, q.stddev).sum().item()}


def costs(run: Run, batches) -> Chart:
    """What the sentences cost: under the truth, under the tighter bound, under the ELBO."""
    noise = runtime.generator(run.seed, "clinic", "costs")
    tight = evaluate(run.model, lambda b: iwae(run.model, b, num_samples=NUM_IMPORTANCE, generator=noise), batches())
    elbo = evaluate(run.model, lambda b: elbo_terms(run.model, b, num_samples=10, generator=noise).elbo, batches())
    gap = tight.double() - elbo.double()
    long = torch.tensor([len(ids) == max(map(len, run.test.encoded)) for ids in run.test.encoded])
    excess = run.test.log_prob.double() - tight.double()
    return {"exact_nll": -run.test.log_prob.mean().item(), "iwae_nll": -tight.mean().item(), "elbo_nll": -elbo.mean().item(),
            "bound_gap": gap.mean().item(), "excess": excess.mean().item(), "excess_longest": excess[long].mean().item()}


def log(run: Run, q: diagnostics.Posteriors, batches) -> Chart:
    """What the run itself wrote down, and its schedules."""
    recipe, last = run.recipe, run.recipe.steps - 1
    noise = runtime.generator(run.seed, "clinic", "log")
    terms = evaluate(run.model, lambda b: elbo_terms(run.model, b, generator=noise).reconstruction, batches())
    reported = recipe.reported_kl(q.kl.mean(0))
    full = next(i for i in range(recipe.steps) if recipe.beta(i) == recipe.beta(last))
    true = q.kl.sum(-1).mean().item()
    found = {"reported_kl": reported, "kl_over_reported": true / max(reported, 1e-3),
             "reported_nelbo": reported - terms.mean().item(),
             "reported_below_truth": -run.test.log_prob.mean().item() - reported + terms.mean().item(),
             "beta_end": recipe.beta(last), "rate_at_full_beta": max(map(recipe.learning_rate, range(full, last + 1))) / PEAK,
             "share_read": len(recipe.keep(run.train.encoded)) / len(run.train.encoded)}
    price = recipe.price()
    if isinstance(price, MMD):
        found["reported_mmd"] = price.discrepancy(q.sample(generator=noise)[:BATCH_SIZE], 0).item()
    return found


def wiring(run: Run) -> Chart:
    """Do sentences meet only where they should, and does an encoder-only step leave the decoder alone?"""
    by_length = sorted(run.test.encoded[:64], key=len)
    short = [ids for ids in by_length if len(ids) == len(by_length[0])][:8]
    with evaluating(run.model):
        alone = torch.cat([run.model.posterior(collate([ids])).mean for ids in short])
        equals = run.model.posterior(collate(short)).mean
        longer = run.model.posterior(collate([*short, by_length[-1]])).mean[: len(short)]
    return {"moved_by_equals": (equals - alone).abs().max().item(), "moved_by_longer": (longer - alone).abs().max().item(),
            "decoder_moved": decoder_moved(run)}


def decoder_moved(run: Run) -> float:
    """How far log p(x | z) at a fixed z moves in one encoder-only update, at most, on a copy of the model."""
    twin = copy.deepcopy(run.model).train()
    batch = collate(run.test.encoded[:BATCH_SIZE])
    z = torch.randn(1, len(batch), run.recipe.latent_dim, generator=runtime.generator(run.seed, "clinic", "z"))
    before = twin.log_likelihood(batch, z).detach()
    optimizer = make_optimizer(twin, learning_rate=PEAK)
    loss = -elbo_terms(twin, batch, generator=runtime.generator(run.seed, "clinic", "update")).elbo.mean()
    update(loss, optimizer, clip=math.inf, parameters=list(twin.encoder_parameters()))
    return (twin.log_likelihood(batch, z) - before).abs().max().item()
