"""The phrases, lesson by lesson. A phrase that is reworded in a lesson is reworded here, and its condition read again."""
from tests.verdicts import Run, Verdict, number


def falls(values) -> bool:
    return all(left > right for left, right in zip(values, values[1:], strict=False))


def rises(values) -> bool:
    return falls(values[::-1])


def em_runs(run: Run) -> list[list[str]]:
    return [row for row in run.tables("em-table")[0] if row[0].startswith("start")]


def shares(text: str) -> list[float]:
    return [float(share) for share in text.split()]


def same_kl_other_prior(run: Run) -> bool:
    """A start whose KL is next to nothing, with a p(z) that is not the true one."""
    truth = shares(run.tables("em-table")[0][-1][-1])
    return any(abs(number(row[-2])) < 1e-3 and max(abs(a - b) for a, b in zip(shares(row[-1]), truth, strict=True)) > 0.02
               for row in em_runs(run))


def fast_then_slow(run: Run) -> bool:
    """Every start gains more a round in its first round than in the nine after it."""
    return all(number(row[2]) - number(row[1]) > (number(row[3]) - number(row[2])) / 9 for row in em_runs(run))


def hard_choice(run: Run) -> bool:
    by_family = [run.column("families-table", name) for name in ("reconstruction", "rate")]
    return all(values.index(max(values)) == 1 for values in by_family)


ELBO = [
    Verdict("More draws do not help, because this is no noise", lambda run: (
        lambda truth, early, late: truth - early > 10 * abs(truth - late))(
            *run.numbers("colleague", r"truth (\S+); average of logs (\S+); log of the average (\S+)"))),
    Verdict("A q that is certain reconstructs best of all, and its rate is the highest", hard_choice),
    Verdict("It found Bayes' rule by climbing", lambda run: run.numbers("climb", r"posterior: (\S+)")[0] < 0.01),
    Verdict("as near to the data in log p as one likes and still have topics that are not ours", same_kl_other_prior),
    Verdict("EM climbs fast at first and slowly at the end", fast_then_slow),
    Verdict("With one or two numbers the prior will do", lambda run: all(
        abs(run.row("prior-draws", dims)[-1]) < 0.2 for dims in ("1", "2"))),
    Verdict("With sixteen even a thousand draws miss by many nats", lambda run: run.row("prior-draws", "16")[-1] < -5),
    Verdict("A q that has read half of the sentence loses far less than one that has read nothing", lambda run: (
        2 * run.row("on-text", "q is the posterior after half")[1] < run.row("on-text", "q is the prior")[1])),
    Verdict("for a single sentence the estimate may also lie above log p(x)", lambda run: (
        0 < run.row("on-text", "no q")[1] < run.row("on-text", "no q")[2])),
]


def jumps_once(run: Run) -> bool:
    """q leaves the middle between two rows of the table and stays away; the other direction never leaves it."""
    rows = run.tables("fit-code")[0][1:]
    away = [abs(number(row[1])) > 0.5 for row in rows]
    return away[0] is False and away[-1] is True and away == sorted(away) and all(abs(number(row[3])) < 0.2 for row in rows)


KL = [
    Verdict("nearly all of their answers are too low", lambda run: (
        lambda text, truth: sum(value < truth for value in text) >= 7)(
            [number(part) for part in run.said("ten-answers").split("print")[1].split("\n")[0].split()],
            run.numbers("ten-answers", r"truth (\S+);")[0])),
    Verdict("the first column jumps", jumps_once),
    Verdict("pays only about log 2 = 0.69 nats for it", lambda run: abs(run.row("fit-code", "2")[1] - 0.69) < 0.05),
    Verdict("One direction is finite, the other is infinite wherever a kind never uses some word", lambda run: all(
        (row[2] == "inf") == (row[3] != "0") and row[1] != "inf" for row in run.tables("topic-table")[0][1:])),
    Verdict("It cannot exceed the *entropy* of the kinds", lambda run: (
        lambda found, most: 0 < found < most)(*run.numbers("information", r"information (\S+) nats per word, of at most (\S+)"))),
    Verdict("so a token in a short sentence counts more", lambda run: (
        run.column("units-table", "nats")[3] > run.column("units-table", "nats")[2])),
    Verdict("with more draws larger giants turn up", lambda run: (lambda first, *others: others[-1] > 5 * first)(
        *run.column("giants", "its largest draw"))),
    Verdict("Near p, though, k3 earns its fame", lambda run: (lambda k1, k3: 2 * k3 < k1)(
        *run.numbers("near", r"error (\S+) with k1, (\S+) with k3"))),
    Verdict("the errors keep their word at every width", lambda run: max(run.row("repaired", "balanced")[::2]) <= 0.02),
]


def b_lies_above(run: Run) -> bool:
    variances = run.column("baseline-table", "variance of one estimate")
    return variances.index(min(variances)) == 2 and variances.index(max(variances)) == 3


def grows_like_dimensions(run: Run) -> bool:
    lower = run.numbers("linear-figure", r"K = 2 (\S+) ± \S+ (\S+) ± \S+ (\S+) ± \S+ (\S+) ± \S+ (\S+) ±")
    return rises(lower)


def lower_curve_far_below(run: Run) -> bool:
    upper = run.numbers("linear-figure", r"no baseline (\S+) ± \S+ (\S+) ± \S+ (\S+) ± \S+ (\S+) ± \S+ (\S+) ±")
    lower = run.numbers("linear-figure", r"K = 2 (\S+) ± \S+ (\S+) ± \S+ (\S+) ± \S+ (\S+) ± \S+ (\S+) ±")
    return all(3 * b < a for a, b in zip(upper, lower, strict=True))


REPARAMETERIZATION = [
    Verdict("Right on average, but noisy", lambda run: (lambda mean, error: abs(mean - 1) < 4 * error)(
        *run.numbers("score-measured", r"function: (\S+) ± (\S+?),"))),
    Verdict("The mean is a convenient second best", b_lies_above),
    Verdict("Half of the gradient is gone", lambda run: abs(run.row("itself-measured", "the mean of both")[0] - 0.5) < 0.05),
    Verdict("Both estimators are unbiased here", lambda run: run.numbers("sine", r"dF/dμ: (\S+)")[0] < 5),
    Verdict("no variance at all, and wrong", lambda run: (
        run.row("step-measured", "reparam")[0] == 0 and run.row("step-measured", "reparam")[-1] == 0)),
    Verdict("the ratio of the two should grow like d", grows_like_dimensions),
    Verdict("the lower curve lies so far below the upper one", lower_curve_far_below),
    Verdict("That is why VAEs are trained by reparameterisation", lambda run: (
        run.column("train-all", "ELBO").index(max(run.column("train-all", "ELBO"))) == 0)),
    Verdict("The hidden β and the open one end alike, both with a rate far below that of the sound estimator", lambda run: (
        lambda rates: abs(rates[3] - rates[4]) < 0.5 and max(rates[3:]) < 0.75 * rates[1])(run.column("train-all", "rate"))),
    Verdict("q finds Bayes' rule", lambda run: max(abs(a - b) for a, b in zip(
        run.column("topic-picture", "q, learnt from draws"), run.column("topic-picture", "posterior, by Bayes"),
        strict=True)) < 0.05),
    Verdict("the sign is turned", lambda run: run.numbers("broken", r"(\S+) ±")[0] < -1),
]


def order_of(run: Run, *names: str) -> list[float]:
    return [run.row("table-show", name)[0] for name in names]


def follows_the_level(run: Run) -> bool:
    """Where the column beside it is 0 the trained rate is next to 0, else within a third of it."""
    rates = zip(run.column("water-table", "rate, linear"), run.column("water-table", "rate, VAE"), strict=True)
    return all(abs(found - paper) < max(0.1, paper / 3) for paper, found in rates)


def slopes_near_betas(run: Run) -> bool:
    """Each slope lies between half of the smaller and twice the larger β of its step."""
    lines = [line for line in run.said("curve-slope").splitlines() if "slope" in line]
    steps = [(number(line.split("to")[0]), number(line.split("to")[1]), number(line.split("slope")[1])) for line in lines]
    return len(steps) == 5 and all(right / 2 < slope < 2 * left for left, right, slope in steps)


DENSE_VAE = [
    Verdict("not much too high", lambda run: 0 < run.numbers("levels-check", r"too high by (\S+) nats")[0] < 0.01),
    Verdict("The coins' numbers look small, and may not stand in the table", lambda run: (
        max(run.numbers("coins", r"cross-entropy (\S+) .*cross-entropy (\S+) ")) < run.column("likelihoods", "NLL")[2] / 2)),
    Verdict("The rate of the trained VAE follows the column beside it", follows_the_level),
    Verdict("One σ *per pixel* helps again", lambda run: falls(run.column("likelihoods", "NLL"))),
    Verdict("The printed slopes should lie near the two βs of their step", slopes_near_betas),
    Verdict("our loop, our KL and our units agree with a program that shares no line with ours", lambda run: (
        0 <= run.numbers("linear-against-pca", r"gradients\): (\S+) nats")[0] < 0.5)),
    Verdict("as between the two linear models", lambda run: (
        run.numbers("verdict", r"linear models: (\S+)\.")[0] < min(run.row("table-show", "linear VAE")[1],
                                                                  run.row("table-show", "probabilistic PCA")[1]) / 2)),
    Verdict("compare its mean with its median", lambda run: (lambda mean, median: mean > median + 1)(
        *run.numbers("verdict", r"mean (\S+), median (\S+) nats"))),
    Verdict("the first difference was worth more than the second", lambda run: (lambda noise, layers: noise > layers > 0)(
        *run.numbers("verdict", r"noise per pixel (\S+) nats, hidden layers (\S+);"))),
    Verdict("In our run LDA is ahead of z at both ends", lambda run: all(gain < -2 * error for gain, error in zip(*[iter(
        run.numbers("labels-figure", r"saw all labels\): (\S+) ± (\S+), (\S+) ± (\S+) \("))] * 2, strict=True))),
    Verdict("and z passes PCA only when labels are many", lambda run: (lambda few, many, error: few < 0 < 2 * error < many)(
        *run.numbers("labels-figure", r"beside regression on PCA: (\S+) ± \S+ (\S+) ± (\S+) \("))),
    Verdict("with them goes the colleague's lead", lambda run: (
        run.column("broken", "difference")[0] > 20 and run.column("broken", "difference")[-1] < 5)),
    Verdict("an absurd price; the line above the table says how many have", lambda run: (
        run.numbers("broken", r"(\d+) pixels have no ink")[0] > 0)),
]


def best_order(run: Run) -> bool:
    """Validity and NLL need not agree; what must hold is that the finished LSTM is first and the n-gram last in both."""
    orders = [line.split(": ", 1)[1].split(" · ") for line in run.said("temperature").splitlines() if " · " in line]
    return len(orders) == 2 and all(order[0] == "LSTM, finished" and order[-1].endswith("-gram") for order in orders)


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
    Verdict("They need not be the same, because the two ask different things", best_order),
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
        low <= high and stranger > 2 * high and stranger > none))(*run.column("instruments", run.tables("instruments")[0][0][1]))),
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

VERDICTS = {"01_elbo": ELBO, "02_kl": KL, "03_reparameterization": REPARAMETERIZATION, "04_dense_vae": DENSE_VAE,
            "05_language_models": LANGUAGE_MODELS, "06_text_vae": TEXT_VAE}
