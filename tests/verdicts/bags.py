"""What lesson 18 says about its results."""
from gensq_course.studies.tasting_study import CAPS
from tests.verdicts import Run, Verdict, number


def cell(run: Run, where: str, name: str, column: str, table: int = 0) -> float:
    """One number of a table, by the name of its row and of its column."""
    names, *rows = run.tables(where)[table]
    return float(next(row for row in rows if row[0] == name)[names.index(column)].split()[0].split("\u00a0")[0])


def trick(run: Run, kind: str, name: str, column: str) -> float:
    return cell(run, "tricks", name, column, ("mixture", "product").index(kind))


def learned(run: Run, column: str) -> dict[str, float]:
    return {name: cell(run, "train", name, column) for name in ("LDA", "NVDM", "mixture", "product")}


def comes_back(run: Run) -> bool:
    """Of what the mixture's ELBO lost, how much a q of each document's own gains."""
    elbo, _, _, lost, fitted = run.row("exact-code", "mixture")
    return elbo - fitted > lost / 2


def back(run: Run, name: str) -> float:
    """Recorded: the share of what the ELBO loses that a q of each document's own brings back."""
    lost, gained = (cell(run, "exact-code", name, column, 1) for column in ("lost by the ELBO", "comes back"))
    return gained / lost


def ranks(run: Run, models: str) -> list[float]:
    """Recorded: how NPMI ranks these models beside *shared*, a number for each seed."""
    row = next(row for row in run.tables("trial-recorded")[-1] if row[:2] == [models, "shared"])
    return list(map(number, row[2:]))


def second_is_higher(run: Run) -> bool:
    """Perplexity per document less that of the corpus: of topic models some units, of the unigram hardly any."""
    def more(name: str) -> float:
        corpus, each = run.row("perplexity-code", name)
        return each - corpus
    least = min(map(more, ("truth", "LDA", "NVDM", "mixture", "product")))
    return least > 1 and more("unigram") < least / 2


TOPICS = [
    Verdict("One list, as often as there are topics", lambda run: cell(run, "train", "mixture, plain", "distinct") <= 2),
    Verdict("is the trick that mostly ends it", lambda run: all(
        trick(run, kind, "plain", "distinct") < 2 and trick(run, kind, "+ high rate", "distinct") > 3
        for kind in ("mixture", "product"))),
    Verdict("not stuck, it was slow", lambda run: cell(run, "tricks", "plain, ten times the steps", "distinct", 2) > 6
            and cell(run, "tricks", "plain, ten times the steps", "shared", 2) > 0.7),
    Verdict("In 800 steps an annealed KL changes nothing", lambda run: cell(
        run, "tricks", "plain, KL annealed", "distinct", 2) < 2),
    Verdict("some lists differ and are no truer", lambda run: cell(run, "tricks", "plain, KL free", "distinct", 2) > 1
            and cell(run, "tricks", "plain, KL free", "shared", 2) < cell(run, "tricks", "plain", "shared", 2) + 0.02),
    Verdict("Momentum alone does nothing", lambda run: all(
        trick(run, kind, "momentum alone", "distinct") < 2 for kind in ("mixture", "product"))),
    Verdict("nor does batch normalisation alone for the mixture", lambda run: trick(
        run, "mixture", "batch norm alone", "distinct") < 3),
    Verdict("hardly anything of them is true", lambda run: trick(run, "product", "batch norm alone", "shared") < 0.45
            and trick(run, "product", "batch norm alone", "distinct") > 6),
    Verdict("Dropout costs here", lambda run: all(
        trick(run, kind, "+ dropout", "shared") < trick(run, kind, "+ high rate", "shared") for kind in ("mixture", "product"))),
    Verdict("Of the others LDA is nearest to the truth", lambda run: min(
        learned(run, "bound"), key=learned(run, "bound").get) == "LDA"),
    Verdict("the numbers fall, because each bound is tighter", lambda run: all(
        a >= b - 0.06 for name in ("truth", "LDA", "NVDM", "mixture", "product")
        for a, b in [run.row("exact-code", name)[:2], run.row("exact-code", name)[1:3]])),
    Verdict("For the mixture its ELBO loses much more", lambda run: run.row("exact-code", "mixture")[3]
            > 4 * run.row("exact-code", "LDA")[3]),
    Verdict("Most of what the mixture lost comes back", comes_back),
    Verdict("Of the product's loss little comes back, at every seed", lambda run: back(run, "product") < 0.3 < 0.5
            < back(run, "mixture")),
    Verdict("NVDM's encoder guesses in one pass, too, and loses little", lambda run: run.row("exact-code", "NVDM")[3] < 0.5),
    Verdict("Of each topic model the second number is the higher one", second_is_higher),
    Verdict("and divide the rest less well", lambda run: all(cell(run, "theta", name, "share of theta that is right", 1) < cell(
        run, "theta", "truth", "share of theta that is right", 1) - 0.02 for name in ("mixture", "product"))),
    Verdict("By NPMI and C_V the product's topics are better than the *true* ones", lambda run: all(
        cell(run, "trial", "product", column) > cell(run, "trial", "truth", column) for column in ("NPMI", "C_V"))),
    Verdict("now whoever found the topics is about level, the truth among them", lambda run: all(
        abs(cell(run, "trial", name, "own words") - cell(run, "trial", "truth", "own words")) < 0.06
        for name in ("LDA", "mixture", "product") if cell(run, "trial", name, "shared") > 0.85 or name == "product")),
    Verdict("its lists keep two or so", lambda run: cell(run, "trial", "product", "words of all") < 3.5
            and cell(run, "trial", "truth", "words of all") > 4),
    Verdict("is ahead of the truth, too", lambda run: cell(run, "trial", "one true topic, eight times", "NPMI")
            > cell(run, "trial", "truth", "NPMI")),
    Verdict("By C_V they are nearer to the truth than the product is", lambda run: abs(
        cell(run, "trial", "scrambled", "C_V") - cell(run, "trial", "truth", "C_V")) < (
        cell(run, "trial", "product", "C_V") - cell(run, "trial", "truth", "C_V"))),
    Verdict("Over seven models it is high", lambda run: min(ranks(run, "all seven")) > 0.5),
    Verdict("it is mostly below 0 for *shared*", lambda run: sum(each < 0 for each in ranks(run, "the first four")) >= 3),
    Verdict("mostly finds the same topics when trained well: at four of five seeds", lambda run: cell(
        run, "train", "mixture", "distinct", 1) < 8 and cell(run, "train", "mixture", "shared", 1) > 0.84),
    Verdict("one list for all topics shares more", lambda run: trick(run, "product", "batch norm alone", "shared")
            < cell(run, "train", "unigram", "shared")),
    Verdict("the product, far from the truth by *shared*, is first by NPMI", lambda run: cell(
        run, "trial", "product", "shared") < 0.88 and all(cell(run, "trial", "product", "NPMI") > cell(
            run, "trial", name, "NPMI") for name in ("truth", "LDA", "mixture"))),
    Verdict("By *leading topic* the product is as good as any", lambda run: cell(run, "train", "product", "leading topic") > max(
        cell(run, "train", name, "leading topic") for name in ("LDA", "mixture")) - 0.05),
    Verdict("Of the mixture's ten topics about half are copies", lambda run: 3.5 < cell(
        run, "people-code", "mixture", "distinct") < 6.5),
    Verdict("all four models are better than that", lambda run: all(
        cell(run, "people-code", name, "second half") < 0.95 * cell(run, "people-code", "unigram", "second half")
        for name in ("LDA", "NVDM", "mixture", "product"))),
    Verdict("NVDM is clearly best, by that and by its bound", lambda run: all(
        cell(run, "people-code", "NVDM", column) < 0.99 * cell(run, "people-code", name, column)
        for column in ("bound", "second half") for name in ("LDA", "mixture", "product"))),
    Verdict("and has the worst lists of all", lambda run: cell(run, "people-code", "NVDM", "NPMI") < min(
        cell(run, "people-code", name, "NPMI") for name in ("LDA", "mixture", "product"))),
]


def lowest(run: Run, rival: str) -> list[float]:
    """Recorded: the lower ends of the intervals of Mult-VAE's lead over one rival, from few training users to many."""
    row = next(row for row in run.tables("recorded-tastes")[1] if row[0] == rival)
    return [number(cell.split("(")[1]) for cell in row[1:]]


def turned(run: Run) -> bool:
    popular, narrow = (run.row("sampled", name) for name in ("popularity", "3 neighbours"))
    return narrow[0] > popular[0] and narrow[1] < popular[1]


def gains_and_losses(run: Run) -> bool:
    row = next(row for row in run.tables("leaks")[0] if row[0].startswith("held-out items left"))
    chance, _, knn, ease, vae = (list(map(number, cell.split("→"))) for cell in row[1:])
    return vae[1] > 1.6 * vae[0] and ease[1] < ease[0] and knn[1] < knn[0] and chance[0] == chance[1]


def knows_the_window(run: Run) -> bool:
    popular, chance = (run.row("exposure-code", name) for name in ("popularity", "random"))
    return popular[0] > 1.7 * chance[0] and popular[1] < chance[1]


def worth_a_third(run: Run) -> bool:
    asked = run.row("door-code", "one step ahead")
    return asked[3] - asked[0] > (run.numbers("door-code", r"(\S+) would be liked")[0] - asked[0]) / 3


def half_is_used_up(run: Run) -> bool:
    """Of what asking for the best things loses to the most informative question, how much goes where these may be recommended."""
    informed, pleasant = (run.row("door-code", name) for name in ("most informative", "most likely liked"))
    return (0.3 < (informed[4] - pleasant[4]) / (informed[3] - pleasant[3]) < 0.7) and pleasant[5] < informed[5]


def at_edges(run: Run) -> set[tuple[str, str]]:
    """Recorded: whose choice in the search is the first or the last value that was tried."""
    table = next(table for table in run.tables("recorded-tastes") if table[0][1] == "of which")
    return {(who, knob) for who, knob, line in table[1:] if "→" in line.split("; ")[0] + line.split("; ")[-1]}


def best_of_their_lines(run: Run) -> bool:
    """The marked value is worth most, and nobody else's line was cut before it fell."""
    table = next(table for table in run.tables("recorded-tastes") if table[0][1] == "of which")
    lines = [[(part.startswith("→"), number(part.split(": ")[1])) for part in line.split("; ")] for _, _, line in table[1:]]
    return all(max(line, key=lambda each: each[1])[0] for line in lines)


def held(run: Run, *betas: float) -> list[float]:
    """Recorded: how far a beta that is held is ahead of one that rises, by the words that stand for the figure."""
    gains = [number(part.split(": ")[1]) for part in run.described("beta").split("over beta: ")[1].split(", ")]
    return [gains[CAPS.index(beta)] for beta in betas]


TASTES = [
    Verdict("has a worse value on both sides, but for Mult-DAE's 64", lambda run: best_of_their_lines(run)
            and at_edges(run) == {("Mult-DAE", "dimensions of z")}),
    Verdict("With 300 users the VAE is ahead of the tuned EASE and kNN", lambda run: all(
        lowest(run, rival)[0] > 0 for rival in ("EASE", "item-kNN"))),
    Verdict("five seeds leave it open", lambda run: all(
        low < 0 for rival in ("EASE", "item-kNN") for low in lowest(run, rival)[1:])),
    Verdict("is behind the VAE at every size, by about a hundredth", lambda run: min(lowest(run, "Mult-DAE")) > 0 and all(
        0.005 < vae - dae < 0.015 for vae, dae in zip(run.row("recorded-tastes", "Mult-VAE"), run.row(
            "recorded-tastes", "Mult-DAE"), strict=True))),
    Verdict(".5 and 1 are level with the", lambda run: all(abs(mean) < 0.006 for mean in held(run, 0.5, 1.0))),
    Verdict("At .2 and below a hundredth or more is lost, and at 2 as well", lambda run: all(
        mean < -0.0095 for mean in held(run, 0.0, 0.1, 0.2, 2.0))),
    Verdict("all leave a gap to the perfect recommender", lambda run: all(
        run.row("recorded-tastes", "perfect")[i] > run.row("recorded-tastes", name)[i] + 0.01
        for i in (0, 1, 2) for name in ("Mult-VAE", "EASE", "item-kNN"))),
    Verdict("*Slow anneal* writes one that would need 20 times our steps", lambda run:
            run.row("recorded-tastes", "Mult-VAE, slow anneal")[1] < run.row("recorded-tastes", "Mult-VAE")[1] - 0.008),
    Verdict("the table has it two hundredths or so behind Mult-VAE", lambda run: all(
        0.01 < vae - slow < 0.03 for vae, slow in zip(run.row("recorded-tastes", "Mult-VAE"), run.row(
            "recorded-tastes", "Mult-VAE, slow anneal"), strict=True))),
    Verdict("on average by less than a hundredth", lambda run: all(
        number(row[1].split()[0]) < 0.01 for row in run.tables("recorded-tastes")[1] if row[0] in ("EASE", "item-kNN"))),
    Verdict("about half of its deficit is that", half_is_used_up),
    Verdict("Among all items three neighbours beat popularity", turned),
    Verdict("the autoencoder gains two thirds and more", gains_and_losses),
    Verdict("Popularity has twice the hits of chance", knows_the_window),
    Verdict("afterwards the VAE is among the best", lambda run: run.row("exposure-code", "Mult-VAE")[2] >= max(
        run.row("exposure-code", name)[2] for name in ("popularity", "item-kNN", "EASE", "Mult-DAE")) - 0.05),
    Verdict("Three good questions bring more than a third", worth_a_third),
    Verdict("is as good as the perfect player", lambda run: run.row("door-code", "one step ahead")[:3]
            == run.row("door-code", "perfect")[:3]),
]
TOPICS_AND_TASTES = [*TOPICS, *TASTES]
