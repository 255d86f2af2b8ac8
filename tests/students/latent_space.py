"""Answers as students give them to the exercises of lesson 09."""

from tests.students.bodies import answers_to

table_information = answers_to("table_information(counts)")
turned = answers_to("turned(a, b, t)")
direction = answers_to("direction(codes, labels, source, target)")

ANSWERS = [
    table_information("""
        p = counts / counts.sum()
        return (p * (p / (p.sum(1, keepdim=True) * p.sum(0, keepdim=True))).log()).sum()
    """),
    table_information("""
        import math
        n = counts.sum().item()
        rows, columns = counts.sum(1).tolist(), counts.sum(0).tolist()
        total = 0.0
        for i, row in enumerate(counts.tolist()):
            for j, c in enumerate(row):
                total += c / n * math.log(c * n / (rows[i] * columns[j]))
        return torch.tensor(total)
    """),
    table_information("""
        from torch.distributions import Categorical
        return (Categorical(counts.sum(1)).entropy() + Categorical(counts.sum(0)).entropy()
                - Categorical(counts.flatten()).entropy())
    """),
    table_information("""
        joint = counts.double() / counts.double().sum()
        apart = torch.outer(joint.sum(1), joint.sum(0))
        return torch.nn.functional.kl_div(apart.log(), joint, reduction="sum")
    """),
    table_information("...", "nothing is written yet", "not attempted", "not written", "still empty"),
    table_information("""
        p = counts / counts.sum()
        return (p * (p / torch.outer(p.sum(1), p.sum(0))).log2()).sum()
    """, "bits, not nats: log2", "bits", "log2", "base", "nats"),
    table_information("""
        return (counts * (counts / torch.outer(counts.sum(1), counts.sum(0))).log()).sum()
    """, "counts are used as if they were shares", "shares", "counts", "divide", "normalis"),
    table_information("""
        p = counts / counts.sum()
        return -(p * p.log()).sum()
    """, "the joint entropy, not the information", "entropy"),
    table_information("""
        p = counts / counts.sum()
        return ((p / torch.outer(p.sum(1), p.sum(0))).log()).sum()
    """, "the weights p_ij before the logarithm are missing", "weight", "p_ij"),
    table_information("""
        p = counts / counts.sum()
        return ((p / torch.outer(p.sum(1), p.sum(0))).log()).mean()
    """, "every cell weighs the same: the weights p_ij are missing", "weight", "p_ij", "every cell", "mean"),
    table_information("""
        p = counts / counts.sum()
        q = torch.outer(p.sum(1), p.sum(0))
        return (q * (p / q).log()).sum()
    """, "weighted with the product of the margins, not with the joint shares", "weight", "product of", "joint", "independent"),
    table_information("""
        p = counts / counts.sum()
        q = torch.outer(p.sum(1), p.sum(0))
        return (p * (q / p).log()).sum()
    """, "the quotient is upside down: the sign is turned", "sign", "upside", "negative"),
    table_information("""
        p = counts / counts.sum(1, keepdim=True)
        return (p * (p / torch.outer(p.sum(1), p.sum(0))).log()).sum()
    """, "each row is divided by its own sum: these are conditional shares, not joint ones", "conditional", "own sum", "each row",
        "joint"),
    table_information("""
        p = counts / counts.sum()
        return (p * (p / (p.sum(0) * p.sum(1))).log()).sum()
    """, "keepdim is missing: the two margins do not form a table", "keepdim", "outer", "broadcast", "table"),
    table_information("""
        p = counts / counts.sum()
        return (p * (p / p.sum(1, keepdim=True)).log()).sum()
    """, "only the share of the row: minus the conditional entropy", "column", "conditional", "entropy", "p_·j", "margin"),
    table_information("""
        p = counts / counts.sum()
        return (p * (p / torch.outer(p.sum(1), p.sum(0))).log()).sum(1)
    """, "one number for each row: the sum goes over the whole table", "each row", "whole table", "one number"),
    table_information("""
        p = counts / counts.sum()
        return (p * (p / torch.outer(p.sum(1), p.sum(0))).log()).abs().sum()
    """, "absolute values: negative terms must stay negative", "absolute", "negative"),
    table_information("""
        p = counts / counts.sum()
        q = torch.outer(p.sum(1), p.sum(0))
        return counts.sum() * ((p - q) ** 2 / q).sum()
    """, "Pearson's χ², not the information", "χ²", "chi"),
    table_information("""
        p = counts / counts.sum()
        i = (p * (p / torch.outer(p.sum(1), p.sum(0))).log()).sum()
        return i / -(p.sum(0) * p.sum(0).log()).sum()
    """, "divided by the entropy of the column: a share, not nats", "entropy", "normalis", "divided", "nats"),
    table_information("""
        p = counts / counts.sum()
        q = p.sum(1, keepdim=True) + p.sum(0, keepdim=True)
        return (p * (p / q).log()).sum()
    """, "the margins are added, they should be multiplied", "added", "product", "multipl"),
    table_information("""
        p = counts / counts.sum()
        return (p * ((p + 0.01) / torch.outer(p.sum(1), p.sum(0))).log()).sum()
    """, "an epsilon of 0.01 in the logarithm shifts every term", "epsilon", "0.01", "shift"),
    table_information("""
        p = counts / counts.sum()
        return (p.sum(1) * p.sum(1).log()).sum() + (p.sum(0) * p.sum(0).log()).sum() - (p * p.log()).sum()
    """, "the sign: H(row) + H(column) - H(both) with the signs of all three turned", "sign", "negative", "upside down"),

    turned("""
        angle = torch.acos((a @ b / (a.norm() * b.norm())).clamp(-1, 1))
        return (torch.sin((1 - t) * angle) * a + torch.sin(t * angle) * b) / torch.sin(angle)
    """),
    turned("""
        import torch.nn.functional as F
        cos = F.cosine_similarity(a, b, dim=0)
        w = torch.arccos(cos)
        if w.sin() < 1e-6:
            return (1 - t) * a + t * b
        return a * (w * (1 - t)).sin() / w.sin() + b * (w * t).sin() / w.sin()
    """),
    turned("""
        import math
        dot = sum(x * y for x, y in zip(a.tolist(), b.tolist()))
        lengths = math.sqrt(sum(x * x for x in a.tolist())) * math.sqrt(sum(y * y for y in b.tolist()))
        w = math.acos(max(-1.0, min(1.0, dot / lengths)))
        return (math.sin((1 - t) * w) * a + math.sin(t * w) * b) / math.sin(w)
    """),
    turned("...", "nothing is written yet", "not attempted", "not written", "still empty"),
    turned("return (1 - t) * a + t * b", "the straight line", "straight", "line"),
    turned("""
        line = (1 - t) * a + t * b
        return line * a.norm() / line.norm()
    """, "the straight line, drawn out to the sphere: the right path, but not at an even pace", "pace", "straight", "line",
        "share of the angle",
        "speed"),
    turned("""
        w = torch.acos(a @ b / (a.norm() * b.norm()))
        return (torch.sin(t * w) * a + torch.sin((1 - t) * w) * b) / torch.sin(w)
    """, "t and 1 - t are exchanged: it begins at b", "exchanged", "begin", "t = 0", "swap", "turned round"),
    turned("""
        w = torch.acos(a @ b)
        return (torch.sin((1 - t) * w) * a + torch.sin(t * w) * b) / torch.sin(w)
    """, "the angle without the lengths: only right for vectors of length 1", "length", "norm", "cosine"),
    turned("""
        w = torch.acos((a @ b).clamp(-1, 1))
        return (torch.sin((1 - t) * w) * a + torch.sin(t * w) * b) / torch.sin(w)
    """, "the angle without the lengths, and clamp hides it", "length", "norm", "cosine"),
    turned("""
        w = torch.acos(a @ b / (a.norm() * b.norm()))
        return torch.sin((1 - t) * w) * a + torch.sin(t * w) * b
    """, "the division by sin ω is missing", "sin ω", "divid", "sin(ω)", "sin(angle)"),
    turned("""
        w = torch.acos(a @ b / (a.norm() * b.norm()))
        return (torch.sin((1 - t) * w) * a + torch.sin(t * w) * b) / w
    """, "divided by the angle, not by its sine", "sin ω", "sine", "divid", "sin(ω)"),
    turned("""
        w = torch.acos(a @ b / (a.norm() * b.norm()))
        return (torch.cos((1 - t) * w) * a + torch.cos(t * w) * b) / torch.cos(w)
    """, "cosine in place of sine", "cos", "sine"),
    turned("""
        w = torch.rad2deg(torch.acos(a @ b / (a.norm() * b.norm())))
        return (torch.sin((1 - t) * w) * a + torch.sin(t * w) * b) / torch.sin(w)
    """, "the angle is in degrees, sin wants radians", "degree", "radian"),
    turned("""
        w = a @ b / (a.norm() * b.norm())
        return (torch.sin((1 - t) * w) * a + torch.sin(t * w) * b) / torch.sin(w)
    """, "the cosine is used as the angle: acos is missing", "acos", "cosine", "arccos", "angle"),
    turned("""
        a, b = a / a.norm(), b / b.norm()
        w = torch.acos(a @ b)
        return (torch.sin((1 - t) * w) * a + torch.sin(t * w) * b) / torch.sin(w)
    """, "the ends were made unit vectors: the result has lost their length", "length", "unit"),
    turned("return (1 - t) ** 0.5 * a + t ** 0.5 * b",
        "roots as weights: keeps the length only at a right angle, and the pace is another",
           "root", "right angle", "angle"),
    turned("""
        import math
        return math.cos(t * math.pi / 2) * a + math.sin(t * math.pi / 2) * b
    """, "the angle is taken to be a right one", "right angle", "angle", "π/2", "90"),
    turned("""
        w = torch.acos(a @ b / (a.norm() * b.norm()))
        return (torch.sin(1 - t) * w * a + torch.sin(t) * w * b) / torch.sin(w)
    """, "the angle stands outside the sine (and t is a float: torch.sin wants a tensor)", "tensor", "float", "inside", "sine"),
    turned("""
        w = torch.acos(a @ b / a.norm() ** 2 / b.norm() ** 2)
        return (torch.sin((1 - t) * w) * a + torch.sin(t * w) * b) / torch.sin(w)
    """, "divided by the squared lengths", "length", "squar", "norm"),
    turned("""
        w = torch.acos(a @ b / (a.norm() * b.norm()))
        return (torch.sin((1 - t) * w) * a + torch.sin(t * w) * b).norm() / torch.sin(w)
    """, "the length of the vector, not the vector", "vector", "length"),
    turned("""
        w = torch.acos((a @ b).abs() / (a.norm() * b.norm()))
        return (torch.sin((1 - t) * w) * a + torch.sin(t * w) * b) / torch.sin(w)
    """, "the absolute value makes a blunt angle a sharp one", "absolute", "obtuse", "blunt", "90", "angle"),

    direction("return codes[labels == target].mean(0) - codes[labels == source].mean(0)"),
    direction("""
        sums, numbers = {source: 0, target: 0}, {source: 0, target: 0}
        for code, label in zip(codes, labels.tolist()):
            if label in sums:
                sums[label] = sums[label] + code
                numbers[label] += 1
        return sums[target] / numbers[target] - sums[source] / numbers[source]
    """),
    direction("""
        is_source, is_target = (labels == source).to(codes), (labels == target).to(codes)
        weights = is_target / is_target.sum() - is_source / is_source.sum()
        return torch.einsum("n,nd->d", weights, codes)
    """),
    direction("...", "nothing is written yet", "not attempted", "not written", "still empty"),
    direction("return codes[labels == source].mean(0) - codes[labels == target].mean(0)",
        "the sign: it leads from target to source",
              "sign", "from target", "wrong way", "backwards", "target to", "source - target"),
    direction("return codes[labels == target].sum(0) - codes[labels == source].sum(0)",
        "sums, not means: the larger group weighs more",
              "sum", "mean"),
    direction("return codes[labels == target].mean() - codes[labels == source].mean()",
        "one number: the mean over the dimensions too", "dimension", "vector"),
    direction("return codes[labels == target].mean(1) - codes[labels == source].mean(1)",
        "the mean over the dimensions, not over the sentences",
              "axis", "over the sentences"),
    direction("return codes[labels == target].mean(0) - codes[labels != target].mean(0)",
              "all the rest instead of the source", "source", "rest", "others"),
    direction("return codes[labels == target].mean(0) - codes.mean(0)",
        "from the mean of all sentences, not from that of the source",
              "all sentences", "source", "mean of all"),
    direction("return codes[labels == target].mean(0)", "only the mean of the target: nothing is taken off", "source",
        "difference", "subtract",
              "taken off"),
    direction("""
        d = codes[labels == target].mean(0) - codes[labels == source].mean(0)
        return d / d.norm()
    """, "made a unit vector: it no longer leads from mean to mean", "unit", "length", "norm"),
    direction("return codes[labels == 1].mean(0) - codes[labels == 0].mean(0)",
        "source and target are not used: always from 0 to 1",
              "source and target", "0 and 1", "not used", "ignor", "other labels"),
    direction("return codes[target] - codes[source]", "two single sentences: labels are not used", "labels", "single", "index",
        "sentence number"),
    direction("return (codes[labels == target] - codes[labels == source]).mean(0)",
              "sentences are subtracted in pairs: the groups have different sizes", "pair", "as many", "different sizes"),
    direction("return codes[labels == target].median(0).values - codes[labels == source].median(0).values",
        "the median, not the mean",
              "median", "mean"),
    direction("return (codes[labels == target].mean(0) - codes[labels == source].mean(0)) / 2", "half of the way", "half",
        "twice", "2"),
    direction("""
        n = len(codes)
        return codes[labels == target].sum(0) / n - codes[labels == source].sum(0) / n
    """, "divided by the number of all sentences, not by that of each group", "all sentences", "own number", "each group",
        "divid"),
    direction("""
        first = (labels == target).nonzero()[0, 0]
        second = (labels == source).nonzero()[0, 0]
        return codes[first] - codes[second]
    """, "only the first sentence of each group", "first", "single", "one sentence"),
    direction("""
        return (codes[labels == target].mean(0) - codes[labels == source].mean(0)).tolist()
    """, "a list, not a tensor", "list", "tensor"),
    direction("return (codes[labels == target].mean(0) + codes[labels == source].mean(0)) / 2",
        "the middle of both, not the difference",
              "middle", "difference", "sum"),
]
