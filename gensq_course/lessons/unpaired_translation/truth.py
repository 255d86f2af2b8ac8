"""What only those know who made a cipher: exact bigrams of the world, and what makes a decipherment easier than it looks."""
import torch

from gensq_course.studies.deciphering import Bench, likeliest
from gensq_lib.text.ciphers import Unpaired
from gensq_lib.training.deciphering import Bigrams, Key, assignment_key


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
