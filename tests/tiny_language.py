"""A language of two words and at most three of them: all of its 15 sentences can be listed, with any generator of it."""
import itertools

import torch

from gensq_lib.models.language_model import LanguageModel
from gensq_lib.text.batching import Batch
from gensq_lib.text.vocab import Vocab

LONGEST = 3
WORDS = (4, 5)


def tiny_generator(seed: int = 0) -> LanguageModel:
    """Random weights; it never says <pad>, <bos> or <unk>."""
    torch.manual_seed(seed)
    model = LanguageModel(vocab_size=6, embed_dim=3, hidden_dim=4, decoder="gru").eval()
    with torch.no_grad():
        model.decoder.to_vocab.weight.mul_(3)
        model.decoder.to_vocab.bias[[Vocab.PAD, Vocab.BOS, Vocab.UNK]] = -60.0
    return model


def all_sentences() -> Batch:
    """Finished ones, and those of three words that were cut."""
    rows = [(*words, Vocab.EOS) for n in range(LONGEST) for words in itertools.product(WORDS, repeat=n)]
    rows += itertools.product(WORDS, repeat=LONGEST)
    targets = torch.tensor([[*row, *[Vocab.PAD] * (LONGEST - len(row))] for row in rows])
    inputs = torch.nn.functional.pad(targets, (1, 0), value=Vocab.BOS)[:, :-1]
    return Batch(inputs, targets, torch.tensor([len(row) for row in rows]))


def gradient(value: torch.Tensor, model: LanguageModel) -> torch.Tensor:
    """In all parameters, as one vector."""
    return torch.cat([g.flatten() for g in torch.autograd.grad(value, list(model.parameters()))])
