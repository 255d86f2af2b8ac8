"""Answers as students give them to the last two exercises of lesson 01."""

from tests.students.bodies import answers_to

em_step = answers_to("em_step(joint, data)")
wrong_line = answers_to("wrong_line()")

POSTERIOR = "posterior = joint / joint.sum(-1, keepdim=True)\n"
VOTES = POSTERIOR + "votes = data[:, :, None] * posterior\n"
TABLES = "z = votes.sum((0, 1))\nwho = votes.sum(1) / z\ndoes = votes.sum(0) / z\n"
AGAIN = "votes = votes / votes.sum()\n"
PRODUCT = "return z * who[:, None] * does[None]"

ANSWERS = [
    em_step(VOTES + TABLES + PRODUCT),
    em_step(VOTES + """\
prior = votes.sum(dim=(0, 1))
who_given_z = votes.sum(1) / votes.sum((0, 1))
does_given_z = votes.sum(0) / votes.sum((0, 1))
return torch.einsum('z,wz,dz->wdz', prior, who_given_z, does_given_z)"""),
    em_step("""
        # E step
        log_q = joint.log().log_softmax(-1)
        # M step
        log_votes = data.log().unsqueeze(-1) + log_q
        log_z = log_votes.logsumexp((0, 1))
        log_who = log_votes.logsumexp(1) - log_z
        log_does = log_votes.logsumexp(0) - log_z
        return (log_z + log_who[:, None] + log_does[None]).exp()
    """),
    em_step("""
        new = torch.empty_like(joint)
        q = joint / joint.sum(2, keepdim=True)
        for k in range(joint.shape[2]):
            votes = data * q[:, :, k]
            new[:, :, k] = torch.outer(votes.sum(1), votes.sum(0)) / votes.sum()
        return new
    """),
    em_step("...", "nothing is written yet", "not attempted"),
    em_step(POSTERIOR + "return posterior", "only the E step: the M step is missing", "M step", "E step", "posterior"),
    em_step(VOTES + "return votes",
            "the votes themselves come back: the model with p(who|z) p(does|z) is not fitted to them",
            "votes", "tables", "M step"),
    em_step(POSTERIOR + "votes = posterior / posterior.sum()\n" + TABLES + PRODUCT,
            "the data do not enter: every sentence has the same weight", "data"),
    em_step("votes = data[:, :, None] * joint / joint.sum()\n" + AGAIN + TABLES + PRODUCT,
            "the E step is missing: the joint is used where the posterior belongs", "E step", "posterior", "p(z|x)"),
    em_step("votes = data[:, :, None] * joint / joint.sum((0, 1), keepdim=True)\n" + AGAIN + TABLES + PRODUCT,
            "the E step normalises over the sentences: that is p(x|z), not p(z|x)", "over the sentences", "posterior", "axis"),
    em_step(VOTES + "z = votes.sum((0, 1))\nwho = votes.sum(1)\ndoes = votes.sum(0)\n" + PRODUCT,
            "who and does are not divided by the counts of z: the tables do not add up to 1", "normalis", "add up",
            "divide"),
    em_step(VOTES + "z = votes.sum((0, 1))\nwho = votes.sum(1)\nwho = who / who.sum(1, keepdim=True)\ndoes = votes.sum(0)\n"
            "does = does / does.sum(1, keepdim=True)\n" + PRODUCT,
            "p(z|who) in place of p(who|z): normalised along the wrong axis", "axis", "p(z|who)", "p(who|z)"),
    em_step(VOTES + TABLES + "return who[:, None] * does[None]", "the prior p(z) is left out", "prior", "p(z)"),
    em_step(VOTES + TABLES + "return who[:, None] * does[None] / len(z)",
            "p(z) is taken to be uniform and is not learnt", "prior",
            "p(z)", "uniform"),
    em_step(VOTES + TABLES + "z = joint.sum((0, 1))\n" + PRODUCT, "p(z) is the old one: the M step has three tables",
            "old", "prior",
            "p(z)"),
    em_step(VOTES + TABLES + "does = joint.sum(0) / joint.sum((0, 1))\n" + PRODUCT,
            "p(does|z) is the old one: only two tables are new",
            "old", "does"),
    em_step("q = torch.nn.functional.one_hot(joint.argmax(-1), joint.shape[-1]).to(joint.dtype)\n"
            "votes = data[:, :, None] * q + 1e-12\n" + AGAIN + TABLES + PRODUCT,
            "each sentence votes for its most probable topic only: hard EM", "hard", "most probable", "argmax"),
    em_step(VOTES + TABLES + "return z * does[:, None] * who[None]", "who and does are exchanged", "exchang", "swap", "transpos"),
    em_step(VOTES + "votes = votes + 0.01\n" + AGAIN + TABLES + PRODUCT, "0.01 is added to every count: smoothing",
            "added", "smooth"),
    em_step("votes = data[:, :, None] * joint / joint.sum(0, keepdim=True)\n" + AGAIN + TABLES + PRODUCT,
            "the E step normalises over who, not over z", "axis", "over who", "posterior"),
    em_step(VOTES + "z = votes.mean((0, 1))\nwho = votes.mean(1) / z\ndoes = votes.mean(0) / z\n" + PRODUCT),
    em_step("joint /= joint.sum(-1, keepdim=True)\njoint *= data[:, :, None]\nvotes = joint\n" + TABLES + PRODUCT,
            "the argument is overwritten in place", "in place", "overwrit", "in-place"),
    em_step((VOTES + TABLES + "joint = z * who[:, None] * does[None]\n") * 2
            + "return joint", "two rounds, not one", "two rounds", "one round", "twice"),
    em_step(VOTES + TABLES + "who = who.log()\n" + "does = does.log()\nreturn z.log() + who[:, None] + does[None]",
            "log-probabilities come back", "log", "exp"),
    em_step("joint = joint.view(4, 4, 3)\n" + VOTES + TABLES + PRODUCT, "works only with 4, 4 and 3 as in the text", "4, 4, 3"),
    em_step(VOTES + "prior = votes.sum((0, 1))\nwho = votes.sum(1) / prior\n# does: ?\nreturn prior * who",
            "half finished: p(does|z) is missing", "does"),

    wrong_line("return 5"),
    wrong_line("line = 5  # q is not the prior\nreturn line"),
    wrong_line("holds = {1: True, 2: True, 3: True, 4: True, 5: False, 6: False, 7: False}\n"
               "return min(line for line, true in holds.items() if not true)"),
    wrong_line("...", "nothing is written yet", "not attempted"),
    wrong_line("return 1", "line 1 is the ELBO as derived: it holds", "line 4 of", "derivation", "as you computed"),
    wrong_line("return 2", "line 2 is true: a KL is never negative", "never negative", "KL"),
    wrong_line("return 3", "line 3 follows from line 2: it speaks of the KL alone", "line 2", "alone", "KL"),
    wrong_line("return 4", "line 4 is Jensen, which holds for any q", "Jensen"),
    wrong_line("return 6", "line 6 is false, but only because line 5 is: not the first", "earlier", "first", "follows"),
    wrong_line("return 7", "line 7 is false, but it follows from 1 and 6: not the first", "earlier", "first", "follows"),
    wrong_line("print(5)", "printed and not returned: the function gives None", "return", "None"),
    wrong_line("return '5'"),  # a text, and what it says is right
    wrong_line("return [5, 6, 7]", "a list of all false lines; asked for the first", "one number", "first", "list"),
    wrong_line("return 0", "there is no line 0", "1 to 7", "no line", "between"),
    wrong_line("return 'line 5: the average under q is not p(x)'", "a sentence comes back, not the number", "number",
               "text", "str"),
]
