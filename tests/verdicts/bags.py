"""What lesson 18 says about its results."""
from tests.verdicts import Run, Verdict


def cell(run: Run, where: str, name: str, column: str, table: int = 0) -> float:
    """One number of a table, by the name of its row and of its column."""
    names, *rows = run.tables(where)[table]
    return float(next(row for row in rows if row[0] == name)[names.index(column)].split()[0].split("\u00a0")[0])


def trick(run: Run, kind: str, name: str, column: str) -> float:
    return cell(run, "tricks", name, column, ("mixture", "product").index(kind))


def learned(run: Run, column: str) -> dict[str, float]:
    return {name: cell(run, "train", name, column) for name in ("LDA", "NVDM", "mixture", "product")}


TOPICS_AND_TASTES = [
    Verdict("One list, as often as there are topics", lambda run: cell(run, "train", "mixture, plain", "distinct") <= 2),
    Verdict("The plain mixture is hardly below the unigram", lambda run: abs(
        cell(run, "train", "mixture, plain", "bound") - cell(run, "train", "unigram", "bound")) < 4),
    Verdict("A learning rate ten times the usual one is what ends the collapse", lambda run: all(
        trick(run, kind, "plain", "distinct") < 2 and trick(run, kind, "+ high rate", "distinct") > 3
        for kind in ("mixture", "product"))),
    Verdict("Momentum alone does nothing", lambda run: all(
        trick(run, kind, "momentum alone", "distinct") < 2 for kind in ("mixture", "product"))),
    Verdict("nor does batch normalisation alone for the mixture", lambda run: trick(
        run, "mixture", "batch norm alone", "distinct") < 3),
    Verdict("hardly anything of them is true", lambda run: trick(run, "product", "batch norm alone", "shared") < 0.45
            and trick(run, "product", "batch norm alone", "distinct") > 6),
    Verdict("Dropout costs here", lambda run: all(trick(run, kind, "+ dropout", "shared")
                                                  < trick(run, kind, "+ high rate", "shared") for kind in ("mixture", "product"))),
    Verdict("Of the others LDA is nearest to the truth", lambda run: min(
        learned(run, "bound"), key=learned(run, "bound").get) == "LDA"),
    Verdict("the numbers fall, because each bound is tighter", lambda run: all(
        a >= b - 0.06 for name in ("truth", "LDA", "NVDM", "mixture", "product")
        for a, b in [run.row("exact-code", name)[:2], run.row("exact-code", name)[1:3]])),
    Verdict("its ELBO loses much more", lambda run: run.row("exact-code", "mixture")[3] > 4 * run.row("exact-code", "LDA")[3]),
    Verdict("The order of the models is the same", lambda run: len({tuple(sorted(
        ("unigram", "truth", "LDA"), key=lambda name: run.row("perplexity-code", name)[i])) for i in (0, 1)}) == 1),
    Verdict("By NPMI and C_V the product's topics are better than the *true* ones", lambda run: all(
        cell(run, "trial", "product", column) > cell(run, "trial", "truth", column) for column in ("NPMI", "C_V"))),
    Verdict("By C_V they are close to the truth", lambda run: abs(
        cell(run, "trial", "scrambled", "C_V") - cell(run, "trial", "truth", "C_V")) < 0.1),
    Verdict("NVDM is clearly best, by that and by its bound", lambda run: all(
        cell(run, "people-code", "NVDM", column) < 0.99 * cell(run, "people-code", name, column)
        for column in ("bound", "second half") for name in ("LDA", "mixture", "product"))),
    Verdict("and has the worst lists of all", lambda run: all(
        cell(run, "people-code", "NVDM", "NPMI") < cell(run, "people-code", name, "NPMI") for name in ("LDA", "mixture", "product"))),
]
