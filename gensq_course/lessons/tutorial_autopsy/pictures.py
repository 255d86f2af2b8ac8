"""Tables and pictures of lesson 20: where the mistakes stand, what one costs in training, what recorded tables say of claims."""
from collections.abc import Mapping, Sequence

from gensq_course import studies, widgets
from gensq_course.lessons.dialogue_gan.pictures import Picture
from gensq_course.lessons.summarisation.pictures import with_interval
from gensq_course.lessons.tutorial_autopsy import hunting, programs
from gensq_course.lessons.tutorial_autopsy.experiments import GROUPS, mistake, mistakes
from gensq_course.studies.rows import Row, by, flat
from gensq_lib import plots
from gensq_lib.maths.objectives import evaluate
from gensq_lib.maths.stats import Estimate, estimate
from gensq_lib.models.ngram import NGram
from gensq_lib.text.batching import in_order
from gensq_lib.text.corpora import Corpus

PART = 10  # lines of the listing in one place of the figure


def where(**words: str) -> Picture:
    """How many mistakes each ten lines of the tutorial have, a line for each group."""
    starts = list(range(1, len(hunting.lines()) + 1, PART))
    found = {group: [sum(kind == group and start <= number < start + PART for number, kind in hunting.answers().items())
                     for start in starts] for group in GROUPS}
    axes = plots.curves_over(starts, found, xlabel="from line", ylabel="mistakes in ten lines", **words)
    return axes, "Mistakes in every ten lines of the tutorial: " + "; ".join(
        f"{group} {', '.join(map(str, numbers))}" for group, numbers in found.items()) + "."


def cost(rows: Sequence[Row], **words: str) -> Picture:
    """Valid share over the KL: the program as it is, and with one mistake put back; names stand above and below by turns."""
    found = by([row for row in rows if row["setting"]["part"] == "mistakes"], "mistake", "measure")
    points = {named(name): (found[name, "KL"].mean, found[name, "valid"].mean)
              for name in dict.fromkeys(name for name, _ in found if name)}
    axes = plots.frontier({name: ([x], [y]) for name, (x, y) in points.items()}, xlabel=ACROSS, ylabel=UP, **words)
    axes.get_legend().remove()
    axes.set_ylim(-0.15, 0.95)
    middle = max(x for x, _ in points.values()) / 2
    ordered = sorted(points.items(), key=lambda item: (round(item[1][1], 1) > 0, item[1][0]))  # neighbours get different sides
    for place, (name, point) in enumerate(ordered):
        axes.annotate(name, point, textcoords="offset points", xytext=(0, -15 if place % 2 else 9), fontsize="small",
                      horizontalalignment="right" if point[0] > middle else "left")
    return axes, f"{UP} over {ACROSS}: " + "; ".join(f"{name} {y:.2f} at {x:.1f}" for name, (x, y) in points.items()) + "."


ABOVE = "bound above the truth"
UP, ACROSS = "valid share of what is drawn", "KL, nats per sentence"


def named(name: str) -> str:
    return "as it is" if name == "none" else mistake(name).says


def cost_rows(rows: Sequence[Row]) -> list[list]:
    """Of the recorded seeds: mistake, bound above the truth and what it adds, valid share, KL and what it adds."""
    found = by([row for row in rows if row["setting"]["part"] == "mistakes"], "mistake", "measure")
    names = list(dict.fromkeys(name for name, _ in found if name))
    extra = {(name, measure): "" if name == "none" else with_interval(paired(
        "tutorial_autopsy", dict(mistake=name), dict(mistake="none"), measure=measure))
        for name in names for measure in (ABOVE, "KL")}
    return [[named(name), str(found[name, ABOVE]), extra[name, ABOVE],
             str(found[name, "valid"]), str(found[name, "KL"]), extra[name, "KL"]] for name in names]


def without_rows(reached: Mapping[str, programs.Reached]) -> list[list[str]]:
    """Of text VAEs: bound above the truth, KL, what another sentence's z costs (nats), valid share with its interval."""
    return [[name, str(each.above), f"{each.kl:.2f}", str(each.misled), str(each.valid)] for name, each in reached.items()]


def right_rows(right: Mapping[str, Estimate]) -> list[list[str]]:
    """Who judges, and which share of the verdicts is right, with its interval of 95 %."""
    return [[name, "{:.3f} ({:.3f} to {:.3f})".format(each.mean, *each.interval)] for name, each in right.items()]


def by_seed(rows: Sequence[Row], **keys: object) -> dict[int, float]:
    """The value of each seed, of the records whose keys (those of the row's setting, too) are these."""
    return {record["seed"]: record["value"] for record in flat(rows)
            if all(record.get(key) == value for key, value in keys.items())}


def paired(study: str, ours: Mapping[str, object], theirs: Mapping[str, object], **both: object) -> Estimate:
    """Of a recorded table: the first less the second, paired by seed."""
    rows = studies.read(study)["rows"]
    first, second = by_seed(rows, **ours, **both), by_seed(rows, **theirs, **both)
    return estimate([first[seed] - second[seed] for seed in sorted(first.keys() & second.keys())])


def claims_tested() -> dict[str, tuple[str, Estimate, str]]:
    """Claim -> what was compared, the paired difference over recorded seeds, the lesson that has the table."""
    found = {}
    for claim, rival, against in (("A GAN writes better text than likelihood does", "longer", "likelihood trained on"),
                                  ("... at least at equal steps", "likelihood", "equal steps of likelihood")):
        for measure, unit in (("valid", "valid share"), ("nll", "nats per sentence"), ("js", "distance from the truth, nats")):
            found[f"{claim}: {measure}"] = (f"{unit}, the game less {against}", paired(
                "text_gan", dict(way="adversarial"), dict(way=rival), measure=measure, temperature=1.0), "15")
    found["The weight of the KL is a matter of taste"] = (
        "nats per sentence of the bound, β = .2 less β = .4",
        paired("cures_strengths", dict(strength=0.2), dict(strength=0.4), cure="small_beta", measure="nll"), "08")
    for size in (3000, 10_000):
        found[f"A VAE always models text worse: {size:,}"] = (
            f"nats per sentence on {size:,} real sentences, the VAE's bound less its language model",
            paired("small_texts", dict(model="VAE"), dict(model="LM"), num=size, measure="nll"), "06")
    return found


def claim_rows() -> list[list[str]]:
    """For a table: claim, what was compared, difference and 95 % interval, seeds, lesson."""
    return [[claim, what, with_interval(found), str(found.n), lesson]
            for claim, (what, found, lesson) in claims_tested().items()]


def more_data(text: Corpus, sizes: Sequence[int], *, order: int = 2, num_test: int = 500) -> dict[int, Estimate]:
    """Nats per sentence that counts of neighbouring words need above the exact -log p of the same sentences, by training size."""
    test, encode = text.test[:num_test], text.vocab.encode
    exact = [text.grammar.log_prob(sentence) for sentence in test]
    found = {}
    for size in sizes:
        model = NGram(vocab_size=len(text.vocab), order=order).fit(list(map(encode, text.train[:size])))
        log_p = evaluate(model, model.log_likelihood, in_order(list(map(encode, test)), batch_size=100))
        found[size] = estimate([e - p for e, p in zip(exact, log_p.tolist(), strict=True)])
    return found


def pages() -> list[widgets.Picture]:
    """A card for each mistake, for a stepper: what the tutorial does, why it happens, how it is repaired."""
    return [widgets.cards({row.says: f"Why: {row.cause}", "repair": row.repair}, f"{row.group}; measured: {row.measure}")
            for row in mistakes().values()]


def hunt_widget() -> object:
    """Click on lines; the kernel answers."""
    def answer(marks: dict[int, str]) -> tuple[str, dict[int, str]]:
        found = hunting.score(marks)
        return str(found), found.said
    return widgets.listing([line.text for line in hunting.lines()], GROUPS, answer)
