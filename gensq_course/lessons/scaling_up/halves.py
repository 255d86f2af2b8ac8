"""What bf16 costs: log p of frequent words under an adaptive softmax, and a bound with the same draws and with others."""
import time

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gensq_course.lessons.scaling_up.layers import Encoded, seen
from gensq_lib.ground import runtime
from gensq_lib.maths import objectives
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.models.text_vae import TextVAE
from gensq_lib.text.batching import Batch, in_order

HALF = torch.bfloat16
SAME, OTHER = "bf16, the same draws", "fp32, other draws"
WAYS = {"fp32": (1, False), SAME: (1, True), OTHER: (2, False)}  # which draws, and whether in bf16


def errors_of_the_head(model: LanguageModel, batch: Batch) -> dict[str, Float[Tensor, "token"]]:
    """log p of each target in the head of an adaptive softmax, less the same all in fp32: from features in bf16, in three ways.

    Targets in the tails are left out: torch's layer refuses them in bf16 on some machines.
    """
    layer, (features, targets) = model.decoder.to_vocab, seen(model, batch)
    frequent = targets < layer.cutoffs[0]
    features, targets = features[frequent], targets[frequent]
    right, rounded = layer.log_prob_of(features, targets), features.to(HALF)
    with torch.autocast("cpu", HALF):
        torchs = nn.AdaptiveLogSoftmaxWithLoss.forward(layer, rounded, targets).output
        scores, ours = layer.head(rounded), layer.log_prob_of(rounded, targets)
    careful = scores.float().log_softmax(-1).gather(1, targets[:, None])[:, 0]
    return {f"adaptive, torch's own ({torchs.dtype})": torchs.float() - right,
            "adaptive, scores in bf16, log-softmax in fp32": careful - right,
            f"adaptive, the library's ({ours.dtype})": ours - right}


def bounds(vae: TextVAE, sentences: Encoded, *, num_samples: int, seed: int, device: str
           ) -> tuple[dict[str, Float[Tensor, "sentence"]], dict[str, float]]:
    """The importance-weighted bound of each sentence in each of `WAYS`, nats, and the processor-seconds that it took.

    Each way is warmed up by a few sentences. The sums are in fp32: the output layer and the Gaussian of the library see to it.
    """
    found, took = {}, {}
    for name, (draw, low) in WAYS.items():
        for some in (sentences[:2], sentences):
            began, noise = time.process_time(), runtime.generator(seed, "iwae", draw)
            with torch.autocast(device, HALF, enabled=low):
                found[name] = objectives.evaluate(vae, lambda batch, noise=noise: objectives.iwae(
                    vae, batch, num_samples=num_samples, generator=noise).float(), in_order(some, batch_size=64, device=device))
            took[name] = time.process_time() - began
    return found, took
