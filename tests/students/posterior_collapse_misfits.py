"""Answers as students give them to the exercise of lesson 07 about the parts of -ELBO."""

from tests.students.bodies import answers_to

misfits = answers_to("misfits(p, q, decoder, prior)")

ANSWERS = [
    misfits("""
        code = p @ q
        inverse = torch.where(code > 0, p[:, None] * q / code, 0.0)
        H = torch.special.entr(p).sum()
        kl_prior = torch.where(code > 0, code * (code / prior).log(), 0.0).sum()
        each = torch.where(inverse > 0, inverse * (inverse / decoder.T).log(), 0.0).sum(0)
        return torch.stack([H, kl_prior, (code * each).sum()])
    """),
    misfits("""
        import math
        H, first, second = 0.0, 0.0, 0.0
        num, codes = q.shape
        for x in range(num):
            if p[x] > 0:
                H -= p[x].item() * math.log(p[x].item())
        for z in range(codes):
            qz = sum(p[x].item() * q[x, z].item() for x in range(num))
            if qz == 0:
                continue
            first += qz * math.log(qz / prior[z].item())
            for x in range(num):
                back = p[x].item() * q[x, z].item() / qz
                if back > 0:
                    second += qz * back * math.log(back / decoder[z, x].item())
        return torch.tensor([H, first, second])
    """),
    misfits("""
        joint = torch.einsum("x,xz->xz", p, q)
        code = joint.sum(0)
        H = -torch.xlogy(p, p).sum()
        a = (torch.xlogy(code, code) - torch.xlogy(code, prior)).sum()
        rate = (torch.xlogy(joint, q) - torch.xlogy(joint, prior)).sum()
        distortion = -torch.xlogy(joint, decoder.T).sum()
        return torch.stack([H, a, rate + distortion - H - a])
    """),
    misfits("""
        import torch.nn.functional as F
        code = (p.unsqueeze(1) * q).sum(0)
        back = (p.unsqueeze(1) * q).T / code.clamp(min=1e-30).unsqueeze(1)
        H = -(p * p.clamp(min=1e-30).log()).sum()
        first = F.kl_div(prior.log(), code, reduction="sum")
        second = (code * F.kl_div(decoder.log(), back, reduction="none").sum(1)).sum()
        return torch.stack((H, first, second))
    """),
    misfits("...", "nothing is written yet", "not attempted", "not written", "still empty"),
    misfits("""
        code = p @ q
        inverse = p[:, None] * q / code
        H = -(p * p.log()).sum()
        a = (code * (code / prior).log()).sum()
        b = (code * (inverse * (inverse / decoder.T).log()).sum(0)).sum()
        return torch.stack([H, a, b])
    """, "0 log 0 gives nan", "nan", "0 times log 0", "xlogy", "0 / 0"),
    misfits("""
        eps = 1e-6
        code = p @ q
        inverse = p[:, None] * q / (code + eps)
        H = -(p * (p + eps).log()).sum()
        a = (code * ((code + eps) / prior).log()).sum()
        b = (code * (inverse * ((inverse + eps) / decoder.T).log()).sum(0)).sum()
        return torch.stack([H, a, b])
    """, "an epsilon in the logarithms moves the numbers", "small number", "epsilon", "special value"),
    misfits("""
        code = p @ q
        inverse = torch.nan_to_num(p[:, None] * q / code)
        log = torch.xlogy
        a = (log(prior, prior) - log(prior, code)).nan_to_num(posinf=0.0).sum()
        b = (code * (log(inverse, inverse) - log(inverse, decoder.T)).sum(0)).sum()
        return torch.stack([-log(p, p).sum(), a, b])
    """, "KL of the prior to q(z): turned", "turned", "q(z) || p(z)"),
    misfits("""
        code = q.mean(0)
        inverse = torch.nan_to_num(p[:, None] * q / code)
        log = torch.xlogy
        a = (log(code, code) - log(code, prior)).sum()
        b = (code * (log(inverse, inverse) - log(inverse, decoder.T)).sum(0)).sum()
        return torch.stack([-log(p, p).sum(), a, b])
    """, "q(z) is a mean without p(x)", "weighs the same", "weighted with p", "p(x)"),
    misfits("""
        code = p @ q
        inverse = torch.nan_to_num(q / q.sum(0))
        log = torch.xlogy
        a = (log(code, code) - log(code, prior)).sum()
        b = (code * (log(inverse, inverse) - log(inverse, decoder.T)).sum(0)).sum()
        return torch.stack([-log(p, p).sum(), a, b])
    """, "Bayes' inverse without p(x)", "p(x)", "how often"),
    misfits("""
        code = p @ q
        inverse = torch.nan_to_num(p[:, None] * q / code)
        log = torch.xlogy
        a = (log(code, code) - log(code, prior)).sum()
        b = (log(inverse, inverse) - log(inverse, decoder.T)).sum()
        return torch.stack([-log(p, p).sum(), a, b])
    """, "the KL of each z is not weighted with q(z)", "weigh"),
    misfits("""
        code = p @ q
        inverse = torch.nan_to_num(p[:, None] * q / code)
        log = torch.xlogy
        a = (log(code, code) - log(code, prior)).sum()
        b = (log(inverse, inverse) - log(inverse, decoder.T)).sum(0).mean()
        return torch.stack([-log(p, p).sum(), a, b])
    """, "a plain mean over z in place of the mean under q(z)", "weigh", "same"),
    misfits("""
        code = p @ q
        log = torch.xlogy
        a = (log(code, code) - log(code, prior)).sum()
        b = -(p[:, None] * log(q, decoder.T)).sum()
        return torch.stack([-log(p, p).sum(), a, b])
    """, "the distortion in place of the decoder's misfit", "reconstruction", "log q(x|z)"),
    misfits("""
        code = p @ q
        inverse = torch.nan_to_num(p[:, None] * q / code)
        log = torch.xlogy
        a = (p * (log(q, q) - log(q, prior)).sum(1)).sum()
        b = (code * (log(inverse, inverse) - log(inverse, decoder.T)).sum(0)).sum()
        return torch.stack([-log(p, p).sum(), a, b])
    """, "the rate in place of KL(q(z) || p(z))", "rate"),
    misfits("""
        code = p @ q
        inverse = torch.nan_to_num(p[:, None] * q / code)
        log = torch.xlogy
        a = -log(code, prior).sum()
        b = (code * (log(inverse, inverse) - log(inverse, decoder.T)).sum(0)).sum()
        return torch.stack([-log(p, p).sum(), a, b])
    """, "a cross entropy in place of a KL", "cross entropy"),
    misfits("""
        code = p @ q
        inverse = torch.nan_to_num(p[:, None] * q / code)
        log = torch.xlogy
        a = (log(code, code) - log(code, prior)).sum()
        b = (code * (log(inverse, inverse) - log(inverse, decoder.T)).sum(0)).sum()
        return torch.stack([log(p, p).sum(), a, b])
    """, "the entropy has the wrong sign", "sign", "not negative"),
    misfits("""
        code = p @ q
        inverse = torch.nan_to_num(p[:, None] * q / code)
        log = torch.xlogy
        a = (log(code, code) - log(code, prior)).sum()
        b = (code * (log(inverse, inverse) - log(inverse, decoder.T)).sum(0)).sum()
        return torch.stack([-log(code, code).sum(), a, b])
    """, "the entropy of z, not of x", "entropy of z", "entropy of the codes"),
    misfits("""
        code = p @ q
        inverse = torch.nan_to_num(p[:, None] * q / code)
        log = torch.xlogy
        a = (log(code, code) - log(code, prior)).sum()
        b = (code * (log(inverse, inverse) - log(inverse, decoder.T)).sum(0)).sum()
        return -log(p, p).sum() + a + b
    """, "the sum of the three", "one by one", "added up", "three numbers"),
    misfits("""
        code = p @ q
        inverse = torch.nan_to_num(p[:, None] * q / code)
        log = torch.xlogy
        a = (log(code, code) - log(code, prior)).sum()
        b = (code * (log(decoder.T, decoder.T) - log(decoder.T, inverse)).nan_to_num(posinf=0.0).sum(0)).sum()
        return torch.stack([-log(p, p).sum(), a, b])
    """, "the decoder's KL is turned", "turned", "q(x|z) || p(x|z)"),
    misfits("""
        code = p @ q
        inverse = torch.nan_to_num(p[:, None] * q / code)
        log = torch.xlogy
        a = (log(code, code) - log(code, prior)).sum()
        b = (code[:, None] * (log(inverse, inverse) - log(inverse, decoder.T)).T).sum()
        return torch.stack([-log(p, p).sum(), b, a])
    """, "prior and decoder have changed places", "order", "exchanged", "swapped", "places"),
    misfits("""
        code = p @ q
        inverse = torch.nan_to_num(p[:, None] * q / code)
        log = lambda a, b: torch.xlogy(a, b) / 0.6931471805599453
        a = (log(code, code) - log(code, prior)).sum()
        b = (code * (log(inverse, inverse) - log(inverse, decoder.T)).sum(0)).sum()
        return torch.stack([-log(p, p).sum(), a, b])
    """, "bits, not nats", "bits", "base 2", "log2", "nats"),
    misfits("""
        code = p @ q
        inverse = torch.nan_to_num(p[:, None] * q / code)
        log = torch.xlogy
        a = (log(code, code) - log(code, prior)).sum()
        b = (p[:, None] * (log(inverse, inverse) - log(inverse, decoder.T))).sum()
        return torch.stack([-log(p, p).sum(), a, b])
    """, "the KL of each z is weighted with p(x), not with q(z)", "weigh"),
]
