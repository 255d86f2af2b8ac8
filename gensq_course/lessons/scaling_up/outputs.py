"""Two exercises of lesson 22 on the output layer: log p of a word by head and tail, and among some drawn words."""
import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_course.checks.exercises import Exact, Inputs, words


def adaptive_log_prob(features: Float[Tensor, "token embed"], targets: Int[Tensor, "token"],
                      head: Float[Tensor, "entry embed"], bias: Float[Tensor, "entry"],
                      down: Float[Tensor, "narrow embed"], up: Float[Tensor, "rare narrow"]) -> Float[Tensor, "token"]:
    """log p of each target, nats: the last entry of the head stands for the tail as a whole (Grave et al. 2017)."""
    frequent = len(head) - 1
    in_head = (features @ head.T + bias).log_softmax(-1)
    in_tail = (features @ down.T @ up.T).log_softmax(-1)
    rare = targets >= frequent
    entry = in_head.gather(1, targets.clamp(max=frequent)[:, None])[:, 0]
    within = in_tail.gather(1, (targets - frequent).clamp(min=0)[:, None])[:, 0]
    return entry + rare * within


ADAPTIVE_SLIPS = {
    "tail alone": ("return entry + rare * within", "return torch.where(rare, within, entry)"),
    "head alone": ("return entry + rare * within", "return entry"),
    "always": ("return entry + rare * within", "return entry + within"),
    "multiplied": ("return entry + rare * within", "return torch.where(rare, entry * within, entry)"),
    "first rare": ("rare = targets >= frequent", "rare = targets > frequent"),
    "no bias": (" + bias)", ")"),
    "tail unnormalised": ("(features @ down.T @ up.T).log_softmax(-1)", "(features @ down.T @ up.T)"),
    "head unnormalised": ("(features @ head.T + bias).log_softmax(-1)", "(features @ head.T + bias)"),
    "head without the tail": ("(features @ head.T + bias).log_softmax(-1)",
                              "torch.cat([(features @ head.T + bias)[:, :-1].log_softmax(-1), torch.zeros(len(features), 1).to("
                              "features)], 1)"),
}


def one_softmax(features, targets, head, bias, down, up):
    """All words in one softmax; the entry of the tail is not used."""
    scores = torch.cat([(features @ head.T + bias)[:, :-1], features @ down.T @ up.T], 1)
    return scores.log_softmax(-1).gather(1, targets[:, None])[:, 0]


def adaptive_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(22)

    def case(tokens: int, embed: int, frequent: int, rare: int, narrow: int) -> Inputs:
        shapes = ((tokens, embed), (frequent + 1, embed), (frequent + 1,), (narrow, embed), (rare, narrow))
        features, head, bias, down, up = (torch.randn(shape, generator=draw) for shape in shapes)
        targets = torch.randint(frequent + rare, (tokens,), generator=draw)
        targets[:3] = torch.tensor([frequent, frequent - 1, frequent + rare - 1])[:tokens]  # first rare, last frequent, last
        return features, targets, head, bias, down, up
    small = (torch.tensor([[1.0, 2.0]]), torch.tensor([2]), torch.tensor([[1.0, 0.0], [0.0, 1.0]]), torch.tensor([0.5, -0.5]),
             torch.tensor([[1.0, 1.0]]), torch.tensor([[0.0], [1.0]]))
    return [small, case(4, 3, 2, 5, 2), case(12, 6, 4, 9, 3)]


def sampled_log_prob(features: Float[Tensor, "token embed"], targets: Int[Tensor, "token"],
                     weight: Float[Tensor, "vocab embed"], frequency: Float[Tensor, "vocab"], drawn: Int[Tensor, "draw"]
                     ) -> Float[Tensor, "token"]:
    """An estimate of log p of each target from words drawn by their frequency (Bengio & Senécal 2008); nats."""
    mine = (features * weight[targets]).sum(-1)
    others = features @ weight[drawn].T - (len(drawn) * frequency[drawn]).log()
    others = others.masked_fill(targets[:, None] == drawn, float("-inf"))
    return mine - torch.cat([mine[:, None], others], -1).logsumexp(-1)


SAMPLED_SLIPS = {
    "no correction": (" - (len(drawn) * frequency[drawn]).log()", ""),
    "correction turned": (" - (len(drawn)", " + (len(drawn)"),
    "frequency alone": ("(len(drawn) * frequency[drawn])", "(frequency[drawn])"),
    "no logarithm": ("(len(drawn) * frequency[drawn]).log()", "(len(drawn) * frequency[drawn])"),
    "counted twice": ('others.masked_fill(targets[:, None] == drawn, float("-inf"))', "others"),
    "not among itself": ("torch.cat([mine[:, None], others], -1)", "others"),
    "target corrected": ("(features * weight[targets]).sum(-1)",
                         "(features * weight[targets]).sum(-1) - (len(drawn) * frequency[targets]).log()"),
    "uniform": ("(len(drawn) * frequency[drawn])", "torch.full(drawn.shape, len(drawn) / len(weight)).to(features)"),
    "each once": ("others = features @ weight", "drawn = drawn.unique()\n    others = features @ weight"),
    "hits left out everywhere": ("targets[:, None] == drawn", "(targets[:, None] == drawn).any(0)"),
}


def over_all_words(features, targets, weight, frequency, drawn):
    """Exact, and as slow as before."""
    return (features @ weight.T).log_softmax(-1).gather(1, targets[:, None])[:, 0]


def sampled_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(23)

    def case(tokens: int, embed: int, vocab: int, num: int) -> Inputs:
        frequency = 1 / torch.arange(1.0, vocab + 1)
        frequency /= frequency.sum()
        drawn = torch.multinomial(frequency, num, replacement=True, generator=draw)
        targets = torch.randint(vocab, (tokens,), generator=draw)
        targets[0] = drawn[0]  # a word drawn that is the target
        drawn[-1] = drawn[-2]  # one that is drawn twice
        return torch.randn(tokens, embed, generator=draw), targets, torch.randn(vocab, embed, generator=draw), frequency, drawn
    small = (torch.tensor([[1.0, 2.0]]), torch.tensor([0]), torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]),
             torch.tensor([0.5, 0.3, 0.2]), torch.tensor([1, 0]))
    return [small, case(3, 2, 6, 4), case(7, 4, 12, 8)]


ADAPTIVE = Exact(**words(__file__, "adaptive_log_prob"), reference=adaptive_log_prob, slips=ADAPTIVE_SLIPS,
                 forms={"one softmax": one_softmax}, cases=adaptive_cases, together=2)
SAMPLED = Exact(**words(__file__, "sampled_log_prob"), reference=sampled_log_prob, slips=SAMPLED_SLIPS,
                forms={"over all words": over_all_words}, cases=sampled_cases, together=2)
