"""Experiments on data: who has seen what, what a model is asked, and what gives the answer away."""
import math
import random
from collections import Counter
from collections.abc import Callable, Hashable

import torch
from torch.utils.data import DataLoader

from gensq_course.lessons.tutorial_autopsy.experiments import Found
from gensq_lib.diagnostics import length_judge
from gensq_lib.text import corpora
from gensq_lib.text.vocab import Sentence

START, END = "<bos>", "<eos>"


def not_shifted(num: int = 2000) -> Found:
    """Nats per sentence *below* the exact −log p of the same 200 village sentences: no honest model can be below.

    The model counts which word follows what it reads; in the wrong version it reads the word that it is asked for.
    """
    village = corpora.load("village", num_train=num)
    test = village.test[:200]
    exact = -sum(map(village.grammar.log_prob, test))

    def nll(shift: int) -> float:
        def read(sentence):
            return ([START] * shift + [*sentence, END])
        pairs = Counter(pair for s in village.train for pair in zip(read(s), [*s, END]))
        seen = Counter(word for s in village.train for word, _ in zip(read(s), [*s, END]))
        return -sum(math.log((pairs[pair] + 0.01) / (seen[pair[0]] + 0.01 * len(village.vocab)))
                    for s in test for pair in zip(read(s), [*s, END]))
    return Found((exact - nll(0)) / len(test), (exact - nll(1)) / len(test))


def padding_counts(num: int = 64, nats: float = 2.0) -> Found:
    """What is reported as nats per word, for a model that needs `nats` for every word and none for padding."""
    lengths = torch.tensor([len(s) + 1 for s in corpora.load("village", num_train=100).test[:num]])
    real = torch.arange(int(lengths.max())) < lengths[:, None]
    each = nats * real
    return Found((each.sum() / each.numel()).item(), (each.sum() / real.sum()).item())


def same_batch(num: int = 1000, batch: int = 32) -> Found:
    """Share of the examples that an epoch reads."""
    rows = torch.arange(num)
    sliced = [rows[:batch] for _ in range(batch)]
    loaded = DataLoader(rows, batch_size=batch, shuffle=True, generator=torch.Generator().manual_seed(0))
    return Found(*(len(torch.cat([*batches]).unique()) / num for batches in (sliced, loaded)))


def no_duplicates(num: int = 20_000, words: int = 100) -> Found:
    """Distance (total variation) of what is left from the truth, where word k has a probability proportional to 1/k."""
    truth = 1 / torch.arange(1, words + 1)
    truth = truth / truth.sum()
    drawn = torch.multinomial(truth, num, replacement=True, generator=torch.Generator().manual_seed(0))
    def distance(kept):
        return ((torch.bincount(kept, minlength=words) / len(kept) - truth).abs().sum().item() / 2)
    return Found(distance(drawn.unique()), distance(drawn))


def split_by_line(prompts: int = 200, replies: int = 5) -> Found:
    """Share of the test prompts that stand in the training part, too."""
    lines = [(prompt, reply) for prompt in range(prompts) for reply in range(replies)]

    def shared(key: Callable[[tuple[int, int]], Hashable]) -> float:
        """Where all lines with the same key stay on one side."""
        keys = sorted(set(map(key, lines)))
        kept = set(random.Random(0).sample(keys, 9 * len(keys) // 10))
        train, test = ({line[0] for line in lines if (key(line) in kept) == side} for side in (True, False))
        return len(train & test) / len(test)
    return Found(shared(lambda line: line), shared(lambda line: line[0]))


def length_gives_away(num: int = 1000, longest: int = 20) -> Found:
    """Accuracy of the best judge that sees nothing but the length; the fakes are *true* sentences, so .5 is right."""
    sentences: list[Sentence] = corpora.load("village", num_train=100).test
    real, fake = (torch.tensor([len(s) for s in part]) for part in (sentences[:num], sentences[num:2 * num]))
    return Found(length_judge(real, torch.full_like(fake, longest)), length_judge(real, fake))
