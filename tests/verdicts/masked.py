"""Phrases of lesson 23."""
from tests.verdicts import Run, Verdict, number


def cell(run: Run, place: str, row: str, column: str, table: int = 0) -> float:
    """The number of a table where a row and a column meet."""
    names, *rows = run.tables(place)[table]
    return number(next(each for each in rows if each[0] == row)[names.index(column)])


UPDATES = ("1,200", "2,400", "4,800")


def beside(run: Run, family: str, updates: str, column: str) -> float:
    """Of the recorded table of families, in the order of the updates."""
    names, *rows = run.tables("beside")[0]
    return number([each for each in rows if each[0] == family][UPDATES.index(updates)][names.index(column)])


def above(run: Run, family: str, updates: str = "2,400", kind: str = "log p") -> float:
    return beside(run, family, updates, f"{'log p' if kind == 'log p' else 'the bound'} above the truth, nats")


def in_steps(run: Run, who: str, order: str, steps: str) -> float:
    """Of the recorded table of steps."""
    names, *rows = run.tables("orders-table")[0]
    return number(next(each for each in rows if each[:2] == [who, order])[names.index(steps)])


OTHERS = ("LSTM", "Transformer", "VAE")

MASKED = [
    Verdict("The number without the length lies *below* the truth", lambda run: (
        cell(run, "length", "the length for nothing", "nats") < cell(run, "length", "the truth", "nats")
        < cell(run, "length", "with its length", "nats"))),
    Verdict("in one step next to nothing is valid, and only with as many steps as words is everything", lambda run: (
        in_steps(run, "truth", "random", "1 step") < 0.02 and in_steps(run, "truth", "random", "16 steps") == 1
        > in_steps(run, "truth", "random", "8 steps"))),
    Verdict("Taking the most certain places first helps much with few steps", lambda run: all(
        in_steps(run, who, "most certain", "4 steps") > in_steps(run, who, "random", "4 steps") + 0.05
        for who in ("truth", "network"))),
    Verdict("From left to right is the worst way to say several words at once, even for the truth", lambda run: all(
        in_steps(run, who, "left to right", steps) < in_steps(run, who, "random", steps) for who in ("truth", "network")
        for steps in ("2 steps", "4 steps", "8 steps"))),
    Verdict("it *lowers the temperature*", lambda run: (
        cell(run, "coarse", "bfloat16", "entropy of the word, nats") < cell(run, "coarse", "float64", "entropy of the word, nats")
        - 0.03)),
    Verdict("is true of one word at a time from the left", lambda run: (
        cell(run, "holes", "LSTM, from the left", "valid, 1 hidden") < 0.85
        < cell(run, "holes", "LSTM, every word tried", "valid, 1 hidden"))),
    Verdict("masked diffusion lies above all three others after the same sentences and updates", lambda run: all(
        above(run, "masked diffusion", updates) > above(run, other, updates) for other in OTHERS
        for updates in UPDATES)),
    Verdict("and fewer of its sentences are valid", lambda run: all(
        beside(run, "masked diffusion", updates, "valid") < beside(run, other, updates, "valid") for other in OTHERS
        for updates in UPDATES)),
    Verdict("and stays behind those who had half of them", lambda run: all(
        above(run, "masked diffusion", "4,800") > above(run, other, "2,400") for other in OTHERS)),
    Verdict("Of the VAE nearly all is the bound, of masked diffusion less than half", lambda run: (
        above(run, "VAE") < 0.4 * above(run, "VAE", kind="bound") and above(run, "masked diffusion") > 0.5 * above(
            run, "masked diffusion", kind="bound"))),
    Verdict("the language models, asked by Bayes, are nearer to the exact conditional", lambda run: all(
        cell(run, "beside", f"{name}, every word tried", "KL(exact ‖ it) at one hole, nats", 1)
        < cell(run, "beside", "masked diffusion", "KL(exact ‖ it) at one hole, nats", 1) for name in ("LSTM", "Transformer"))),
    Verdict("A counted prior is cheaper than a uniform one", lambda run: (
        cell(run, "codes", "a prior that was counted", run.tables("codes")[0][0][1])
        < cell(run, "codes", "a uniform prior over codes", run.tables("codes")[0][0][1]))),
]
