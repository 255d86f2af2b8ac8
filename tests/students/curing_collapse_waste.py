"""Answers as students give them to the last exercise of lesson 08: runs compared at equal rate."""

from tests.students.bodies import answers_to

wasted_nats = answers_to("wasted_nats(rates, distortions)")

MIX = """\
best = distortions.clone()
n = len(rates)
for i in range(n):
    for a in range(n):
        for b in range(n):
            if rates[a] <= rates[i] <= rates[b] and rates[b] > rates[a]:
                s = (rates[i] - rates[a]) / (rates[b] - rates[a])
                best[i] = min(best[i], distortions[a] + s * (distortions[b] - distortions[a]))
"""
SAME = """\
    for k in range(n):
        if rates[k] == rates[i]:
            best[i] = min(best[i], distortions[k])
"""

ANSWERS = [
    wasted_nats(MIX + SAME + "return distortions - best"),
    wasted_nats("""
        out = []
        points = sorted(zip(rates.tolist(), distortions.tolist()))
        hull = []
        for p in points:
            if hull and hull[-1][0] == p[0]:
                continue
            while len(hull) > 1 and ((hull[-1][0] - hull[-2][0]) * (p[1] - hull[-2][1])
                                     <= (hull[-1][1] - hull[-2][1]) * (p[0] - hull[-2][0])):
                hull.pop()
            hull.append(p)
        for r, d in zip(rates.tolist(), distortions.tolist()):
            below = [h for h in hull if h[0] <= r][-1]
            above = [h for h in hull if h[0] >= r][0]
            t = 0.0 if above[0] == below[0] else (r - below[0]) / (above[0] - below[0])
            out.append(d - (below[1] + t * (above[1] - below[1])))
        return torch.tensor(out)
    """),
    wasted_nats("""
        low, high = rates[None, :, None], rates[None, None, :]
        d1, d2 = distortions[None, :, None], distortions[None, None, :]
        r = rates[:, None, None]
        width = high - low
        s = torch.where(width > 0, (r - low) / width.clamp(min=1e-12), torch.zeros(()))
        mixed = d1 + s * (d2 - d1)
        allowed = (low <= r) & (r <= high)
        return distortions - mixed.masked_fill(~allowed, float("inf")).amin((1, 2))
    """),
    wasted_nats("...", "nothing is written yet", "not attempted", "not written"),
    wasted_nats(MIX + SAME + "return best", "the best mixture itself comes back, not the distance to it", "how far",
                "best mixture"),
    wasted_nats(MIX + SAME + "return best - distortions", "the sign is turned: the waste is 0 or more", "sign"),
    wasted_nats(MIX + SAME + "return (distortions - best) / rates", "divided by the rate", "divided"),
    wasted_nats(MIX + SAME + "return (distortions - best) / distortions", "a share of the distortion, not nats", "divided",
                "share", "relative"),
    wasted_nats(MIX + SAME + "return (distortions - best).mean()", "one mean over all runs: a number for each run is asked",
                "mean", "each run"),
    wasted_nats("return distortions - distortions.min()", "compared with the least distortion, bought at another rate",
                "another rate", "rate"),
    wasted_nats("total = rates + distortions\nreturn total - total.min()", "compared by -ELBO: one price for rate and distortion",
                "-ELBO", "added"),
    wasted_nats("""
        out = []
        for r, d in zip(rates, distortions):
            out.append(d - distortions[rates <= r].min())
        return torch.stack(out)
    """, "no mixtures: only single runs with no more rate", "mixture", "single"),
    wasted_nats("""
        out = []
        for r, d in zip(rates, distortions):
            nearest = (rates - r).abs().argsort()[1:2]
            out.append(d - distortions[nearest].min() if len(nearest) else d * 0)
        return torch.stack(out)
    """, "compared with the nearest other run, at another rate, and not with a mixture", "nearest", "neighbour", "single run"),
    wasted_nats("""
        order = rates.argsort()
        r, d = rates[order], distortions[order]
        out = torch.zeros_like(d)
        for i in range(1, len(r) - 1):
            s = (r[i] - r[i - 1]) / (r[i + 1] - r[i - 1])
            line = d[i - 1] + s * (d[i + 1] - d[i - 1])
            out[order[i]] = (d[i] - line).clamp(min=0)
        return out
    """, "only the two neighbours are mixed, not the best pair", "neighbour", "best pair"),
    wasted_nats("""
        a, b = rates.argmin(), rates.argmax()
        if rates[a] == rates[b]:
            return distortions - distortions.min()
        s = (rates - rates[a]) / (rates[b] - rates[a])
        return distortions - (distortions[a] + s * (distortions[b] - distortions[a]))
    """, "only the runs with least and largest rate are mixed", "least and the largest", "any two"),
    wasted_nats(MIX + "return distortions - best", "runs of the same rate are not held against each other", "same rate",
                "equal rate"),
    wasted_nats(MIX.replace("distortions[a] + s *", "distortions[b] + s *") + "return distortions - best",
                "the line begins at the wrong run", "begin", "share", "wrong end"),
    wasted_nats(MIX.replace("s = (rates[i] - rates[a])", "s = (rates[b] - rates[i])") + SAME + "return distortions - best",
                "the share is of the wrong run: s and 1 - s are exchanged", "exchanged", "share", "wrong run"),
    wasted_nats(MIX.replace("s = (rates[i] - rates[a]) / (rates[b] - rates[a])", "s = 0.5") + SAME + "return distortions - best",
                "always half and half, whatever the rate", "half"),
    wasted_nats(MIX.replace("min(best[i]", "max(best[i]") + "return distortions - best",
                "the worst mixture is taken, not the best", "worst", "largest", "best"),
    wasted_nats(MIX.replace("rates[a] <= rates[i] <= rates[b] and ", "") + "return distortions - best",
                "the lines are drawn beyond their two runs: no mixture reaches these", "beyond", "extrapolat", "between"),
    wasted_nats("""
        out = []
        for i in range(len(rates)):
            others = [j for j in range(len(rates)) if j != i]
            low = [j for j in others if rates[j] <= rates[i]]
            high = [j for j in others if rates[j] >= rates[i]]
            lines = [distortions[a] + (rates[i] - rates[a]) / (rates[b] - rates[a] + 1e-9) * (distortions[b] - distortions[a])
                     for a in low for b in high]
            out.append(distortions[i] - min(lines) if lines else torch.tensor(0.0))
        return torch.stack(out)
    """, "a run is not mixed with itself: on the frontier the result falls below 0", "itself", "below 0", "negative"),
    wasted_nats("""
        best = []
        for r in rates:
            mixes = [s * d1 + (1 - s) * d2 for d1 in distortions for d2 in distortions for s in (0, .25, .5, .75, 1)]
            best.append(min(mixes))
        return distortions - torch.stack(best)
    """, "the rate of the mixture is not looked at: the least distortion of all comes out", "another rate", "rate"),
    wasted_nats("return distortions - (distortions[0] - (rates - rates[0]))",
                "held against the diagonal of the first run's -ELBO, not against mixtures", "-ELBO", "diagonal"),
]
