"""Phrases of the lessons 00 to 04 and 14. One that is reworded in a lesson is reworded here, and its condition read again."""
from tests.verdicts import Run, Verdict, falls, number


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
    Verdict("A q that is certain reconstructs best of all five, and its rate is the highest", hard_choice),
    Verdict("It found Bayes' rule by climbing", lambda run: run.numbers("climb", r"posterior: (\S+)")[0] < 0.01),
    Verdict("as near to the data in log p as one likes and still have topics that are not ours", same_kl_other_prior),
    Verdict("EM climbs fast at first and slowly at the end", fast_then_slow),
    Verdict("With one or two numbers a thousand draws of the prior are enough", lambda run: all(
        abs(run.row("prior-draws", dims)[-1]) < 0.2 for dims in ("1", "2"))),
    Verdict("With sixteen even a thousand miss by many nats", lambda run: run.row("prior-draws", "16")[-1] < -5),
    Verdict("Reading half of the sentence closes most of the gap that the prior leaves", lambda run: (
        2 * run.row("on-text", "q is the posterior after half")[1] < run.row("on-text", "q is the prior")[1])),
    Verdict("A q that still holds several z for possible", lambda run: (lambda early, late: early < 0.6 < 0.9 < late)(
        *run.numbers("on-text-half", r"the best z is \S+ with (\S+), after all \S+ with (\S+)"))),
    Verdict("for a single sentence the estimate may also lie above log p(x)", lambda run: (
        0 < run.row("on-text", "no q")[1] < run.row("on-text", "no q")[2])),
]


def jumps_once(run: Run) -> bool:
    """q leaves the middle between two rows of the table and stays away; the other direction never leaves it."""
    rows = run.tables("fit-code")[0][1:]
    away = [abs(number(row[1])) > 0.5 for row in rows]
    return away[0] is False and away[-1] is True and away == sorted(away) and all(abs(number(row[3])) < 0.2 for row in rows)


KL = [
    Verdict("the last number says how many of the answers lie below the truth", lambda run: (
        run.numbers("ten-answers", r"of all answers (\S+)% are too low")[0] > 70)),
    Verdict("A sound estimator would have ten of ten in every group", lambda run: (
        run.numbers("ten-answers", r"groups: (\S+) on average")[0] < 8)),
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
    Verdict("When q is near p, though, k3 is the better of the two", lambda run: (lambda k1, k3: 2 * k3 < k1)(
        *run.numbers("near", r"error (\S+) with k1, (\S+) with k3"))),
    Verdict("at each of the three widths the repaired estimator has the smallest", lambda run: all(
        ours < min(k1, k3) for k1, k3, ours in zip(
            *(run.row("repaired", name)[1::2] for name in ("k1", "k3", "balanced")), strict=True))),
    Verdict("the errors keep their word at every width", lambda run: max(run.row("repaired", "balanced")[::2]) <= 0.02),
]


def b_lies_above(run: Run) -> bool:
    variances = run.column("baseline-table", "variance of one estimate")
    return variances.index(min(variances)) == 2 and variances.index(max(variances)) == 3


def ratios(run: Run, baseline: str) -> list[float]:
    """The variance ratio for each size of z, from small to large."""
    return run.numbers("linear-figure", baseline + " " + r" \S+ ".join([r"(\S+) ±"] * 5))


def grows_like_dimensions(run: Run) -> bool:
    """From few dimensions to many the ratio grows several times; between neighbours it falls by no more than one can be off."""
    lower = ratios(run, "K = 2")
    return lower[-1] > 3 * lower[0] and all(right > left - 2 for left, right in zip(lower, lower[1:], strict=False))


def lower_curve_far_below(run: Run) -> bool:
    upper = ratios(run, "no baseline")
    lower = ratios(run, "K = 2")
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
    Verdict("both rows take the same steps, up to rounding", lambda run: (
        lambda rates: abs(rates[3] - rates[4]) < 0.01)(run.column("train-all", "rate"))),
    Verdict("The estimate gets the direction right, not the size", lambda run: (
        2 < run.numbers("linear-figure", r"the ratio is (\S+) times")[0] < 12)),
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
        0 <= run.numbers("linear-against-pca", r"gradients\): (\S+) nats")[0] < 0.2)),
    Verdict("as between the two linear models", lambda run: (
        run.numbers("verdict", r"linear models: (\S+)\.")[0] < min(run.row("table-show", "linear VAE")[1],
                                                                  run.row("table-show", "probabilistic PCA")[1]) / 2)),
    Verdict("compare its mean with its median", lambda run: (lambda mean, median: mean > median + 1)(
        *run.numbers("verdict", r"mean (\S+), median (\S+) nats"))),
    Verdict("the first difference was worth more than the second", lambda run: (lambda noise, layers: noise > layers > 0)(
        *run.numbers("verdict", r"noise per pixel (\S+) nats, hidden layers (\S+);"))),
    Verdict("In our run LDA is ahead of z at both ends", lambda run: all(gain < -2 * error for gain, error in zip(*[iter(
        run.numbers("labels-figure", r"saw all labels\): (\S+) ± (\S+), (\S+) ± (\S+) \("))] * 2, strict=True))),
    Verdict("With one label a digit z is behind PCA; with many it has caught up", lambda run: (
        lambda few, error, many, other: few < -2 * error and many > -2 * other)(*run.numbers(
            "labels-figure", r"beside regression on PCA: (\S+) ± (\S+), (\S+) ± (\S+) \("))),
    Verdict("with them goes the colleague's lead", lambda run: (
        run.column("broken", "difference")[0] > 20 and run.column("broken", "difference")[-1] < 5)),
    Verdict("an absurd price; the line above the table says how many have", lambda run: (
        run.numbers("broken", r"(\d+) pixels have no ink")[0] > 0)),
]


def grows_with_temperature(run: Run) -> bool:
    """The coldest row has the fewest mistakes and by far the fewest words, the warmest the most mistakes."""
    mistakes, words = (run.column("readings", name)[:7] for name in ("mistakes", "words"))  # then comes the grammar
    return mistakes[0] == min(mistakes) and mistakes[-1] == max(mistakes) and 1.2 * words[0] < min(words[2:])


START_HERE = [
    Verdict("Is the formula right?", lambda run: (lambda promised, found: abs(found / promised - 1) < 0.25)(
        *run.numbers("monte-carlo", r"sentences: ± (\S+) nats;.*really lie (\S+) nats"))),
    Verdict("How many times smaller is the standard error with a hundred times as many sentences?", lambda run: (
        lambda few, many: 7.5 < few / many < 12.5)(*run.numbers("monte-carlo", r"sentences: ± (\S+) nats; \S+ ± (\S+)\."))),
    Verdict("most of what makes one sentence cost more than another is in both numbers and cancels", lambda run: (
        lambda alone, difference: 3 * difference < alone)(*run.numbers("gap", r"to ± (\S+) nats, the difference to ± (\S+)\."))),
    Verdict("below 1 the model plays safe, above 1 it dares", lambda run: (lambda likely, rare: (
        falls(likely) and rare[0] < rare[1]))(*(run.row("next-word", run.tables("next-word")[0][i][0]) for i in (1, -1)))),
    Verdict("What gets lost as it gets colder?", grows_with_temperature),
]


def slow_judges_lose(run: Run) -> bool:
    names, *rows = run.tables("recorded")[0]
    modes = {row[0]: number(row[names.index("strict")]) for row in rows}
    slow = [value for name, value in modes.items() if "slow" in name]
    return len(slow) == 2 and max(slow) < 2 < modes["minimax"] and modes["non-saturating"] > 6


def frozen_hits_what_it_saw(run: Run) -> bool:
    """One patient hits the first real points far more often than fresh ones; no other's rows differ by half as much."""
    _, *rows = run.tables("ward-table")[0]
    first, fresh = ([number(text) for text in row[1:]] for row in rows if "real points, hit" in row[0])
    gaps = sorted(a - b for a, b in zip(first, fresh, strict=True))
    return gaps[-1] > 0.1 and gaps[-1] > 2 * gaps[-2]


GAN = [
    Verdict("A loss here is a price *against this opponent, today*", lambda run: (lambda a, b: a <= 2 and b >= 7)(
        *run.numbers("reveal", r"run A (\S+), run B (\S+)"))),
    Verdict("The two judges are near each other where examples come", lambda run: (
        run.numbers("learned-figure", r"apart by (\S+), on average")[0] < 0.05)),
    Verdict("Adam rescues much of the saturating loss", lambda run: (lambda plain, adam: plain < 1e-3 < 0.2 < adam)(
        *run.numbers("adam", r"SGD (\S+), Adam (\S+)\s"))),
    Verdict("The third shrinks", lambda run: (lambda out, round_, into: into < 0.1 < 1.35 < round_ < 1.5 < out)(
        *run.numbers("turn", r"at once (\S+), in turn (\S+), penalty (\S+)\s*"))),
    Verdict("Both slow judges end with hardly any mode", slow_judges_lose),
    Verdict("if the free judge covers modes where the limited one did not, the limit was the cause on this ring", lambda run: (
        lambda free, limited: free > limited + 3)(*run.numbers("hinge", r"steps: (\S+); with it: (\S+) ±"))),
    Verdict("has, by construction, nearly what is measured", lambda run: abs(run.numbers(
        "honest", r"real training pictures': (\S+)\.\s")[0]) < 3),
    Verdict("A low recall means that some real digits look like nothing the generator draws", lambda run: (
        lambda game, control: game < control)(*run.row("judged", "recall"))),
    Verdict("Where the first number is not clearly larger than the second, the search has hardly found anything", lambda run: (
        lambda between, chance: between < 3 * chance)(*run.numbers("search", r"worst (\S+); five recipes .* about (\S+) apart"))),
    Verdict("Look at the difference of the two rows, not at one of them", frozen_hits_what_it_saw),
]
