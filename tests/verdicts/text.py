"""Phrases of the lessons on text, from 05 on. One that is reworded in a lesson is reworded here, and its condition read again."""
import operator
import re

from tests.verdicts import Run, Verdict, falls, number, rises


def finished_is_most_valid(run: Run) -> bool:
    """At T = 1 the finished LSTM has the fewest invalid samples, and the n-gram the most."""
    invalid = {row[0]: number(row[2]) for row in run.tables("temperature")[0][1:] if row[1] == "1"}
    gram = max(value for name, value in invalid.items() if "gram" in name)
    return invalid["LSTM, finished"] == min(invalid.values()) < gram == max(invalid.values())


def reads_less_and_leads(run: Run) -> bool:
    """The LSTM's lead shrinks with the number of sentences, and at the right end it has not read all of them."""
    lines = [line for line in run.said("equal-data").splitlines() if "sentences:" in line]
    read, lead = ([number(line.split(word)[1]) for line in lines] for word in ("LSTM read", "many and is"))
    return falls(read) and read[-1] < 1 < read[0] and falls(lead) and lead[-1] > 0


def narrow_beam_can_win(run: Run) -> bool:
    """Not every wider beam comes nearer to the best sentence, and the widest finds it."""
    costs = run.column("most-likely", "-log p, nats")
    beams, best = costs[:-1], costs[-1]
    return beams[-1] == best == min(costs) and beams != sorted(beams, reverse=True)


LANGUAGE_MODELS = [
    Verdict("the mean of -log p infinite", lambda run: run.numbers("count-and-divide", r"; (\S+)% of test")[0] > 1),
    Verdict("*York* is frequent, but only after *New*", lambda run: run.row("toy", "after old: Kneser")[1] == min(
        run.row("toy", "after old: Kneser"))),
    Verdict("no model beats the truth", lambda run: min(run.column("all-scores", "nats per sentence")) == run.row(
        "all-scores", "the truth")[0]),
    Verdict("the networks have not finished", lambda run: (
        run.row("all-scores", "LSTM, trained here")[0] > run.row("all-scores", "LSTM, finished")[0] + 0.5)),
    Verdict("Below 1 (in our run at the right end) it has not seen all of them", reads_less_and_leads),
    Verdict("what a low temperature costs", lambda run: (
        run.row("temperature", "4-gram")[0] == 0.5 and run.row("temperature", "4-gram")[2] < [
            number(row[3]) for row in run.tables("temperature")[0] if row[0] == "4-gram"][-1])),
    Verdict("They need not be the same, because the two ask different things", finished_is_most_valid),
    Verdict("One that is twice as far hardly comes by chance", lambda run: (lambda as_it_is, cold: as_it_is < 2 < cold)(
        *run.numbers("attributes", r"T = 1.0: .*?farthest (\S+) times.*T = 0.5: .*?farthest (\S+) times"))),
    Verdict("You might expect every wider beam to come nearer. Look whether it does.", narrow_beam_can_win),
    Verdict("On real text nothing would have looked wrong", lambda run: (
        lambda theirs, ours, truth: theirs < truth < ours)(*run.numbers(
            "broken", r"reported (\S+), ours (\S+), the truth (\S+)"))),
]


def bars(run: Run) -> dict[str, float]:
    return {row[0]: number(row[1]) for row in run.tables("measure")[0][1:]}


def account_adds_up(run: Run) -> bool:
    bar = bars(run)
    model = bar["exact NLL"] + bar["invalid mass"] + bar["wrong weights"]
    return (abs(model - bar["NLL (IWAE)"]) < 0.01
            and abs(bar["NLL (IWAE)"] + bar["approximate family"] + bar["amortisation"] - bar["-ELBO"]) < 0.01
            and all(value > 0 for value in bar.values()))


def information_follows_the_price(run: Run) -> bool:
    """Of each start: no information under the plain KL, some with free bits; with a start that writes, the bag adds topic."""
    names, *rows = run.tables("recorded")[0]
    information, topic = ([number(row[names.index(name)]) for row in rows[:6]] for name in ("information", "topic"))
    return all(information[i] < 0.2 and information[i + 1] > 3 for i in (0, 3)) and topic[5] > topic[4] + 0.1


TEXT_VAE = [
    Verdict("information at least", lambda run: (lambda kl, information, plain: plain < 0.1 < 1 < information < kl)(
        *run.numbers("loop-information", r"KL (\S+) nats, information at least (\S+)\. The plain VAE: KL (\S+)\.\s"))),
    Verdict("If the best is above step 0, then by the ELBO alone the empty z was the better choice", lambda run: (
        lambda start, best, end: best <= end and best > start)(*run.numbers(
            "train-vae", r"sentences: (\S+) at step 0, (\S+) at best, (\S+) at the end"))),
    Verdict("A stranger's z can cost more than z holds", lambda run: (lambda kl, units, low, high, stranger, none: (
        low <= high and stranger > 2 * high and stranger > none))(*run.column(
            "instruments", "nats per sentence (units: a count)"))),
    Verdict("he loses at most log N against the one who knows", lambda run: (
        lambda num, stranger, worth: 0 < worth <= 4.6053 < stranger and num == 100)(*run.numbers(
            "worth-table", r"(\d+) sentences: a stranger's z costs (\S+) nats, the own is worth (\S+);"))),
    Verdict("A share kept means little without **chance**", lambda run: run.numbers(
        "map", r"names it for (\d+)% of them.*?names it for (\d+)%")[1] > 50),
    Verdict("As K grows it can only rise (on average)", lambda run: (lambda first, last, exact: exact < last < first)(
        *run.numbers("iwae-figure", r"from (\S+) at K = 1 to (\S+) nats at K = 50; exact: (\S+)\."))),
    Verdict("Steps 1 and 2 are the *model gap*", account_adds_up),
    Verdict("Does KL come with information, and information with the topic?", information_follows_the_price),
    Verdict("such a number falls below the exact NLL", lambda run: (lambda theirs, exact: theirs < exact)(
        *run.numbers("broken", r"-ELBO (\S+), exact NLL (\S+) nats"))),
]


def three_models_tie(run: Run) -> bool:
    above = run.column("tie-shown", "above the entropy")
    return all(abs(value) < 1e-9 for value in above[:3]) and all(value > 1e-4 for value in above[3:])


def reaches_its_rate(run: Run) -> bool:
    """KL of the four directions at the end, beside half of log lambda where lambda exceeds the noise."""
    ends = run.numbers("linear-picture", r"λ = 4 \S+ (\S+); λ = 2 \S+ (\S+); λ = 1.3 \S+ (\S+); λ = 0.5 \S+ (\S+)")
    return all(abs(found - known) < 0.01 for found, known in zip(ends, (0.6931, 0.3466, 0.1312, 0.0), strict=True))


def says_less_than_could_be_used(run: Run) -> bool:
    """Plain training: the true posterior's means spread wider than the encoder's on the way (by 1.2 at step 60 of seed 5)."""
    steps = run.numbers("strip", r"plain training.*?step 30: (\S+), (\S+); step 60: (\S+), (\S+);")
    return steps[0] > 1.3 * steps[1] and steps[2] > steps[3]


def instruments_of_an_empty_z(run: Run) -> bool:
    plain, blind = ({row[0]: number(row[column]) for row in run.tables("seven-table")[0][1:]} for column in (1, 2))
    used = [name for name in plain if not name.startswith(("dimensions", "active", "KL(q(z)"))]
    return (all(abs(plain[name]) < 0.1 for name in used) and blind["cost of a stranger's z"] > 3 * blind["KL, all dimensions"]
            and blind["mutual information, lower"] <= blind["mutual information, upper"])


POSTERIOR_COLLAPSE = [
    Verdict("At first the encoder is random: its z differs a little between sentences and costs a little", lambda run: (
        lambda first, last: 0 <= last < first)(*run.numbers("plain", r"steps: (\S+) nats at first, (\S+) over the last"))),
    Verdict("Three models tie", three_models_tie),
    Verdict("So z can bring at most what the decoder *alone* still lacks", lambda run: (
        0 < run.numbers("room", r"room for z: (\S+) ±")[0] < 0.5)),
    Verdict("Each direction ends at the rate that we worked out", reaches_its_rate),
    Verdict("the encoder says less than the decoder could use", says_less_than_could_be_used),
    Verdict("With more encoder updates z stays in use", lambda run: (
        run.row("price-of-aggression", "aggressive")[2] > run.row("price-of-aggression", "plain")[2] + 0.1)),
    Verdict("nearly the whole difference is the KL", lambda run: (lambda above, kl: abs(above - kl) < 0.05)(
        *run.numbers("bound-picture", r"language model (\S+) ± .*?KL (\S+) ±"))),
    Verdict("The blind model has filled its z", lambda run: run.numbers("blind-train", r"blind VAE, (\S+) nats")[0] >= 1),
    Verdict("The last column is the price: the more words are hidden, the harder the sentence is to predict", lambda run: (
        rises(run.column("hidden-table", "-ELBO")))),
    Verdict("At N = 16 the lower estimate cannot exceed log 16", lambda run: (
        lambda low, high, later, known: low <= 2.85 < known < high and low < later <= known)(*run.numbers(
            "bias-code", r"N = 16: (\S+) to (\S+); .*N = 1024: (\S+) to .*Known: (\S+) nats"))),
    Verdict("For a collapsed model all rows that ask for use or information are near 0", instruments_of_an_empty_z),
    Verdict("even a wrong q(z) gives the right sum", lambda run: (lambda right, wrong, sum_right, sum_wrong: (
        abs(sum_right - sum_wrong) < 1e-3 and abs(right - wrong) > 1))(*run.numbers(
            "trap-code", r"by 0: (\S+) \+ \S+ = .*by 3: (\S+) \+.*"), *run.numbers(
            "trap-code", r"by 0: [^=]*= (\S+), KL .*by 3: [^=]*= (\S+), KL"))),
    Verdict("the model that uses z most need not be the one that predicts best", lambda run: (
        run.row("comparison", "blind")[0] > run.row("comparison", "plain")[0]
        and run.row("comparison", "blind")[2] > run.row("comparison", "plain")[2])),
]


def keeps_more_than_chance(run: Run) -> bool:
    rows = run.tables("keep")[1][1:]
    return all(number(row[1]) > number(row[2]) + 0.2 for row in rows)


def says_what_it_counts(run: Run) -> bool:
    """Each printed verdict of a difference is that of its number and its error (95 %)."""
    lines = [part for cell in ("line-against-turn", "repair-verdict")
             for part in re.findall(r"(-?\d\.\d+) ± (\d\.\d+), (more|less|cannot be told from 0)", run.said(cell))]
    half = 5e-4  # what rounding may have taken from each number
    says = {"more": lambda gain, error: gain + half > 1.9 * (error - half),
            "less": lambda gain, error: gain - half < -1.9 * (error - half),
            "cannot be told from 0": lambda gain, error: abs(gain) - half < 2.05 * (error + half)}
    return len(lines) >= 14 and all(says[word](float(gain), float(error)) for gain, error, word in lines)


def no_dimension_owns(run: Run) -> bool:
    found = re.findall(r"at most (\S+) nats in dimension \d+, (\S+) in all", run.described("dimensions"))
    return len(found) >= 3 and all(2 * float(best) < float(together) for best, together in found)


LATENT_SPACE = [
    Verdict("In our run the VAE is the worse model of text", lambda run: (
        run.row("price-code", "language model")[0] < run.row("price-code", "this VAE, NLL")[0]
        < run.row("price-code", "this VAE, -ELBO")[0])),
    Verdict("in our run the rate is larger than what it saves", lambda run: (lambda saved, rate: 0 < saved < rate)(
        *run.numbers("z-controls", r"saves (\S+) nats of distortion and costs (\S+):"))),
    Verdict("z = 0 misleads, too, if less", lambda run: (lambda own, stranger, zero, none: own < none < zero < stranger)(
        *run.column("z-controls", "-log p(x | z), nats"))),
    Verdict("the model often says *something like* the sentence, with other words", keeps_more_than_chance),
    Verdict("The table fits its own noise", lambda run: abs(run.numbers("bias-code", r"Found (\S+) nats")[0] - 0.105) < 0.05),
    Verdict("In our run no dimension owns an attribute", no_dimension_owns),
    Verdict("the middle of the line is shorter than its ends", lambda run: (
        lambda ends, middle, turned, halfway: middle < 0.85 * ends and halfway > 0.95 * turned)(*run.numbers(
            "path-lengths", r"prior, linear (\S+), (\S+); prior, spherical (\S+), (\S+)"))),
    Verdict("it counts where its 95 % interval leaves out 0", says_what_it_counts),
    Verdict("in our run, the row *random* loses so many topics", lambda run: all(
        number(random[3]) < number(means[3]) - 0.1 for means, random in (
            [row for row in run.tables("repair-run")[0] if row[0] == moved][::4] for moved in ("sentiment", "tense")))),
    Verdict("A measure of paths is worth nothing without a measure of their ends", lambda run: (
        min(run.numbers("break-code", r"at most once: (\S+) \S+ to \S+ (\S+) ")) == 1)),
]


def targets_waste(run: Run) -> bool:
    """At their stronger setting target and committed rates waste more than free bits."""
    wasted = {row[0]: number(row[2]) for row in run.tables("cure-11")[0][1:] if row[2]}
    best = max(wasted[good] for good in ("free_bits", "group_free_bits"))
    return all(wasted[bad] > best + 0.5 for bad in ("target_rate", "committed_rate"))


def counts_of_properties(run: Run) -> bool:
    """Each printed count and name is that of the table above it."""
    names, *rows = run.tables("strengths-known")[0]
    lines = re.findall(r"(\w+): (\d+) of \d+ know at least \S+ nats", run.said("strengths-verdict"))
    knowing = {name: sum(number(row[names.index(name)]) >= 0.05 for row in rows) for name in names[1:]}
    return len(lines) >= 4 and all(knowing[name] == int(count) for name, count in lines)


CURING_COLLAPSE = [
    Verdict("nothing was learnt", lambda run: (lambda active, all_of_them, kl, cost: active == all_of_them and cost < 0.1 < kl)(
        *run.numbers("untrained", r"(\d+) of (\d+) units active, KL (\S+) nats; exchanging z costs (\S+) nats"))),
    Verdict("a collapsed model has no inference gap", lambda run: (
        lambda family, amortisation: abs(family) + abs(amortisation) < 0.05)(*run.numbers(
            "waterfalls", r"run plain.*?approximate family (\S+), amortisation (\S+), "))),
    Verdict("A model that uses z pays one", lambda run: sum(run.numbers(
        "waterfalls", r"your choice.*?approximate family (\S+), amortisation (\S+), ")) > 0.1),
    Verdict("finds \"information\" that no draw carries", lambda run: (lambda draws, means: draws < 0.05 < means)(
        *run.numbers("cure-02", r"less the rate: (\S+) nats\..*plain run: (\S+) nats"))),
    Verdict("A cure that knows one property best need not know the others", counts_of_properties),
    Verdict("*A target rate or a committed rate* asks for nats, not for nats that are of use", targets_waste),
    Verdict("it grows with the steps", lambda run: (lambda row: number(row[3].split("at")[1]) < number(row[4].split("at")[1]))(
        next(row for row in run.tables("cure-11")[0] if row[0] == "small_beta"))),
    Verdict("gains most from z where it is most uncertain: at the beginning", lambda run: min(run.numbers(
        "gain", r"first three words have: \S+ (\d+)%, \S+ (\d+)%, \S+ (\d+)%, \S+ (\d+)%")) > 50),
    Verdict("z has nothing to tell that is worth its price, however hard the encoder works", lambda run: run.numbers(
        "lagging-compare", r"rate of the aggressive run: (\S+) nats")[0] < 0.1),
]


def marked(run: Run, row: str, name: str, table: int) -> float:
    """A number of the trial of metrics; one without end is larger than any other."""
    names, *rows = run.tables("parrot")[table]
    text = next(each for each in rows if each[0] == row)[next(i for i, each in enumerate(names) if each.startswith(name))]
    return float("inf") if text.startswith("inf") else number(text)


TEXT_GAN = [
    Verdict("Even the true p, asked this way, prefers colder generators to itself", lambda run: (
        marked(run, "cold truth", "surprise of p", 0) < marked(run, "the truth", "surprise of p", 0)
        < marked(run, "hot truth", "surprise of p", 0))),
    Verdict("whoever copies the training set looks likelier than the truth to a model that has read it", lambda run: (
        marked(run, "copied training set", "forward", 0) < marked(run, "the truth", "forward", 0))),
    Verdict("words in any order vary most", lambda run: all(
        max(run.tables("parrot")[1][1:], key=lambda row: sign * number(row[place]))[0] == "shuffled words"
        for place, sign in ((4, -1), (5, 1)))),
    Verdict("while KL(p‖G) is infinite", lambda run: (
        marked(run, "half forgotten", "KL(p‖G)", 0) > 1e9 and marked(run, "the truth", "KL(p‖G)", 0) == 0)),
]


def way(run: Run, label: str, name: str, num: str) -> float:
    """A number of the recorded tables of labels."""
    names, *rows = next(table for table in run.tables("curves-table") if table[0][0] == label)
    return number(next(row for row in rows if row[0] == name)[names.index(num)])


def asked(run: Run, name: str) -> list[float]:
    """Right, control, selectivity of a representation; first how many numbers it has."""
    names, *rows = run.tables("probe-table")[0]
    row = next(row for row in rows if row[0] == name)
    return [number(row[names.index(column)]) for column in ("right (95 % interval)", "control", "selectivity")]


LABELS = ("10", "20", "50", "100", "200", "500")
Z, WORDS, LSA, MEAN = (f"logistic regression, {of}" for of in ("z", "words", "LSA", "mean LM state"))
UNDERSTANDING = [
    Verdict("The truth's error is what chance gives", lambda run: (
        run.column("judged-verdict", "error above chance, deviations")[0] < 3)),
    Verdict("All learnt classifiers have a higher NLL than the truth", lambda run: min(
        run.column("judged-code", "NLL, nats")[1:]) > run.column("judged-code", "NLL, nats")[0] > 0),
    Verdict("*Words* are right most often, and learn the control, too", lambda run: (
        asked(run, "words")[0] > max(asked(run, name)[0] for name in ("language model's state", "z, means"))
        and asked(run, "words")[1] > 0.6)),
    Verdict("and read the control as well as the label", lambda run: (lambda right, control, gain: (
        0.43 < right < asked(run, "z, means")[0] - 0.3 and abs(gain) < 0.06))(*asked(run, "untrained encoders, means"))),
    Verdict("And *z* has the highest selectivity", lambda run: asked(run, "z, means")[2] > max(
        asked(run, name)[2] for name in ("words", "language model's state", "untrained encoders, means"))),
    Verdict("Its *draws* know less than its means", lambda run: asked(run, "z, draws")[0] < asked(run, "z, means")[0]),
    Verdict("it is right almost three times as often as words", lambda run: 2.5 < (
        way(run, "topic", Z, "20") / way(run, "topic", WORDS, "20")) < 3.1),
    Verdict("on the mood it is ahead of z from 50 labels on", lambda run: all(
        way(run, "sentiment", MEAN, num) - way(run, "sentiment", Z, num) > 0.1 for num in ("50", "100", "200", "500"))),
    Verdict("at 100 these two are level", lambda run: abs(way(run, "topic", MEAN, "100") - way(run, "topic", Z, "100")) < 0.03),
    Verdict("from 200 on words are ahead", lambda run: all(
        (way(run, "sentiment", Z, num) > way(run, "sentiment", WORDS, num)) == (int(num) <= 100)
        for num in LABELS)),
    Verdict("is far behind z on mood and topic", lambda run: all(
        way(run, what, Z, "100") - way(run, what, LSA, "100") > 0.1 for what in ("sentiment", "topic"))),
    Verdict("What U itself adds to the share that is right lies between -.02 and +.02", lambda run: all(abs(
        way(run, "sentiment", "M2", num) - way(run, "sentiment", "M2, labels alone", num)) < 0.03 for num in LABELS)),
    Verdict("up to 50 labels the interval is below 0", lambda run: all(
        (high < 0) == (int(num) <= 50) for num, high in zip(LABELS, run.numbers(
            "curves-verdict", r"Brier score, \S+ labels: \S+ \(\S+ to (\S+)\).*?" * 6), strict=True))),
    Verdict("the same network without the term U is .03 ahead, too", lambda run: 0.02 < (
        way(run, "sentiment", "M2, labels alone", "100") - way(run, "sentiment", "LSTM", "100")) < 0.045),
    Verdict("With *shuffled labels* the four ways are right in a third to two fifths of the cases", lambda run: all(
        0.3 < way(run, "sentiment", f"{name}; labels shuffled", num) < 0.43
        for name in (WORDS, MEAN, Z, "LSTM") for num in (*LABELS, "all"))),
    Verdict("is right about half of the comments", lambda run: 0.48 < number(next(
        row[3] for row in run.tables("people")[0][1:] if row[:3] == ["goemotions", "all", WORDS])) < 0.53),
]


def translated(run: Run, name: str, measure: str) -> float:
    """A number of the recorded table of who translates."""
    names, *rows = run.tables("ranked")[0]
    return number(next(row for row in rows if row[0] == name)[names.index(measure)])


def with_z(run: Run, model: str, measure: str, corpus: str = "zh-en") -> float:
    """A number of the recorded table of networks."""
    names, *rows = run.tables("networks")[0]
    return number(next(row for row in rows if row[:2] == [corpus, model])[names.index(measure)])


def of_pairs(run: Run, pairs: str, more: str, measure: str) -> float:
    """A number of the recorded table of few pairs."""
    names, *rows = run.tables("little")[0]
    return number(next(row for row in rows if row[:2] == [pairs, more])[names.index(measure)])


def of_topics(run: Run, trained: str, tested: str, measure: str) -> float:
    """A number of the recorded table of topics."""
    names, *rows = run.tables("topics")[0]
    return number(next(row for row in rows if row[0].startswith(trained) and row[1] == tested)[names.index(measure)])


def unseen(run: Run, way: str, measure: str) -> float:
    """A number of the recorded table of languages, of the direction that one model never saw."""
    names, *rows = run.tables("languages")[0]
    return number(next(row for row in rows if row[:2] == ["zh-eo", way])[names.index(measure)])


def gained(run: Run, pair: str) -> list[float]:
    """The ends of the interval of what one way of going on gains over another."""
    return run.numbers("game", pair + r": \S+ nats of JS, \S+ % (\S+) to (\S+):")


def chosen_by(run: Run, name: str) -> float:
    """The valid share of who chooses from the list."""
    return run.row("rescoring", name)[0]


EMPTY = "the same English, empty source"
BAG = "VAE, free bits and bag of words"
TRANSLATION = [
    Verdict("gets more BLEU as a rule, because it guesses what most people write", lambda run: (
        run.row("surprise-code", "the likeliest")[2] > run.row("surprise-code", "another")[2])),
    Verdict("heard is next to nothing", lambda run: run.numbers("vae-scores", r"heard (\S+):")[0] < 0.1),
    Verdict("The NLL is near that of the model without z", lambda run: abs(
        run.row("vae-scores", "draws of the prior")[0] - run.row("vae-scores", "without z")[0]) < 0.25),
    Verdict("z is empty, although there is more than a nat to say", lambda run: with_z(run, "VAE, plain", "KL") < 0.05),
    Verdict("it stays at about half a nat. Look at *told*: it is nearly 0", lambda run: (
        0.3 < with_z(run, "VAE, free bits", "KL") < 0.7 and with_z(run, "VAE, free bits", "told") < 0.02)),
    Verdict("valid is .05 ± .02 lower", lambda run: (
        0.03 < with_z(run, "VAE, plain", "valid") - with_z(run, BAG, "valid") < 0.07)),
    Verdict("they buy at least as much as any z here", lambda run: all(
        with_z(run, "without z, as many weights", "valid") >= with_z(run, name, "valid")
        for name in ("VAE, plain", "VAE, free bits", BAG))),
    Verdict("There *told* is 0 by definition; what is found is the KL: a cure makes the model pay more than a nat", lambda run: (
        with_z(run, BAG, "told", "en-eo") < 0.01 and with_z(run, BAG, "KL", "en-eo") > 1)),
    Verdict("it is right 7 times less in 1,000 than the beam of 8 with the larger model", lambda run: 0.006 < (
        translated(run, "beam of 8 (2,000 pairs)", "valid") - translated(run, "least risk of 32 samples (2,000 pairs)", "valid")
        ) < 0.008),
    Verdict("The lengths of exercise 4 change nothing here", lambda run: abs(operator.sub(*(
        number(row[1]) for row in run.tables("rescoring")[0] if row[0].startswith("noisy channel")))) < 0.005),
    Verdict("*Heard* can be a little below 0", lambda run: with_z(run, "VAE, free bits", "heard") < 0),
    Verdict("Somebody who is *never* right has more BLEU than a sample of the small model", lambda run: (
        translated(run, "A NEAR MISS", "BLEU") > translated(run, "a sample (600 pairs)", "BLEU")
        and translated(run, "A NEAR MISS", "valid") == 0)),
    Verdict("the one who draws has less BLEU than the one who says the likeliest", lambda run: (
        translated(run, "ANOTHER RIGHT ANSWER", "BLEU") < translated(run, "THE LIKELIEST RIGHT ANSWER", "BLEU"))),
    Verdict("chrF puts the near miss last, as it should be", lambda run: translated(run, "A NEAR MISS", "chrF") == min(
        run.column("ranked", "chrF"))),
    Verdict("somebody who is always right below a decoder that errs in seven of a hundred", lambda run: (
        translated(run, "ANOTHER RIGHT ANSWER", "chrF") < translated(run, "least risk in a beam of 32 (2,000 pairs)", "chrF"))),
    Verdict("The noisy channel gains most of it", lambda run: (
        chosen_by(run, "noisy channel") - chosen_by(run, "the first")
        > 0.5 * (chosen_by(run, "the oracle") - chosen_by(run, "the first")))),
    Verdict("plain its z is empty, as it should be", lambda run: max(
        with_z(run, "VAE, plain", "KL", "world"), with_z(run, "VAE, plain", "KL")) < 0.05),
    Verdict("its translators are hardly ever right", lambda run: with_z(run, "VAE, plain", "valid", "world") < 0.1),
    Verdict("rises from .03 to .20 with back-translation", lambda run: (
        of_pairs(run, "100", "nothing", "greedy: valid") == 0.03
        and of_pairs(run, "100", "back-translation", "greedy: valid") == 0.2)),
    Verdict("no translation is right, and with 500 and 2,000 pairs, too, this row is far below *nothing*", lambda run: (
        of_pairs(run, "100", EMPTY, "greedy: valid") < 0.005 and all(
            of_pairs(run, pairs, EMPTY, "greedy: valid") < of_pairs(run, pairs, "nothing", "greedy: valid") - 0.2
            for pairs in ("500", "2,000")))),
    Verdict("With 500 pairs nll is better", lambda run: (
        of_pairs(run, "500", "back-translation", "nll") < of_pairs(run, "500", "nothing", "nll"))),
    Verdict("after 600 *valid* is .91 (the table of networks) and not .65", lambda run: (
        with_z(run, "without z", "valid") == 0.91 and of_pairs(run, "2,000", "nothing", "valid") == 0.65)),
    Verdict("With 2,000 pairs nothing is told apart", lambda run: all(
        abs(of_pairs(run, "2,000", "back-translation", what) - of_pairs(run, "2,000", "nothing", what)) < most
        for what, most in (("greedy: valid", 0.02), ("nll", 0.15), ("BLEU", 1)))),
    Verdict("a BLEU of more than 20, that of 100 pairs alone", lambda run: 20 < of_pairs(run, "100", "nothing", "BLEU") < 25),
    Verdict("the model of four translates nothing", lambda run: of_topics(run, "four topics", "others", "valid") < 0.01),
    Verdict("only a tenth of what it says is a sentence at all", lambda run: (
        0.05 < of_topics(run, "four topics", "others", "a sentence") < 0.15)),
    Verdict("On the four topics this model is even better than that of four alone", lambda run: (
        of_topics(run, "four, and a few", "trained", "valid") > of_topics(run, "four topics", "trained", "valid"))),
    Verdict("lift it to nearly one in two", lambda run: 0.4 < of_topics(run, "four, and a few", "others", "valid") < 0.5),
    Verdict("gives it more than 10", lambda run: of_topics(run, "four topics", "others", "BLEU") > 10),
    Verdict("no translation is right, and hardly one is in Esperanto's words", lambda run: (
        unseen(run, "one model", "valid") == 0 and unseen(run, "one model", "its words") < 0.02)),
    Verdict("Through English it is right in more than half of the sentences", lambda run: (
        0.5 < unseen(run, "one model, through English", "valid") < unseen(run, "a model of this direction", "valid"))),
    Verdict("Two models of a step each are right more often than the model of the direction", lambda run: (
        unseen(run, "two models, through English", "valid") > unseen(run, "a model of this direction", "valid"))),
    Verdict("Nearly nine of ten words that it says are English", lambda run: (
        0.82 < run.numbers("languages", r"English words (\S+)")[0] < 0.9)),
    Verdict("The perfect judge helps by either measure", lambda run: (
        gained(run, "perfect judge over likelihood")[0] > 0
        and next(row for row in run.tables("game")[0] if row[0] == "perfect judge")[-1] == "above 0")),
    Verdict("it comes as near to the world, its own interval is wide", lambda run: (
        gained(run, "perfect judge over likelihood, more to read")[0] < 0
        < gained(run, "perfect judge over likelihood, more to read")[1]
        and "open" in next(row for row in run.tables("game")[0] if row[0] == "likelihood, more to read")[2])),
    Verdict("at ten times the rate it hardly moves either", lambda run: max(
        run.row("game", "likelihood")[0], run.row("game", "likelihood, ten")[0]) < 0.0015),
    Verdict("Of the learned judge the intervals say *open*", lambda run: (
        gained(run, "adversarial over likelihood")[0] < 0 < gained(run, "adversarial over likelihood")[1])),
    Verdict("even the perfect judge sorts only about two of three rightly", lambda run: (
        0.6 < run.numbers("game", r"by the perfect one (\S+)")[0] < 0.7)),
    Verdict("sorts one in two, and a little more", lambda run: (
        0.5 < run.numbers("game", r"by the learned judge (\S+)")[0] < 0.56)),
    Verdict("gains most of that with nothing new at all", lambda run: (
        chosen_by(run, "second model") - chosen_by(run, "the first")
        > 0.5 * (chosen_by(run, "noisy channel") - chosen_by(run, "the first")))),
]


EXTRACTS = ("lead words", "surprising words", "tagger", "oracle extract")


def summarised(run: Run, name: str, measure: str, cell: str = "trial-recorded") -> float:
    """A number of a table of who writes."""
    names, *rows = run.tables(cell)[0]
    return number(next(row for row in rows if row[0].lower() == name)[names.index(measure)])


def by_words(run: Run, name: str) -> list[float]:
    """ROUGE-1 at 3, 5, 7, 9 and 11 words, from the words beside the figure."""
    return [number(value) for value in re.search(rf"{name} ([\d., ]+)", run.described("lengths-code"))[1].split(", ")]


def trainings_behind(run: Run, name: str) -> int:
    """Trainings at which somebody's upper end, less the model's ROUGE-1, is below 0."""
    row = next(row for row in run.tables("real-people")[0] if row[0] == name)
    return sum(number(cell.split("to")[1]) < 0 for cell in row[6:])


SUMMARISATION = [
    Verdict("at two trainings of three beyond the interval", lambda run: all(
        trainings_behind(run, name) == 2 for name in ("first sentence", "lead words"))),
    Verdict("The one who is never right wins, clearly", lambda run: summarised(
        run, "a near miss", "ROUGE-1", "surprise") > summarised(run, "perfect writer", "ROUGE-1", "surprise") + 5),
    Verdict("Held against the perfect writer it loses", lambda run: summarised(
        run, "a near miss of the perfect writer", "ROUGE-1", "surprise")
        < summarised(run, "perfect writer", "ROUGE-1", "surprise") - 5),
    Verdict("It gains far more than a wrong fact costs", lambda run: (
        summarised(run, "perfect writer, as long as the reference", "ROUGE-1", "surprise")
        + summarised(run, "a near miss of the perfect writer", "ROUGE-1", "surprise")
        > 2 * summarised(run, "perfect writer", "ROUGE-1", "surprise") + 5)),
    Verdict("nearly none of the extracts is a *headline*", lambda run: all(
        summarised(run, name, "headline", "surprise") < 0.1 for name in EXTRACTS)),
    Verdict("Even the random curve doubles from 3 words to 11", lambda run: (
        1.8 < by_words(run, "random words")[4] / by_words(run, "random words")[0] < 3)),
    Verdict("gains more than twenty points of ROUGE when it is told how many words", lambda run: (
        summarised(run, "copying, as long as the reference", "ROUGE-1", "train")
        > summarised(run, "copying", "ROUGE-1", "train") + 20)),
    Verdict("in about half of its samples something is wrong", lambda run: (
        0.4 < summarised(run, "without copying, a sample", "wrong fact") < 0.65)),
    Verdict("far above that of every extract by lead, surprise or chance", lambda run: all(
        summarised(run, "without copying, a sample", "ROUGE-1") > summarised(run, name, "ROUGE-1") + 10
        for name in ("lead words", "surprising words", "random words"))),
    Verdict("By ROUGE its beam is about as good as that of the copying writer, and it is wrong far more often", lambda run: (
        abs(summarised(run, "without copying", "ROUGE-1") - summarised(run, "copying", "ROUGE-1")) < 3
        and summarised(run, "without copying", "wrong fact") > summarised(run, "copying", "wrong fact") + 0.1)),
    Verdict("Repetition comes with the length", lambda run: (
        run.row("again", "forced, the likeliest")[0] > run.row("again", "as it likes to end")[0] + 0.1)),
    Verdict("To choose by coverage from a finished list does not help here", lambda run: (
        run.row("again", "forced, least coverage")[0] > run.row("again", "forced, the likeliest")[0] - 0.1)),
    Verdict("Here z tells next to nothing", lambda run: run.numbers("vae", r"headline: (\S+) nats")[0] < 0.2),
    Verdict("without a pair it is far above a lead", lambda run: (
        summarised(run, "compressor, with prior", "ROUGE-1") > summarised(run, "lead words", "ROUGE-1") + 8)),
    Verdict("by ROUGE it is well ahead", lambda run: (
        summarised(run, "headline words", "ROUGE-1") > summarised(run, "compressor, with prior", "ROUGE-1") + 5)),
    Verdict("What it has over counting are *right facts*", lambda run: (
        summarised(run, "compressor, with prior", "right facts") > summarised(run, "headline words", "right facts"))),
    Verdict("The tagger, which learnt from pairs, is ahead of both", lambda run: summarised(run, "tagger", "ROUGE-1") > max(
        summarised(run, name, "ROUGE-1") for name in ("compressor, with prior", "headline words"))),
    Verdict("it prefers the words, and *faithful* the headlines", lambda run: (
        run.row("trained-pairs", "tagger less copying")[1] > 0 > run.row("trained-pairs", "tagger less copying")[2])),
    Verdict("The oracle is first by ROUGE and behind both by facts", lambda run: (
        summarised(run, "oracle extract", "ROUGE-1") > summarised(run, "tagger", "ROUGE-1")
        and summarised(run, "oracle extract", "right facts") < min(
            summarised(run, name, "right facts") for name in ("tagger", "compressor, with prior")))),
    Verdict("whoever is always wrong in one fact still has 80", lambda run: (
        run.row("references", "perfect writer")[1] == 100 and 75 < run.row("references", "a near miss")[1] < 85)),
]
