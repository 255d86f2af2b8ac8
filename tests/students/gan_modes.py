"""Answers as students give them to the exercises of lesson 14."""

from tests.students.bodies import answers_to

gradient_penalty = answers_to("gradient_penalty(critic, real, fake, alpha)")
mode_shares = answers_to("mode_shares(x, centres, radius)")
diagnoses = answers_to("diagnoses()")

ANSWERS = [
    gradient_penalty("""
        share = alpha.view(-1, *[1] * (real.dim() - 1))
        mixed = (share * real + (1 - share) * fake).detach().requires_grad_()
        slope, = torch.autograd.grad(critic(mixed).sum(), mixed, create_graph=True)
        return (slope.flatten(1).norm(dim=1) - 1) ** 2
    """),
    gradient_penalty("""
        a = alpha.reshape((len(real),) + (1,) * (real.ndim - 1))
        x = (a * real + (1 - a) * fake).requires_grad_(True)
        out = critic(x)
        g = torch.autograd.grad(out, x, grad_outputs=torch.ones_like(out), create_graph=True, retain_graph=True)[0]
        return (g.pow(2).reshape(len(g), -1).sum(1).sqrt() - 1).pow(2)
    """),
    gradient_penalty("""
        out = []
        for r, f, a in zip(real, fake, alpha):
            x = (a * r + (1 - a) * f).detach()[None].requires_grad_(True)
            g = torch.autograd.grad(critic(x).sum(), x, create_graph=True)[0]
            out.append((g.norm() - 1) ** 2)
        return torch.stack(out)
    """),
    gradient_penalty("...", "nothing is written yet", "not attempted", "not written", "still empty"),
    gradient_penalty("""
        a = alpha.view(-1, *[1] * (real.dim() - 1))
        x = ((1 - a) * real + a * fake).requires_grad_()
        g = torch.autograd.grad(critic(x).sum(), x, create_graph=True)[0]
        return (g.flatten(1).norm(dim=1) - 1) ** 2
    """, "alpha belongs to the real example, here it is with the fake one", "alpha", "exchanged", "real", "swap"),
    gradient_penalty("""
        a = alpha[:, None]
        x = (a * real + (1 - a) * fake).requires_grad_()
        g = torch.autograd.grad(critic(x).sum(), x, create_graph=True)[0]
        return (g.norm(dim=1) - 1) ** 2
    """, "right for vectors only: images have more axes", "any shape", "axes", "image", "flatten"),
    gradient_penalty("""
        x = (alpha * real + (1 - alpha) * fake).requires_grad_()
        g = torch.autograd.grad(critic(x).sum(), x, create_graph=True)[0]
        return (g.flatten(1).norm(dim=1) - 1) ** 2
    """, "alpha is spread along the last axis, not one for each example", "alpha", "each example", "broadcast"),
    gradient_penalty("""
        a = alpha.view(-1, *[1] * (real.dim() - 1))
        x = (a * real + (1 - a) * fake).requires_grad_()
        g = torch.autograd.grad(critic(x).sum(), x)[0]
        return (g.flatten(1).norm(dim=1) - 1) ** 2
    """, "create_graph is missing: the penalty teaches the critic nothing", "create_graph", "gradient"),
    gradient_penalty("""
        a = alpha.view(-1, *[1] * (real.dim() - 1))
        x = (a * real + (1 - a) * fake).requires_grad_()
        g = torch.autograd.grad(critic(x).sum(), x, create_graph=True)[0]
        return ((g.flatten(1).norm(dim=1) - 1) ** 2).mean()
    """, "the mean over the batch: one number for each example", "each example", "mean", "averages"),
    gradient_penalty("""
        a = alpha.view(-1, *[1] * (real.dim() - 1))
        x = (a * real + (1 - a) * fake).requires_grad_()
        g = torch.autograd.grad(critic(x).mean(), x, create_graph=True)[0]
        return (g.flatten(1).norm(dim=1) - 1) ** 2
    """, "the mean of the logits: every slope is divided by the batch size", "batch size", "sum", "mean", "divid"),
    gradient_penalty("""
        a = alpha.view(-1, *[1] * (real.dim() - 1))
        x = (a * real + (1 - a) * fake).requires_grad_()
        g = torch.autograd.grad(critic(x).sum(), x, create_graph=True)[0]
        return (g.norm() - 1) ** 2 * torch.ones(len(real))
    """, "one norm over the whole batch", "whole batch", "each example", "batch"),
    gradient_penalty("""
        a = alpha.view(-1, *[1] * (real.dim() - 1))
        x = (a * real + (1 - a) * fake).requires_grad_()
        g = torch.autograd.grad(critic(x).sum(), x, create_graph=True)[0]
        return g.flatten(1).norm(dim=1) ** 2
    """, "the zero-centred penalty: the - 1 is missing", "- 1", "-1", "zero-cent", "minus 1"),
    gradient_penalty("""
        a = alpha.view(-1, *[1] * (real.dim() - 1))
        x = (a * real + (1 - a) * fake).requires_grad_()
        g = torch.autograd.grad(critic(x).sum(), x, create_graph=True)[0]
        return g.flatten(1).norm(dim=1) - 1
    """, "not squared: slopes below 1 would be rewarded", "squar"),
    gradient_penalty("""
        a = alpha.view(-1, *[1] * (real.dim() - 1))
        x = (a * real + (1 - a) * fake).requires_grad_()
        g = torch.autograd.grad(critic(x).sum(), x, create_graph=True)[0]
        return (g.flatten(1).pow(2).sum(1) - 1) ** 2
    """, "the root is missing: the squared slope minus 1", "root", "sqrt", "squared slope", "norm"),
    gradient_penalty("""
        a = alpha.view(-1, *[1] * (real.dim() - 1))
        x = (a * real + (1 - a) * fake).requires_grad_()
        g = torch.autograd.grad(critic(x).sum(), x, create_graph=True)[0]
        return (g.flatten(1).norm(dim=1) - 1).clamp(min=0) ** 2
    """, "one-sided: slopes below 1 cost nothing", "one-sided", "below 1", "both sides"),
    gradient_penalty("""
        x = real.clone().requires_grad_()
        g = torch.autograd.grad(critic(x).sum(), x, create_graph=True)[0]
        return (g.flatten(1).norm(dim=1) - 1) ** 2
    """, "the slope at the real examples, not between real and fake", "between", "real examples", "mix", "alpha", "fake"),
    gradient_penalty("""
        a = torch.rand(len(real)).view(-1, *[1] * (real.dim() - 1))
        x = (a * real + (1 - a) * fake).requires_grad_()
        g = torch.autograd.grad(critic(x).sum(), x, create_graph=True)[0]
        return (g.flatten(1).norm(dim=1) - 1) ** 2
    """, "alpha is drawn anew; the one that came in is not used", "alpha"),
    gradient_penalty("""
        a = alpha.view(-1, *[1] * (real.dim() - 1))
        x = (a * real + (1 - a) * fake).detach().requires_grad_()
        critic(x).sum().backward()
        return (x.grad.flatten(1).norm(dim=1) - 1) ** 2
    """, "backward leaves gradients in the critic and no graph behind the slope", "create_graph", "backward", "gradient"),
    gradient_penalty("""
        a = alpha.view(-1, *[1] * (real.dim() - 1))
        x = a * real + (1 - a) * fake
        g = torch.autograd.grad(critic(x).sum(), x, create_graph=True)[0]
        return (g.flatten(1).norm(dim=1) - 1) ** 2
    """, "the mixed examples do not require a gradient", "requires_grad", "require grad", "does not require"),
    gradient_penalty("""
        a = alpha.view(-1, *[1] * (real.dim() - 1))
        x = (a * real + (1 - a) * fake).requires_grad_()
        g = torch.autograd.grad(critic(x).sum(), x, create_graph=True)[0]
        return (g.flatten(1).abs().sum(1) - 1) ** 2
    """, "the sum of absolute values (L1), not the length", "absolute", "L1", "norm", "length", "root"),
    gradient_penalty("""
        a = alpha.view(-1, *[1] * (real.dim() - 1))
        gap = (real - fake).flatten(1).norm(dim=1)
        slope = (critic(real) - critic(fake)).abs() / gap
        return (slope - 1) ** 2
    """, "the slope of the chord from fake to real, not the gradient at the point between", "gradient", "chord", "difference",
        "autograd", "point"),

    mode_shares("""
        distance = torch.cdist(x, centres)
        best, which = distance.min(1)
        return torch.stack([((which == m) & (best <= radius)).sum() / len(x) for m in range(len(centres))])
    """),
    mode_shares("""
        counts = [0] * len(centres)
        for point in x:
            distances = [((point - c) ** 2).sum().sqrt().item() for c in centres]
            near = min(range(len(centres)), key=distances.__getitem__)
            if distances[near] <= radius:
                counts[near] += 1
        return torch.tensor(counts) / len(x)
    """),
    mode_shares("""
        distance = (x[:, None] - centres[None]).norm(dim=-1)
        nearest = distance.argmin(1)
        kept = nearest[distance.gather(1, nearest[:, None])[:, 0] <= radius]
        return torch.bincount(kept, minlength=len(centres)) / len(x)
    """),
    mode_shares("...", "nothing is written yet", "not attempted", "not written", "still empty"),
    mode_shares("""
        distance, which = torch.cdist(x, centres).min(1)
        kept = which[distance <= radius]
        return torch.bincount(kept, minlength=len(centres)) / len(kept)
    """, "shares of the samples within the radius, not of all samples", "all samples", "within", "outside", "lost"),
    mode_shares("return (torch.cdist(x, centres) <= radius).float().mean(0)",
                "every mode within the radius is counted, not only the nearest", "nearest", "twice", "several"),
    mode_shares("""
        which = torch.cdist(x, centres).argmin(1)
        return torch.bincount(which, minlength=len(centres)) / len(x)
    """, "the radius is not used", "radius"),
    mode_shares("""
        distance, which = torch.cdist(x, centres).min(1)
        return torch.bincount(which[distance <= radius], minlength=len(centres))
    """, "counts, not shares", "share", "divid", "count"),
    mode_shares("""
        distance, which = ((x[:, None] - centres) ** 2).sum(-1).min(1)
        return torch.bincount(which[distance <= radius], minlength=len(centres)) / len(x)
    """, "the squared distance is held against the radius", "squar", "root"),
    mode_shares("""
        distance, which = torch.cdist(x, centres).min(1)
        return torch.bincount(which[distance <= radius]) / len(x)
    """, "minlength is missing: empty modes at the end have no entry", "minlength", "empty", "mode"),
    mode_shares("""
        distance, which = torch.cdist(x, centres).min(0)
        return torch.bincount(which[distance <= radius], minlength=len(centres)) / len(x)
    """, "the nearest sample of each mode, not the nearest mode of each sample", "axis", "nearest sample", "each sample"),
    mode_shares("""
        distance, which = torch.cdist(x, centres).min(1)
        shares = torch.bincount(which[distance <= radius], minlength=len(centres)) / len(x)
        return shares >= 0.25 / len(centres)
    """, "whether a mode is covered, not its share", "share", "covered"),
    mode_shares("""
        distance, which = torch.cdist(x, centres, p=1).min(1)
        return torch.bincount(which[distance <= radius], minlength=len(centres)) / len(x)
    """, "the city-block distance (p=1)", "city", "L1", "p=1", "absolute", "straight", "root"),
    mode_shares("""
        distance, which = (x[:, None] - centres).abs().amax(-1).min(1)
        return torch.bincount(which[distance <= radius], minlength=len(centres)) / len(x)
    """, "a square, not a disc: each coordinate by itself is held against the radius", "coordinate", "square", "root",
        "distance"),
    mode_shares("""
        distance, which = torch.cdist(x, centres).min(1)
        return torch.bincount(which[distance > radius], minlength=len(centres)) / len(x)
    """, "the samples outside the radius are counted: the comparison is turned", "outside", "turned", "within", "comparison"),
    mode_shares("""
        distance, which = torch.cdist(x, centres).min(1)
        return torch.bincount(which[distance <= 3 * radius], minlength=len(centres)) / len(x)
    """, "three times the radius: the 3 is in it already", "radius", "3 times", "three times"),
    mode_shares("""
        distance, which = torch.cdist(x, centres).min(1)
        return torch.bincount(which[distance <= radius], minlength=len(centres)) / len(centres)
    """, "divided by the number of modes, not of samples", "number of modes", "samples", "divid"),
    mode_shares("""
        shares = []
        for centre in centres:
            near = (x - centre).norm(dim=1) <= radius
            shares.append(near.float().mean())
            x = x[~near]
        return torch.stack(shares)
    """, "first come, first served: a sample goes to the first mode within the radius, and the rest shrinks", "nearest",
        "all samples", "first"),
    mode_shares("""
        distance, which = torch.cdist(x, centres).min(1)
        return (which[distance <= radius][:, None] == torch.arange(len(centres))).float().sum() / len(x)
    """, "one number for all modes", "each mode"),

    diagnoses("""
        return {"A": "judge not in the optimiser", "B": "healthy", "C": "judge too slow", "D": "real data frozen",
                "E": "generator not in the optimiser"}
    """),
    diagnoses("""
        names = ["judge not in the optimiser", "healthy", "judge too slow", "real data frozen", "generator not in the optimiser"]
        return dict(zip("ABCDE", names))
    """),
    diagnoses("...", "nothing is written yet", "not attempted", "not written", "still empty"),
    diagnoses("""
        return {"A": "generator not in the optimiser", "B": "healthy", "C": "judge too slow", "D": "real data frozen",
                "E": "judge not in the optimiser"}
    """, "A and E exchanged: E's samples do not move at all, A's do", "move", "way of a sample", "gradient", "way"),
    diagnoses("""
        return {"A": "judge not in the optimiser", "B": "healthy", "C": "real data frozen", "D": "judge too slow",
                "E": "generator not in the optimiser"}
    """, "C and D exchanged: C's mass runs from mode to mode, D's judge is ahead and its samples stay near the first real points",
        "mass", "moved", "first real", "real above fake"),
    diagnoses("""
        return {"A": "judge not in the optimiser", "B": "real data frozen", "C": "judge too slow", "D": "healthy",
                "E": "generator not in the optimiser"}
    """, "B and D exchanged: B covers nearly all modes, D is nearer to the first real points", "modes", "first real", "nearer"),
    diagnoses("""
        return {"A": "judge too slow", "B": "healthy", "C": "judge not in the optimiser", "D": "real data frozen",
                "E": "generator not in the optimiser"}
    """, "A and C exchanged: a judge that does not learn at all gives no slope; C's judge learns, late", "gradient",
        "real above fake",
        "slope", "every real example"),
    diagnoses("""
        return {"A": "judge not in the optimiser", "B": "healthy", "C": "judge too slow", "D": "real data frozen"}
    """, "E has no diagnosis", "E", "missing", "five"),
    diagnoses("""
        return {"A": "judge not in the optimizer", "B": "healthy", "C": "judge too slow", "D": "real data frozen",
                "E": "generator not in the optimizer"}
    """, "optimizer is spelled differently from the words given", "optimizer", "spell", "one of", "none of"),
    diagnoses("""
        return ["judge not in the optimiser", "healthy", "judge too slow", "real data frozen", "generator not in the optimiser"]
    """, "a list, not a dict", "dict", "list"),
    diagnoses("""
        return {"A": "judge too slow", "B": "healthy", "C": "judge too slow", "D": "real data frozen",
                "E": "generator not in the optimiser"}
    """, "two patients get the same diagnosis; A's judge gives the generator no gradient at all", "twice", "gradient",
        "real above fake", "same", "mass"),
]
