"""Answers as students give them to the two exercises of lesson 05 that need most thought: attention and beam search."""

from tests.students.bodies import answers_to

attend = answers_to("attend(query, key, value)")
beam_search = answers_to("beam_search(log_p, width, max_length)")

ANSWERS = [
    attend("""
        time, dim = query.shape[-2:]
        scores = query @ key.transpose(-1, -2) / math.sqrt(dim)
        mask = torch.tril(torch.ones(time, time))
        return scores.masked_fill(mask == 0, float("-inf")).softmax(dim=-1) @ value
    """.replace("math.sqrt(dim)", "dim ** 0.5")),
    attend("return torch.nn.functional.scaled_dot_product_attention(query, key, value, is_causal=True)"),
    attend("""
        out = []
        for t in range(query.shape[1]):
            scores = torch.einsum("bd,bsd->bs", query[:, t], key[:, : t + 1]) / query.shape[-1] ** 0.5
            out.append(torch.einsum("bs,bso->bo", torch.softmax(scores, -1), value[:, : t + 1]))
        return torch.stack(out, 1)
    """),
    attend("...", "nothing is written yet", "not attempted", "not written", "still empty"),
    attend("""
        time, dim = query.shape[-2:]
        scores = query @ key.mT / dim ** 0.5
        return scores.softmax(-1) @ value
    """, "no mask: words look ahead", "mask", "ahead"),
    attend("""
        time, dim = query.shape[-2:]
        scores = query @ key.mT
        ahead = torch.ones(time, time).triu(1).bool()
        return scores.masked_fill(ahead, -torch.inf).softmax(-1) @ value
    """, "the division by the root of the size is missing", "root", "divided"),
    attend("""
        time, dim = query.shape[-2:]
        scores = query @ key.mT / dim
        ahead = torch.ones(time, time).triu(1).bool()
        return scores.masked_fill(ahead, -torch.inf).softmax(-1) @ value
    """, "divided by the size, not by its root", "root"),
    attend("""
        time, dim = query.shape[-2:]
        scores = query @ key.mT / dim ** 0.5
        ahead = torch.ones(time, time).triu(0).bool()
        return scores.masked_fill(ahead, -torch.inf).softmax(-1) @ value
    """, "a position may not look at itself: the first row is nan", "itself", "diagonal"),
    attend("""
        time, dim = query.shape[-2:]
        scores = query @ key.mT / dim ** 0.5
        ahead = torch.ones(time, time).tril(-1).bool()
        return scores.masked_fill(ahead, -torch.inf).softmax(-1) @ value
    """, "the mask is turned over: it hides the past", "past", "turned", "hides"),
    attend("""
        time, dim = query.shape[-2:]
        weights = (query @ key.mT / dim ** 0.5).softmax(-1)
        return (weights * torch.ones(time, time).tril()) @ value
    """, "masked after the softmax: the weights do not sum to 1", "after the softmax", "sum to"),
    attend("""
        time, dim = query.shape[-2:]
        scores = query @ key.mT / dim ** 0.5 * torch.ones(time, time).tril()
        return scores.softmax(-1) @ value
    """, "masked scores are 0, not minus infinity", "infinity"),
    attend("""
        time, dim = query.shape[-2:]
        scores = query @ key.mT / dim ** 0.5
        ahead = torch.ones(time, time).triu(1).bool()
        return scores.masked_fill(ahead, -torch.inf).softmax(-2) @ value
    """, "softmax over the wrong axis", "axis", "sum to 1"),
    attend("""
        time, dim = query.shape[-2:]
        scores = query @ key.mT / dim ** 0.5
        ahead = torch.ones(time, time).triu(1).bool()
        return scores.masked_fill(ahead, -torch.inf).softmax(1) @ value
    """, "softmax over axis 1: the batch stands in front", "axis", "sum to 1"),
    attend("""
        time, dim = query.shape[-2:]
        scores = key @ query.mT / dim ** 0.5
        ahead = torch.ones(time, time).triu(1).bool()
        return scores.masked_fill(ahead, -torch.inf).softmax(-1) @ value
    """, "query and key are exchanged", "exchanged"),
    attend("""
        time, dim = query.shape[-2:]
        scores = query @ key.mT / dim ** 0.5
        ahead = torch.ones(time, time).triu(1).bool()
        return scores.masked_fill(ahead, -torch.inf).softmax(-1)
    """, "the weights come back, not the sum of values", "value", "weights"),
    attend("""
        time, dim = query.shape[-2:]
        scores = query @ key.mT / dim ** 0.5
        ahead = torch.ones(time, time).triu(1).bool()
        return scores.masked_fill(ahead, 0) @ value
    """, "no softmax", "softmax"),
    attend("""
        time, dim = query.shape[-2:]
        scores = (query @ key.mT / dim ** 0.5).exp()
        ahead = torch.ones(time, time).triu(1).bool()
        scores = scores.masked_fill(ahead, 0)
        return scores / scores.sum(-1, keepdim=True) @ value
    """, "exp by hand overflows where scores are large", "overflow", "exp of a large", "large number", "nan", "infinity minus"),
    attend("""
        time, dim = query.shape[-2:]
        scores = query @ key.T / dim ** 0.5
        ahead = torch.ones(time, time).triu(1).bool()
        return scores.masked_fill(ahead, -torch.inf).softmax(-1) @ value
    """, ".T turns all axes round, the batch too", "axes", "shapes", ".mT", "fit"),

    beam_search("""
        still, best = [(0.0, 0)], -float("inf")
        for _ in range(max_length):
            longer = [(s + log_p[v, w].item(), w) for s, v in still for w in range(len(log_p))]
            longer = sorted(longer, reverse=True)[:width]
            best = max([best] + [s for s, w in longer if w == 0])
            still = [(s, w) for s, w in longer if w != 0]
        return torch.tensor(best)
    """),
    beam_search("""
        scores, last, best = torch.zeros(1), torch.zeros(1, dtype=torch.long), torch.tensor(-torch.inf)
        for _ in range(max_length):
            longer = (scores[:, None] + log_p[last]).flatten()
            scores, index = longer.topk(min(width, len(longer)))
            last = index % len(log_p)
            if (last == 0).any():
                best = torch.maximum(best, scores[last == 0].max())
            scores, last = scores[last != 0], last[last != 0]
            if not len(scores):
                break
        return best
    """),
    beam_search("""
        beams, finished = [([0], log_p.new_zeros(()))], []
        while beams and len(beams[0][0]) <= max_length:
            candidates = [(words + [w], score + log_p[words[-1], w]) for words, score in beams for w in range(log_p.shape[1])]
            candidates.sort(key=lambda c: float(c[1]), reverse=True)
            beams = candidates[:width]
            finished += [score for words, score in beams if words[-1] == 0]
            beams = [(words, score) for words, score in beams if words[-1] != 0]
        return torch.stack(finished).max() if finished else torch.tensor(float("-inf"))
    """),
    beam_search("...", "nothing is written yet", "not attempted", "not written", "still empty"),
    beam_search("""
        score, last = torch.tensor(0.0), 0
        for _ in range(max_length):
            word = int(log_p[last].argmax())
            score, last = score + log_p[last, word], word
            if word == 0:
                return score
        return torch.tensor(-torch.inf)
    """, "greedy: one beginning only", "whatever the width", "`width` beginnings"),
    beam_search("""
        still, best = [(0.0, 0)], -float("inf")
        for _ in range(max_length):
            longer = []
            for s, v in still:
                each = sorted([(s + log_p[v, w].item(), w) for w in range(len(log_p))], reverse=True)
                longer += each[:width]
            best = max([best] + [s for s, w in longer if w == 0])
            still = [(s, w) for s, w in longer if w != 0]
        return torch.tensor(best)
    """, "the beam grows: width words after each beginning", "each", "grows", "of all together"),
    beam_search("""
        still, best = [(0.0, 0)], -float("inf")
        for _ in range(max_length):
            longer = [(s + log_p[v, w].item(), w) for s, v in still for w in range(len(log_p))]
            best = max([best] + [s for s, w in longer if w == 0])
            still = sorted([(s, w) for s, w in longer if w != 0], reverse=True)[:width]
        return torch.tensor(best)
    """, "finished sentences take no place in the beam", "place", "too wide"),
    beam_search("""
        still, best = [(0.0, 0)], -float("inf")
        for _ in range(max_length):
            longer = [(s + log_p[v, w].item(), w) for s, v in still for w in range(len(log_p))]
            longer = sorted(longer, reverse=True)[:width]
            for s, w in longer:
                if w == 0:
                    return torch.tensor(s)
            still = longer
        return torch.tensor(best)
    """, "stops at the first finished sentence", "first finished"),
    beam_search("""
        still = [(0.0, 0)]
        for _ in range(max_length):
            longer = [(s + log_p[v, w].item(), w) for s, v in still for w in range(len(log_p))]
            longer = sorted(longer, reverse=True)[:width]
            done = [s for s, w in longer if w == 0]
            still = [(s, w) for s, w in longer if w != 0]
        return torch.tensor(max(done, default=-float("inf")))
    """, "sentences that finished earlier are forgotten", "earlier", "forgets"),
    beam_search("""
        still = [(0.0, 0)]
        for _ in range(max_length):
            longer = [(s + log_p[v, w].item(), w) for s, v in still for w in range(len(log_p))]
            still = sorted(longer, reverse=True)[:width]
        return torch.tensor(max(s for s, w in still))
    """, "finished sentences go on, and unfinished ones are compared with them", "finished", "goes on", "ended"),
    beam_search("""
        still, best = [(0.0, 0)], -float("inf")
        for _ in range(max_length):
            longer = [(s + log_p[v, w].item(), w) for s, v in still for w in range(len(log_p))]
            longer = sorted(longer)[:width]
            best = max([best] + [s for s, w in longer if w == 0])
            still = [(s, w) for s, w in longer if w != 0]
        return torch.tensor(best)
    """, "sorted upwards: the least likely are kept", "least likely", "descending"),
    beam_search("""
        still, best = [(1.0, 0)], 0.0
        for _ in range(max_length):
            longer = [(s * log_p[v, w].exp().item(), w) for s, v in still for w in range(len(log_p))]
            longer = sorted(longer, reverse=True)[:width]
            best = max([best] + [s for s, w in longer if w == 0])
            still = [(s, w) for s, w in longer if w != 0]
        return torch.tensor(best)
    """, "the probability comes back, not its logarithm", "logarithm"),
    beam_search("""
        still, best = [(0.0, 0, 0)], -float("inf")
        for _ in range(max_length):
            longer = [(s + log_p[v, w].item(), w, n + 1) for s, v, n in still for w in range(len(log_p))]
            longer = sorted(longer, reverse=True)[:width]
            best = max([best] + [s / n for s, w, n in longer if w == 0])
            still = [one for one in longer if one[1] != 0]
        return torch.tensor(best)
    """, "divided by the number of words", "divided", "number of words"),
    beam_search("""
        still, best = [(0.0, 0)], -float("inf")
        for _ in range(max_length):
            longer = [(s + log_p[w, v].item(), w) for s, v in still for w in range(len(log_p))]
            longer = sorted(longer, reverse=True)[:width]
            best = max([best] + [s for s, w in longer if w == 0])
            still = [(s, w) for s, w in longer if w != 0]
        return torch.tensor(best)
    """, "row and column are exchanged: log_p[v, w] is w after v", "axes exchanged", "row", "exchanged"),
    beam_search("""
        still, best = [(0.0, 0)], -float("inf")
        for _ in range(max_length - 1):
            longer = [(s + log_p[v, w].item(), w) for s, v in still for w in range(len(log_p))]
            longer = sorted(longer, reverse=True)[:width]
            best = max([best] + [s for s, w in longer if w == 0])
            still = [(s, w) for s, w in longer if w != 0]
        return torch.tensor(best)
    """, "one step too few: the end is one of max_length words", "too early", "one of max_length"),
    beam_search("""
        still, best = [(0.0, 0)], -float("inf")
        for _ in range(max_length):
            longer = [(s + log_p[v, w].item(), w) for s, v in still for w in range(1, len(log_p))]
            still = sorted(longer, reverse=True)[:width]
            best = max([best] + [s for s, w in still])
        return torch.tensor(best)
    """, "the end is never chosen nor paid for", "end", "ended"),
]
