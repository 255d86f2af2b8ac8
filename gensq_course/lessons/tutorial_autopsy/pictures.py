"""Tables and pictures of lesson 20: where the mistakes stand, what one costs in training, what recorded tables say of claims."""
from collections.abc import Mapping, Sequence

from gensq_course import studies, widgets
from gensq_course.lessons.dialogue_gan.pictures import Picture
from gensq_course.lessons.summarisation.pictures import with_interval
from gensq_course.lessons.text_vae import small_texts
from gensq_course.lessons.tutorial_autopsy import hunting, programs
from gensq_course.lessons.tutorial_autopsy.experiments import GROUPS, mistake, mistakes
from gensq_course.studies.rows import Row, by, flat
from gensq_lib import plots
from gensq_lib.ground import runtime
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
    """Valid share over the KL: the program as it is, with one mistake put back, and without free bits."""
    found = by(rows, "mistake", "measure")
    points = {named(name): (found[name, "KL"].mean, found[name, "valid"].mean) for name in put_back(rows)}
    axes = plots.frontier({name: ([x], [y]) for name, (x, y) in points.items()}, xlabel=ACROSS, ylabel=UP, **words)
    axes.legend(loc="lower center")  # points lie close together, above and beside it: a name could be taken for another's
    axes.set_ylim(-0.1, 1.0)
    return axes, f"{UP} over {ACROSS}: " + "; ".join(f"{name} {y:.2f} at {x:.1f}" for name, (x, y) in points.items()) + "."


ABOVE, MANY = "bound above the truth", "many draws"
UP, ACROSS = "valid share of what is drawn", "KL, nats per sentence"


def put_back(rows: Sequence[Row]) -> list[str]:
    """The programs of the recorded table of mistakes, in its order: "none", then the mistakes, then what one is held against."""
    return list(dict.fromkeys(record["mistake"] for record in flat(rows) if record.get("mistake")))


def named(name: str) -> str:
    return {"none": "as it is"}.get(name) or (name if name in programs.PARTNER.values() else mistake(name).says)


def less(ours: str, theirs: str, *measures: str) -> str:
    """Of the recorded programs: the first less the second in a measure (the second's may be another), with its interval."""
    return with_interval(paired("tutorial_autopsy", dict(mistake=ours, measure=measures[0]),
                                dict(mistake=theirs, measure=measures[-1])))


def cost_rows(rows: Sequence[Row]) -> list[list[str]]:
    """Of the recorded seeds: program, bound above the truth as reported, the same weights scored by the program as it is, by how
    much that is more than its partner's; valid share, KL, by how much that is more."""
    found, table = by(rows, "mistake", "measure"), []
    for name in put_back(rows):
        scored, partner = "unspoiled" if name in programs.SPOILED_SCORERS else ABOVE, programs.PARTNER.get(name, "none")
        more = ("", "") if name == "none" else (less(name, partner, scored, ABOVE), less(name, partner, "KL"))
        table.append([named(name), *(str(found[name, measure]) for measure in (ABOVE, scored)), more[0],
                      *(str(found[name, measure]) for measure in ("valid", "KL")), more[1]])
    return table


def draws_rows(rows: Sequence[Row]) -> list[list[str]]:
    """A mistake and the program that it is held against: bounds above the truth from few and from many draws of z, their gap."""
    found, table = by(rows, "mistake", "measure"), []
    for ours, theirs in programs.PARTNER.items():
        table += [[named(name), str(found[name, ABOVE]), str(found[name, MANY]), less(name, name, ABOVE, MANY)]
                  for name in (ours, theirs)]
        table.append(["the first less the second", less(ours, theirs, ABOVE), less(ours, theirs, MANY), ""])
    return table


def without_rows(rows: Sequence[Row]) -> list[list[str]]:
    """Of the recorded text VAEs: bound above the truth, KL, what another sentence's z costs (nats), valid share, and by how much
    it is more than that of the program as it is."""
    found = by(rows, "program", "without", "measure")
    made = {"as it is": dict(program="text VAE")} | {f"without {name}": dict(without=name) for name in programs.WITHOUT}
    return [[name, *(str(found[keys.get("program"), keys.get("without"), each]) for each in (ABOVE, "KL", "misled", "valid")),
             "" if name == "as it is" else with_interval(paired(
                 "tutorial_autopsy", keys, made["as it is"], measure="valid"))] for name, keys in made.items()]


def game_rows(rows: Sequence[Row]) -> list[list[str]]:
    """Of the recorded speakers: share of valid replies, what that gained over the start, and over as many steps of likelihood."""
    found, table = by(rows, "way", "measure"), []
    for way in dict.fromkeys(way for way, _ in found if way):
        control = programs.CONTROL + programs.LONGER * way.endswith(programs.LONGER)
        gains = ["" if way in ("likelihood", rival) else with_interval(paired(
            "tutorial_autopsy", dict(way=way), dict(way=rival), measure="valid")) for rival in ("likelihood", control)]
        table.append([way, str(found[way, "valid"]), *gains])
    return table


def judge_rows(rows: Sequence[Row]) -> list[list[str]]:
    """Of the recorded judges: the share of right verdicts, and that of each seed."""
    return [[judge, str(right), ", ".join(f"{each:.3f}" for each in by_seed(rows, judge=judge, measure="right").values())]
            for judge, right in by(rows, "judge", measure="right").items() if judge]


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
    for size, vae in ((3000, "VAE"), (3000, "VAE, λ .5"), (10_000, "VAE")):
        free = f"{small_texts.FREE_BITS[vae]:g}".lstrip("0")
        found[f"A VAE always models text worse: {size:,}, λ = {free}"] = (
            f"nats per sentence on {size:,} real sentences: bound of the VAE ({small_texts.NUM_IMPORTANCE} draws, {free} nats of "
            "each dimension free) less its language model (exact)",
            paired("small_texts", dict(model=vae), dict(model="LM"), num=size, measure="nll"), "06")
    return found


def claim_rows() -> list[list[str]]:
    """For a table: claim, what was compared, difference and 95 % interval, seeds, lesson."""
    return [[claim, what, with_interval(found), str(found.n), lesson]
            for claim, (what, found, lesson) in claims_tested().items()]


def more_data(text: Corpus, sizes: Sequence[int], *, seed: int, order: int = 2, num_test: int = 500) -> dict[int, Estimate]:
    """Nats per sentence that counts of neighbouring words need above the exact -log p of the same sentences, by training size.

    The seed draws the sentences, those to be read and those to be scored.
    """
    train, test = (text.grammar.sentences(num, generator=runtime.generator(seed, "more data", part))
                   for part, num in (("train", max(sizes)), ("test", num_test)))
    train, encoded = (list(map(text.vocab.encode, part)) for part in (train, test))
    exact = [text.grammar.log_prob(sentence) for sentence in test]
    found = {}
    for size in sizes:
        model = NGram(vocab_size=len(text.vocab), order=order).fit(train[:size])
        log_p = evaluate(model, model.log_likelihood, in_order(encoded, batch_size=100))
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
