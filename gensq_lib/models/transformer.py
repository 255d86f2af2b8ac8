"""A small causal Transformer language model behind the same two contracts as the recurrent one.

It reads all words of a sentence at once: each position looks at itself and at what stands before it, never behind.
Step by step it keeps the keys and values of the words it has read, so that a word costs one row and not a square.
"""
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from gensq_lib.ground.errors import GensqError
from gensq_lib.models.recurrent import RecurrentDecoder
from gensq_lib.text.batching import Batch
from gensq_lib.text.decoding import State
from gensq_lib.text.vocab import Vocab


class Block(nn.Module):
    """Look at the words before, then think about each position alone; both are added to what was there.

    Normalised before each half and not after it, which trains without a warm-up trick (Xiong et al. 2020).
    """

    def __init__(self, *, embed_dim: int, num_heads: int, dropout: float):
        super().__init__()
        self.num_heads = num_heads
        self.norm_look, self.norm_think = nn.LayerNorm(embed_dim), nn.LayerNorm(embed_dim)
        self.to_query_key_value = nn.Linear(embed_dim, 3 * embed_dim)
        self.out = nn.Linear(embed_dim, embed_dim)
        self.think = nn.Sequential(nn.Linear(embed_dim, 4 * embed_dim), nn.GELU(), nn.Linear(4 * embed_dim, embed_dim))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Float[Tensor, "batch time embed"], past: Float[Tensor, "batch two before embed"]
                ) -> tuple[Float[Tensor, "batch time embed"], Float[Tensor, "batch two after embed"]]:
        """x after this block, and the keys and values of all words so far; `past` holds those of earlier steps."""
        query, *new = self.to_query_key_value(self.norm_look(x)).chunk(3, -1)
        known = torch.cat([past.to(query.dtype), torch.stack(new, 1)], 2)
        query, key, value = (part.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
                             for part in (query, *known.unbind(1)))
        seen = F.scaled_dot_product_attention(query, key, value, is_causal=x.shape[1] > 1)
        x = x + self.dropout(self.out(seen.transpose(1, 2).flatten(2)))
        return x + self.dropout(self.think(self.norm_think(x))), known


class TransformerDecoder(nn.Module):
    """Words and places in, log-probabilities out (Vaswani et al. 2017, the decoder half); the output layer is tied."""

    def __init__(self, *, vocab_size: int, embed_dim: int, num_layers: int, num_heads: int, max_length: int,
                 dropout: float):
        super().__init__()
        if embed_dim % num_heads:
            raise GensqError(f"expected embed_dim to be a multiple of num_heads, got {embed_dim} and {num_heads}; "
                             f"try embed_dim={num_heads * max(1, embed_dim // num_heads)}")
        self.max_length = max_length
        self.embed = nn.Embedding(vocab_size, embed_dim, padding_idx=Vocab.PAD)
        self.place = nn.Embedding(max_length, embed_dim)
        self.blocks = nn.ModuleList(
            Block(embed_dim=embed_dim, num_heads=num_heads, dropout=dropout) for _ in range(num_layers))
        self.norm = nn.LayerNorm(embed_dim)
        self.to_vocab = nn.Linear(embed_dim, vocab_size)
        nn.init.normal_(self.embed.weight, std=embed_dim**-0.5)
        nn.init.normal_(self.place.weight, std=embed_dim**-0.5)
        self.to_vocab.weight = self.embed.weight

    start_from_frequencies = RecurrentDecoder.start_from_frequencies  # the same output layer, the same start

    def forward(self, tokens: Int[Tensor, "batch time"], past: Float[Tensor, "batch layers two before embed"]
                ) -> tuple[Float[Tensor, "batch time embed"], Float[Tensor, "batch layers two after embed"]]:
        """What the output layer reads at each position, and the keys and values of each layer."""
        before = past.shape[3]
        if before + tokens.shape[1] > self.max_length:
            raise GensqError(f"expected at most {self.max_length} tokens, <bos> or <eos> counted, "
                             f"got {before + tokens.shape[1]}; build the model with a larger max_length")
        x = self.embed(tokens) + self.place(torch.arange(before, before + tokens.shape[1], device=tokens.device))
        known = []
        for block, of_block in zip(self.blocks, past.unbind(1), strict=True):
            x, new = block(x, of_block)
            known.append(new)
        return self.norm(x), torch.stack(known, 1)

    def logits(self, hidden: Float[Tensor, "*batch embed"]) -> Float[Tensor, "*batch vocab"]:
        """In fp32 under autocast, too."""
        return self.to_vocab(hidden).float()

    def nothing_read(self, num: int) -> Float[Tensor, "batch layers two none embed"]:
        """The past before the first word."""
        return self.embed.weight.new_zeros(num, len(self.blocks), 2, 0, self.embed.embedding_dim)


class TransformerLanguageModel(nn.Module):
    """p(x), word by word. Sentences longer than `max_length` tokens have no place and are refused."""

    def __init__(self, *, vocab_size: int, embed_dim: int = 128, num_layers: int = 2, num_heads: int = 4,
                 max_length: int = 64, dropout: float = 0.0):
        super().__init__()
        self.decoder = TransformerDecoder(vocab_size=vocab_size, embed_dim=embed_dim, num_layers=num_layers,
                                          num_heads=num_heads, max_length=max_length, dropout=dropout)

    def token_log_likelihood(self, batch: Batch) -> Float[Tensor, "batch time"]:
        """log p(x_t | x_<t), 0 on padding. Nothing looks ahead, so padding behind a sentence changes nothing."""
        hidden, _ = self.decoder(batch.inputs, self.decoder.nothing_read(len(batch)))
        mask = batch.mask
        logits = self.decoder.logits(hidden[mask])
        result = logits.new_zeros(mask.shape)
        result[mask] = -F.cross_entropy(logits, batch.targets[mask], reduction="none")
        return result

    def log_likelihood(self, batch: Batch) -> Float[Tensor, "batch"]:
        """log p(x), nats per sentence, <eos> counted."""
        return self.token_log_likelihood(batch).sum(-1)

    def start(self, z: None, num: int) -> State:
        """Keys and values of the words read so far: none."""
        return (self.decoder.nothing_read(num),)

    def step(self, tokens: Int[Tensor, "batch"], state: State) -> tuple[Float[Tensor, "batch vocab"], State]:
        """log p(next word | state, tokens) and the state after `tokens`."""
        hidden, known = self.decoder(tokens[:, None], state[0])
        return self.decoder.logits(hidden[:, 0]).log_softmax(-1), (known,)
