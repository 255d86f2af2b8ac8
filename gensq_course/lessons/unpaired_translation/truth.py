"""What only those know who made a cipher: exact bigrams of the world, and what makes a decipherment easier than it looks."""
from collections.abc import Sequence

import torch

from gensq_course.studies.deciphering import Bench, likeliest
from gensq_course.studies.manners import Sides, world
from gensq_lib.text.ciphers import Unpaired
from gensq_lib.text.vocab import Sentence, Vocab
from gensq_lib.training.deciphering import Bigrams, Key, assignment_key, bigram_counts, bigram_log_p


def exact_bigrams(bench: Bench, digits: int = 9) -> Bigrams:
    """How often each word follows each in a sentence, on average over all sentences; rounded, so that equal is equal."""
    size = len(bench.sides.plain_vocab)
    table, everything = torch.zeros(size, size, dtype=torch.float64), bench.perfect.everything
    for places, batch in everything.batches:
        p = everything.world[places].exp()[:, None].expand(batch.mask.shape)[batch.mask]
        table.index_put_((batch.inputs[batch.mask], batch.targets[batch.mask]), p, accumulate=True)
    return table.round(decimals=digits)


def leaks(sides: Unpaired) -> dict[str, float]:
    """Shares of what is said on the secret side: words spelled as on the plain side; sentences whose plain form stands there."""
    plain = set(sides.plain)
    words = {word for sentence in sides.plain for word in sentence}
    shared = sum(num for word, num in sides.said.items() if word in words)
    both = sum(sides.cipher.decipher(sentence) in plain for sentence in sides.secret)
    return {"shared words": shared / sides.said.total(), "same sentences": both / len(sides.secret)}


def told(bench: Bench, restarts: int = 10) -> Key:
    """The likeliest key of a few restarts that are told which words both sides spell alike."""
    shared = sorted(set(bench.sides.cipher.key) & set(bench.sides.cipher.back))
    vocabs = (bench.sides.secret_vocab, bench.sides.plain_vocab)
    known = torch.tensor([[vocab.encode((word,))[0] for vocab in vocabs] for word in shared], dtype=torch.long).view(-1, 2)
    noise = bench.noise("told")
    return likeliest([assignment_key(bench.counts, bench.log_p, generator=noise, known=known) for _ in range(restarts)], bench)[0]


def unshared(key: Key, bench: Bench) -> float:
    """The share of types right among the words that the two sides spell differently: the others were given."""
    back, found = bench.sides.cipher.back, bench.sides.as_key(key)
    asked = [word for word in bench.sides.said if back[word] != word]
    return sum(found[word] == back[word] for word in asked) / len(asked)


def num_groups(bigrams: Bigrams) -> int:
    """Into how many groups the words fall whose members can change places pair by pair and leave the table as it is."""
    def alike(i: int, j: int) -> bool:
        order = torch.arange(len(bigrams))
        order[[i, j]] = order[[j, i]]
        return torch.equal(bigrams[order][:, order], bigrams)

    words = range(len(Vocab.SPECIALS), len(bigrams))
    return len({next(j for j in words if alike(i, j)) for i in words})


def fluency(said: Sequence[Sentence], data: Sides) -> float:
    """log p of each rewritten sentence by bigrams of the side that was asked for, nats per word or end: a usual stand-in."""
    models = [bigram_log_p(side, data.vocab) for side in data.sides]
    total = length = 0.0
    for words, source in zip(said, data.test, strict=True):
        counts = bigram_counts([words], data.vocab)
        total += (counts * models[1 - data.side_of(source)]).sum().item()
        length += counts.sum().item()
    return total / length


def shared_types(style: str) -> float:
    """Of all word types of the world of manners the share that sentences of both sides have."""
    sides: list[set[str]] = [set(), set()]
    for words, (found, _) in world(style).items():
        sides[found.side].update(words)
    return len(sides[0] & sides[1]) / len(sides[0] | sides[1])
