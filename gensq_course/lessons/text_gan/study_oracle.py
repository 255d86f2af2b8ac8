"""The published setting of SeqGAN: an LSTM with random weights as the truth, 20 words of 5,000, 10,000 sequences to learn from.

The oracle is seeded here, not downloaded, so its numbers are near the published ones, not theirs; its hash is kept. The
question is the one that the first tables left out: what does likelihood reach when only its temperature is lowered?
Steps are fewer than published (`STEPS` of 64 sequences).
"""
import hashlib
from functools import cache

import torch
from jaxtyping import Int
from torch import Tensor

from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Study
from gensq_lib import training
from gensq_lib.ground import runtime
from gensq_lib.ground.errors import GensqError
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.text.batching import Batch
from gensq_lib.text.decoding import sample
from gensq_lib.text.scoring import log_likelihood_at
from gensq_lib.text.vocab import Vocab

WORDS, LENGTH, NUM_TRAIN, BATCH_SIZE = 5_000, 20, 10_000, 64
SIZES = {"vocab_size": WORDS + len(Vocab.SPECIALS), "embed_dim": 32, "hidden_dim": 32, "decoder": "lstm", "tie": False}
STEPS, NUM_JUDGED = 3_000, 1_000
TEMPERATURES = (1.2, 1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4)
SEEDS = range(3)
NEVER = (Vocab.EOS, Vocab.UNK)  # said
DIGEST = "911a09aebfef712e"  # of the oracle's weights


@cache
def oracle() -> LanguageModel:
    """All weights standard normal (Yu et al. 2017), from a seed of ours.

    Their LSTM has one bias and nothing between its state and the output: here the second bias is 0 and the layer in
    between the identity. Left random, that layer alone would press the entropy from 5.9 to 0.6 nats per word.
    """
    model = LanguageModel(**SIZES).eval()
    noise, decoder = runtime.generator("seqgan oracle"), model.decoder
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=noise))
        decoder.to_embed.weight.copy_(torch.eye(SIZES["hidden_dim"]))
        for unused in (decoder.to_embed.bias, decoder.rnn.bias_hh_l0):
            unused.zero_()
    return model


def digest(model: LanguageModel | None = None) -> str:
    """A hash of the oracle's weights: on a version that draws other numbers it is another oracle."""
    state = (model or oracle()).state_dict()
    return hashlib.sha256(b"".join(name.encode() + tensor.numpy().tobytes() for name, tensor in state.items())).hexdigest()[:16]


def draw(model: LanguageModel, *, num: int, temperature: float = 1.0, generator: torch.Generator) -> Batch:
    """Sequences of exactly 20 words; nothing ends them early."""
    return sample(model, num=num, max_length=LENGTH, temperature=temperature, avoid=NEVER, generator=generator).batch()


def nats_per_word(model: LanguageModel, batch: Batch, *, temperature: float = 1.0) -> float:
    """Mean -log p of a word, of the distribution that `draw` draws from."""
    return -log_likelihood_at(model, batch, temperatures=[temperature], avoid=NEVER).mean().item() / LENGTH


def run(*, seed: int) -> list[Record]:
    """Nats per word: the oracle's opinion of the model's samples, never without their entropy and the reverse."""
    if digest() != DIGEST:
        raise GensqError(f"expected the oracle {DIGEST}, got {digest()}: this version of torch draws other numbers; "
                         "the recorded table was made with another oracle")
    at = runtime.generator
    train, test = (draw(oracle(), num=num, generator=at(seed, name))
                   for num, name in ((NUM_TRAIN, "train"), (NUM_JUDGED, "test")))
    torch.manual_seed(seed)
    model = LanguageModel(**SIZES)
    optimizer = training.make_optimizer(model, learning_rate=1e-2)
    step = training.language_model_step(model, optimizer)
    training.fit(step, lambda i: batch_of(train, seed, i), model=model, optimizer=optimizer, steps=STEPS, seed=seed, show="nll")
    found = records({"oracle entropy": nats_per_word(oracle(), test), "model on real": nats_per_word(model, test),
                     "random words": nats_per_word(oracle(), random_words(seed))})
    for temperature in TEMPERATURES:
        said = draw(model, num=NUM_JUDGED, temperature=temperature, generator=at(seed, "said"))
        found += records({"oracle on model": nats_per_word(oracle(), said),
                          "entropy": nats_per_word(model, said, temperature=temperature),
                          "model on real": nats_per_word(model, test, temperature=temperature)}, temperature=temperature)
    return found


def batch_of(train: Batch, seed: int, i: int) -> Batch:
    """Drawn with replacement."""
    return train.select(torch.randint(len(train), (BATCH_SIZE,), generator=runtime.generator(seed, "batch", i)))


def random_words(seed: int) -> Batch:
    """Uniform words: the worst baseline, and defined."""
    words: Int[Tensor, "batch time"] = torch.randint(len(Vocab.SPECIALS), SIZES["vocab_size"], (NUM_JUDGED, LENGTH),
                                                     generator=runtime.generator(seed, "uniform"))
    inputs = torch.nn.functional.pad(words, (1, 0), value=Vocab.BOS)[:, :-1]
    return Batch(inputs, words, torch.full((NUM_JUDGED,), LENGTH))


STUDY = Study("seqgan_oracle", "What does likelihood reach on SeqGAN's synthetic oracle when only the temperature is lowered?",
              [{"seed": seed} for seed in SEEDS], run)
