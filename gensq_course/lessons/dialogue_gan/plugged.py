"""The copying model of the lesson with somebody else's attention and copying in it: a student's, say."""
from collections.abc import Callable

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn.functional import pad

from gensq_lib.models.parts import NEVER, beside_each
from gensq_lib.models.seq2seq import Answering, Seq2Seq
from gensq_lib.text.decoding import State
from gensq_lib.text.pairs import Prompts


class Plugged(nn.Module):
    """A model that answers with the weights of a trained one, and with these two functions in place of its own."""

    def __init__(self, model: Seq2Seq, attended: Callable[..., Tensor], with_copies: Callable[..., Tensor]):
        """`attended(query, memory, mask)` gives the context, `with_copies(gate, own, weights, prompt)` probabilities of words."""
        super().__init__()
        self.model, self.attended, self.with_copies = model, attended, with_copies
        self.train(model.training)  # or whoever brings this back to the mode in which it was would switch dropout on in the model

    def answering(self, prompts: Prompts) -> Answering:
        """The decoder of replies to these prompts."""
        return Answering(self, prompts)

    def start(self, prompts: Prompts, z: None = None) -> State:
        """As the model begins."""
        return self.model.start(prompts, z)

    def step(self, tokens: Int[Tensor, "batch"], state: State) -> tuple[Float[Tensor, "batch vocab"], State]:
        """log p(next word), by the model's layers and these functions, and the state after `tokens`."""
        hidden, beside, memory, prompt, mask = state
        model, hidden = self.model, hidden[None].contiguous()
        after = model.rnn(beside_each(model.embed(tokens[:, None]), beside), hidden)[0][:, 0]
        seen, weights = self._looked(model.to_query(after), memory, mask)
        features = torch.cat([after, seen], -1)
        gate, own = model.to_gate(features).squeeze(-1).sigmoid(), model.logits(features).softmax(-1)
        return self.with_copies(gate, own, weights, prompt).clamp(min=NEVER).log(), (after, beside, memory, prompt, mask)

    def _looked(self, query: Float[Tensor, "batch hidden"], memory: Float[Tensor, "batch time hidden"],
                mask: Bool[Tensor, "batch time"]) -> tuple[Float[Tensor, "batch hidden"], Float[Tensor, "batch time"]]:
        """The context, and the weights behind it.

        The function hands out the context alone. So a one-hot vector of its place stands behind each vector of the memory, where
        the query is 0: no score changes, and the mean of these vectors is the weights. The query is stretched because the
        scores are divided by the root of a size that has grown.
        """
        time, hidden = memory.shape[1:]
        places = torch.eye(time, dtype=memory.dtype, device=memory.device).expand(len(memory), -1, -1)
        stretched = pad(query * ((hidden + time) / hidden) ** 0.5, (0, time))
        return self.attended(stretched, torch.cat([memory, places], -1), mask).split([hidden, time], -1)
