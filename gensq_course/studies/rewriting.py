"""One network that says a sentence in another style, or language, learnt without a pair: denoising and back-translation.

The network is the model of replies (`Seq2Seq`), its label the style to write in. It learns to mend disturbed
sentences of each style, and to turn its own translations back into what they were made from (Lample et al. 2018).
"""
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from gensq_lib.ground import runtime
from gensq_lib.maths.objectives import evaluating
from gensq_lib.maths.schedules import warmup_cosine
from gensq_lib.models.seq2seq import Seq2Seq
from gensq_lib.text.decoding import greedy
from gensq_lib.text.pairs import PairIds, collate_pairs, collate_prompts
from gensq_lib.text.vocab import Sentence, Vocab
from gensq_lib.training.loop import History, fit
from gensq_lib.training.steps import make_optimizer, set_learning_rate, update

EMBED, HIDDEN, RATE, BATCH, CLIP = 48, 96, 4e-3, 24, 1.0  # sentences of each side in a step
LONG, WARMUP = 1_000, 20  # steps from which on the rate rises, and falls: of long trainings at a steady one some end badly
LONGEST = 30  # tokens of what is said
MADE_ANEW = 4  # steps for which one batch of translations serves: decoding costs more than learning
PAIRS_ALONE = {"denoising": 0.0, "back_from": 1.0}  # a recipe: nothing is learnt but the pairs
BY_DICTIONARY = 0.4  # of the steps: so long a dictionary, if there is one, makes what is translated back
Ids = Sequence[int]
Dictionary = Mapping[int, Ids]  # for each word of a side words of the other side, of which one is said, any as often as another


@dataclass(frozen=True)
class Noise:
    """What is done to a sentence before it must be mended (Lample et al. 2018): words are left out, and wander a little.

    Words of `more` are left out with a chance of their own: those of a style, say, so that only the label tells what stood there.
    """

    leave_out: float = 0.2
    wander: int = 2  # places at most, about
    more: frozenset[int] = frozenset()
    leave_out_more: float = 0.8

    def __call__(self, ids: Ids, rng: np.random.Generator) -> list[int]:
        places = np.arange(len(ids)) + rng.uniform(0, self.wander + 1, len(ids)) * (self.wander > 0)
        chance = {word: self.leave_out_more for word in self.more}
        kept = [ids[i] for i in np.argsort(places, kind="stable") if rng.random() >= chance.get(ids[i], self.leave_out)]
        return kept or list(ids[:1])


NO_NOISE = Noise(0.0, 0)


def network(vocab: Vocab, *, seed: int, copy: bool = False) -> Seq2Seq:
    """Untrained; two labels, the sides. A copy gate is the easy way out: it mends what it sees, and nothing has to be turned."""
    torch.manual_seed(seed)
    return Seq2Seq(vocab_size=len(vocab), label_sizes=[2], embed_dim=EMBED, hidden_dim=HIDDEN, copy=copy)


def said_by(model: Seq2Seq, sources: Sequence[Ids], into: int) -> list[list[int]]:
    """The likeliest word at each step, in the style `into`; of an empty answer <unk>, which nobody takes for right."""
    prompts = collate_prompts(sources, [(into,)] * len(sources))
    with evaluating(model):
        decoded = greedy(model.answering(prompts), num=len(sources), max_length=LONGEST)
    rows = decoded.tokens.tolist()
    words = [row[: row.index(Vocab.EOS)] if Vocab.EOS in row else row for row in rows]
    return [[i for i in row if i != Vocab.PAD] or [Vocab.UNK] for row in words]


def rewritten_by(model: Seq2Seq, sources: Sequence[Sentence], sides: Sequence[int], vocab: Vocab) -> list[Sentence]:
    """Each sentence in the other style; `sides` says in which it is."""
    said: dict[int, list[int]] = {}
    for side in range(2):
        some = [i for i, mine in enumerate(sides) if mine == side]
        if some:
            said |= dict(zip(some, said_by(model, [vocab.encode(sources[i]) for i in some], 1 - side), strict=True))
    return [tuple(vocab.words[i] for i in said[place]) for place in range(len(sources))]


def word_for_word(sentences: Sequence[Ids], dictionary: Dictionary, rng: np.random.Generator) -> list[list[int]]:
    """Each word by one of its own; one without an entry is left out."""
    return [[int(rng.choice(dictionary[word])) for word in ids if word in dictionary] or [Vocab.UNK] for ids in sentences]


def train_rewriter(model: Seq2Seq, sides: Sequence[Sequence[Ids]], *, steps: int, seed: int, noise: Noise = Noise(),
                   denoising: float = 1.0, back_from: float = 0.2, pairs: Sequence[tuple[Ids, Ids]] = (),
                   dictionaries: Sequence[Dictionary] = ()) -> History:
    """Mend disturbed sentences from the start; from this share of the steps on translate back, too (1: never).

    `pairs`, if there are any, are learnt in both directions beside it. With `dictionaries`, one from each side, back-translation
    begins at once, of sentences that were translated by them word for word; from `BY_DICTIONARY` on the model does it itself.
    In a long training the learning rate falls along a cosine.
    """
    model.start_from_frequencies([*sides[0], *sides[1]])
    optimizer, made = make_optimizer(model, learning_rate=RATE), {}
    rate = warmup_cosine(RATE, steps=steps, warmup=min(WARMUP, steps), floor=RATE / 20) if steps > LONG else None
    back_from = 0.0 if dictionaries else back_from
    forms = [(first, second, (1,)) for first, second in pairs] + [(second, first, (0,)) for first, second in pairs]

    def step(next_batch, i):
        set_learning_rate(optimizer, rate, i)
        rng = np.random.default_rng(runtime.generator(seed, "rewriter", i).initial_seed())
        drawn = [[side[j] for j in rng.integers(len(side), size=BATCH)] for side in sides]
        examples: list[PairIds] = []
        if denoising:
            examples += [(noise(ids, rng), ids, (side,)) for side, some in enumerate(drawn) for ids in some]
        if forms:
            examples += [forms[j] for j in rng.integers(len(forms), size=BATCH)]
        if i >= back_from * steps:
            if i % MADE_ANEW == 0 or not made:
                made["pairs"] = [(said, ids, (side,)) for side, some in enumerate(drawn) for said, ids in zip(
                    word_for_word(some, dictionaries[side], rng) if dictionaries and i < BY_DICTIONARY * steps
                    else said_by(model, some, 1 - side), some, strict=True)]
            examples += made["pairs"]
            model.train()
        loss = -model.log_likelihood(collate_pairs(examples)).mean()
        update(loss, optimizer, clip=CLIP)
        return {"loss": loss.item()}

    return fit(step, lambda i: None, model=model, optimizer=optimizer, steps=steps, seed=seed, name="rewriter")
