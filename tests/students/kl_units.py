"""Answers as students give them to exercises 4 and 5 of lesson 02."""

from tests.students.bodies import answers_to

nats_per_token = answers_to("nats_per_token(kl, lengths)")
name_the_bugs = answers_to("name_the_bugs()")

RIGHT = {"A": "mean over latent", "B": "log sigma", "C": "minus one", "D": "reverse", "E": "bits", "F": "no exp"}


def named(mistake="", names=(), **changed):
    """The right names with some of them changed."""
    return name_the_bugs(f"return {RIGHT | changed}", mistake, *names)


ANSWERS = [
    nats_per_token("return kl.sum() / lengths.sum()"),
    nats_per_token("return kl.sum(-1).mean() / lengths.to(kl.dtype).mean()"),
    nats_per_token("""
        nats, tokens = torch.zeros((), dtype=kl.dtype), 0
        for row, length in zip(kl, lengths):
            nats = nats + row.sum()
            tokens += int(length)
        return nats / tokens
    """),
    nats_per_token("return torch.einsum('bz->', kl) / lengths.sum().item()"),
    nats_per_token("return kl.sum(dim=(0, 1)) / lengths.sum()"),
    nats_per_token("share = lengths / lengths.sum()\nreturn (share * kl.sum(-1) / lengths).sum()"),
    nats_per_token("...", "nothing is written yet", "not attempted"),
    nats_per_token("return (kl.sum(-1) / lengths).mean()",
                   "mean of the ratios: a short sentence counts as much as a long one",
                   "mean of", "ratio", "short"),
    nats_per_token("return kl.mean(-1).sum() / lengths.sum()", "mean over the dimensions; the KL of a sentence is their sum",
                   "dimensions", "latent", "mean over"),
    nats_per_token("return kl.mean() / lengths.double().mean()",
                   "mean over the dimensions; the KL of a sentence is their sum",
                   "dimensions", "latent", "mean over"),
    nats_per_token("return (kl.sum() / lengths.sum()).item()", "a Python float comes back, not a tensor without axes",
                   "float", "item",
                   "tensor"),
    nats_per_token("return kl.sum(-1) / lengths", "one number per sentence; asked is one for the set", "per sentence",
                   "without axes", "each sentence"),
    nats_per_token("return kl.sum() / len(lengths)", "per sentence, not per token", "per sentence", "number of sentences"),
    nats_per_token("return kl.sum() / (lengths - 1).sum()", "<eos> is left out of the count: lengths has it", "eos"),
    nats_per_token("return kl.sum() / (lengths + 1).sum()", "<eos> is counted twice: lengths has it", "eos"),
    nats_per_token("return kl.sum() / (lengths.max() * len(lengths))", "padding is counted as tokens", "padding",
                   "longest", "max"),
    nats_per_token("return (kl / lengths[:, None]).sum()", "sum of the ratios", "sum of", "ratio", "each sentence"),
    nats_per_token("return (kl / lengths).sum()",
                   "lengths needs an axis more to divide a batch-by-latent table; and all nats come first",
                   "axis", "broadcast", "one axis"),
    nats_per_token("return kl.sum() / lengths.sum() / math.log(2)", "in bits, not in nats", "bits", "base 2", "nats"),
    nats_per_token("return kl.sum() / lengths.sum() / kl.shape[1]", "divided by the number of dimensions as well",
                   "dimensions",
                   "latent"),
    nats_per_token("return kl.sum() // lengths.sum()", "// rounds down to whole nats", "//", "round", "integer"),
    nats_per_token("return kl.sum() / lengths.sum(0, keepdim=True)", "keepdim leaves an axis of length 1", "keepdim",
                   "axis", "axes"),
    nats_per_token("return kl.sum()", "all nats: the division by the tokens is missing", "divide", "tokens", "length"),
    nats_per_token("return lengths.sum() / kl.sum()", "the ratio is upside down", "upside", "tokens per nat", "inverse"),
    nats_per_token("return kl[0].sum() / lengths[0]", "only the first sentence", "first sentence", "all sentences"),
    nats_per_token("return kl.sum(0) / lengths.sum()", "one number per dimension: not summed over the dimensions",
                   "dimension",
                   "without axes"),
    nats_per_token("return (kl.sum(-1) * lengths).sum() / lengths.sum()", "a mean weighted by length, in nats per sentence",
                   "weight", "per sentence"),

    named(),
    name_the_bugs("return dict(zip('ABCDEF', ['mean over latent', 'log sigma', 'minus one', 'reverse', 'bits', 'no exp']))"),
    name_the_bugs("""
        found = dict(A="mean over latent", C="minus one", E="bits")
        found["B"] = "log sigma"
        found["D"] = "reverse"
        found["F"] = "no exp"
        return found
    """),
    name_the_bugs("...", "nothing is written yet", "not attempted"),
    named("A is a third of the truth, not twice it", ("A",), A="half"),
    named("A is averaged over the dimensions, B takes log_var for log sigma: B is too large", ("B",), B="sigma"),
    named("C is exactly 3/2 too large, not twice the truth", ("C",), C="half"),
    named("D is not the reverse of C: D is the reverse KL", ("D",), D="sigma"),
    named("E is the truth over log 2 in both sentences", ("E",), E="batch mean"),
    named("F is negative, but not minus the truth", ("F",), F="sign"),
    named("B and F are exchanged", ("B", "F"), B="no exp", F="log sigma"),
    named("B and D are exchanged", ("B", "D"), B="reverse", D="log sigma"),
    named("that is no name of the table: it is written with a blank", ("name", "log_sigma"), B="log_sigma"),
    name_the_bugs("return {'A': 'mean over latent', 'C': 'minus one', 'E': 'bits'}",
                  "half finished: three exhibits have no name",
                  "missing", "B"),
    name_the_bugs(f"return {dict((name.lower(), bug) for name, bug in RIGHT.items())}",
                  "small letters: the exhibits are called A to F", "letter", "A to F", "missing"),
    name_the_bugs(f"return {dict((bug, name) for name, bug in RIGHT.items())}",
                  "the dict is turned round: the letters are the keys", "key", "letter", "A to F"),
    name_the_bugs("return ['mean over latent', 'log sigma', 'minus one', 'reverse', 'bits', 'no exp']",
                  "a list, not a dict", "dict"),
    name_the_bugs(f"print({RIGHT})",
                  "printed and not returned", "return", "None"),
    name_the_bugs("return {'A': 'half'}", "half finished, and A is not twice the truth", "A"),
    name_the_bugs("return {letter: '' for letter in 'ABCDEF'}", "no names yet", "name", "missing", "empty"),
]
