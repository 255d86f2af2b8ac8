"""A small causal Transformer behind the same contract as the recurrent decoder.

It reads all words of a sentence at once: each position looks at itself and at what stands before it, never behind.
Step by step it keeps the keys and values of the words it has read, so that a word costs one row and not a square.
"""
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from gensq_lib.ground.errors import GensqError
from gensq_lib.models.outputs import output_layer
from gensq_lib.models.parts import TextDecoder
from gensq_lib.text.decoding import State
from gensq_lib.text.vocab import Vocab


class TransformerBlock(nn.Module):
    """Attention to the words before, then a feed-forward layer on each position alone; both are added to what was there.

    Normalised before each half and not after it, which trains without a warm-up trick (Xiong et al. 2020).
    """

    def __init__(self, *, embed_dim: int, hidden_dim: int, num_heads: int, dropout: float):
        super().__init__()
        self.num_heads = num_heads
        self.norm_look, self.norm_think = nn.LayerNorm(embed_dim), nn.LayerNorm(embed_dim)
        self.to_query_key_value = nn.Linear(embed_dim, 3 * embed_dim)
        self.out = nn.Linear(embed_dim, embed_dim)
        self.think = nn.Sequential(nn.Linear(embed_dim, hidden_dim), nn.GELU(), nn.Linear(hidden_dim, embed_dim))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Float[Tensor, "batch time embed"], past: Float[Tensor, "batch two before embed"]
                ) -> tuple[Float[Tensor, "batch time embed"], Float[Tensor, "batch two after embed"]]:
        """x after this block, and the keys and values of all words so far; `past` holds those of earlier steps."""
        query, *new = self.to_query_key_value(self.norm_look(x)).chunk(3, -1)
        known = torch.cat([past.to(query.dtype), torch.stack(new, 1)], 2)
        return self.after_look(x, query, *known.unbind(1), is_causal=x.shape[1] > 1), known

    def after_look(self, x: Float[Tensor, "batch time embed"], query: Float[Tensor, "batch time embed"],
                   key: Float[Tensor, "batch after embed"], value: Float[Tensor, "batch after embed"], **at: Any
                   ) -> Float[Tensor, "batch time embed"]:
        """x with what its queries see, each head by itself, and what it makes of it; `at` says who may look where."""
        query, key, value = (part.unflatten(-1, (self.num_heads, -1)).transpose(1, 2) for part in (query, key, value))
        seen = F.scaled_dot_product_attention(query, key, value, **at)
        x = x + self.dropout(self.out(seen.transpose(1, 2).flatten(2)))
        return x + self.dropout(self.think(self.norm_think(x)))


class TransformerDecoder(TextDecoder):
    """Words and places in, log-probabilities out (Vaswani et al. 2017, the decoder half); the output layer is tied
unless it is adaptive.

    z is added to every position. `hidden_dim` is the width of the feed-forward layers, 4 `embed_dim` unless it is given.
    Sentences longer than `max_length` tokens have no place and are refused. Taught in lesson 05.
    """

    def __init__(self, *, vocab_size: int, embed_dim: int = 128, hidden_dim: int | None = None, latent_dim: int = 0,
                 num_layers: int = 1, num_heads: int = 4, max_length: int = 64, output: str = "full", dropout: float = 0.0):
        super().__init__()
        if embed_dim % num_heads:
            raise GensqError(f"expected embed_dim to be a multiple of num_heads, got {embed_dim} and {num_heads}; "
                             f"try embed_dim={num_heads * max(1, embed_dim // num_heads)}")
        self.max_length = max_length
        self.embed = nn.Embedding(vocab_size, embed_dim, padding_idx=Vocab.PAD)
        self.place = nn.Embedding(max_length, embed_dim)
        self.from_z = nn.Linear(latent_dim, embed_dim, bias=False) if latent_dim else None
        self.blocks = nn.ModuleList(
            TransformerBlock(embed_dim=embed_dim, hidden_dim=hidden_dim or 4 * embed_dim, num_heads=num_heads, dropout=dropout)
            for _ in range(num_layers))
        self.norm = nn.LayerNorm(embed_dim)
        self.to_vocab = output_layer(output, self.embed, tie=output != "adaptive")
        self.start_embeddings()

    def start(self, z: Float[Tensor, "batch latent"] | None, num: int) -> State:
        """Keys and values of the words read so far, none ("batch layers two before embed"), and z."""
        past = self.embed.weight.new_zeros(num, len(self.blocks), 2, 0, self.embed.embedding_dim)
        return past, self.latent(z, num)

    def read(self, tokens: Int[Tensor, "batch time"], state: State) -> tuple[Float[Tensor, "batch time embed"], State]:
        """What the output layer sees at each position, and the state with the keys and values of these words, too."""
        past, z = state
        before, after = past.shape[3], past.shape[3] + tokens.shape[1]
        if after > self.max_length:
            raise GensqError(f"expected at most {self.max_length} tokens, <bos> or <eos> counted, "
                             f"got {after}; build the model with a larger max_length")
        x = self.embed(tokens) + self.place(torch.arange(before, after, device=tokens.device))
        if self.from_z is not None:
            x = x + self.from_z(z)[:, None]
        known = []
        for block, of_block in zip(self.blocks, past.unbind(1), strict=True):
            x, new = block(x, of_block)
            known.append(new)
        return self.norm(x), (torch.stack(known, 1), z)
