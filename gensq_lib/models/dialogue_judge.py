"""A judge of replies that reads as it goes: one logit after each word, given the prompt and the labels.

Causal, so that a word is judged by what stands before it and a reward can be paid word by word. It is told which words of the
reply stand in the prompt: whether a name was copied right is hard to see for a network that must first learn to compare.
"""
from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gensq_lib.models.parts import attention
from gensq_lib.models.recurrent import make_rnn
from gensq_lib.models.seq2seq import PromptEncoder
from gensq_lib.text.pairs import PairBatch
from gensq_lib.text.vocab import Vocab


class DialogueJudge(nn.Module):
    """Log-odds that a beginning of a reply is a person's (Li et al. 2017 judge the whole reply; here every prefix)."""

    def __init__(self, *, vocab_size: int, label_sizes: Sequence[int] = (), embed_dim: int = 32, hidden_dim: int = 64,
                 dropout: float = 0.2, sees_copies: bool = True):
        super().__init__()
        self.sees_copies = sees_copies
        self.embed = nn.Embedding(vocab_size, embed_dim, padding_idx=Vocab.PAD)
        self.encoder = PromptEncoder(embed=self.embed, hidden_dim=hidden_dim, label_sizes=label_sizes)
        self.to_start = nn.Linear(hidden_dim + self.encoder.labels_dim, hidden_dim)
        self.rnn = make_rnn("gru", embed_dim + 1, hidden_dim, 1)
        self.to_query = nn.Linear(hidden_dim, hidden_dim, bias=False)
        self.to_logit = nn.Linear(2 * hidden_dim, 1)
        self.dropout = nn.Dropout(dropout)

    def prefix_logits(self, batch: PairBatch) -> Float[Tensor, "batch time"]:
        """After each word of the reply (<eos> is the last); 0 on padding."""
        read = self.encoder(batch.prompts)
        copied = batch.in_prompt.float()[..., None] * self.sees_copies
        inputs = torch.cat([self.dropout(self.embed(batch.targets)), copied], -1)
        start = self.to_start(torch.cat([read.summary, read.labels], -1)).tanh()
        hidden = self.rnn(inputs, start[None])[0]
        seen, _ = attention(self.to_query(hidden), read.memory, batch.prompts.mask)
        return self.to_logit(self.dropout(torch.cat([hidden, seen], -1))).squeeze(-1).masked_fill(~batch.mask, 0.0)

    def logits(self, batch: PairBatch) -> Float[Tensor, "batch"]:
        """Of the whole reply: the logit after its last token."""
        return self.prefix_logits(batch).gather(1, batch.lengths[:, None] - 1).squeeze(1)
