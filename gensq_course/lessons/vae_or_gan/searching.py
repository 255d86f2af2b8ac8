"""What the search of settings tried for each family of lesson 19, what it chose, and whether that lies at an end of it."""
from gensq_course import widgets
from gensq_course.lessons.dialogue_gan.pictures import Picture
from gensq_course.lessons.vae_or_gan.tables import rows
from gensq_course.studies.families import BOUNDS, CHOSEN, ORDERS, TRAINED
from gensq_course.studies.family_tables import TRIALS
from gensq_course.studies.rows import flat
from gensq_lib import plots

NAMES = {"size": "size", "rate": "rate", "begun": "start's share of seconds"}
BY_HAND = {
    "n-gram": "discounts", "LSTM": "batches of 64, layers", "Transformer": "batches of 64, layers",
    "VAE": "size, cures, free bits, 8 dimensions of z, rate of the start (the LSTM's)",
    "GAN": "size, share and rate of the judge, rate of the start (the LSTM's)"}


def trials(family: str, wanted: str = "js") -> list[float]:
    """What each trial of a family reached on validation sentences of a seed that no other table has, in order."""
    found = [record for record in flat(rows("families_search")) if record["family"] == family and record["measure"] == wanted]
    return [record["value"] for record in sorted(found, key=lambda record: record["number"])]


def all_trials(**words: str) -> Picture:
    """What each trial of a family reached, in nats above the truth on validation sentences; no lines, no order."""
    found = {family: trials(family, "gap") for family in TRAINED}
    axes = plots.curves_over(range(1, len(found[TRAINED[0]]) + 1), found, xlabel="trial (in no order)",
                             ylabel="nats above the truth (VAE: a bound)", log="y", **words)
    for line in axes.lines:
        line.set_linestyle("none")
    return axes, "Nats above the truth on validation sentences, each trial: " + "; ".join(
        f"{family} {min(line):.2f} at best, {max(line):.2f} at worst" for family, line in found.items()) + "."


def tried(family: str) -> dict[str, list]:
    """Setting -> its values, from small to large."""
    return {name: list(dict.fromkeys(trial[name] for trial in TRIALS[family])) for name in TRIALS[family][0]}


def played(family: str) -> dict[str, object]:
    """The chosen settings, in the words of the trials."""
    return {"size": f"order {ORDERS[CHOSEN[family]['size']]}"} if family == "n-gram" else CHOSEN[family]


def end(values: list, chosen: object) -> str:
    """Where a choice lies among what was tried: a better value may lie beyond an end."""
    place = "between the ends" if values[0] != chosen != values[-1] else "lower end" if chosen == values[0] else "upper end"
    return f"{place} of {len(values)}"


def named(name: str, value: object) -> str:
    return f"{NAMES[name]} {value:g}" if isinstance(value, float) else str(value)


def table() -> widgets.Table:
    """Of each family: what was tried, chosen, and left as it was."""
    said = []
    for family in TRAINED:
        values, chosen = tried(family), played(family)
        said.append([
            family, "; ".join(f"{named(name, some[0])} to {some[-1]:g}" if isinstance(some[0], float) else
                              f"{some[0]} to {some[-1].split()[-1]}" for name, some in values.items()),
            "nats, by its bound" if family in BOUNDS else "JS",
            "; ".join(f"{named(name, chosen[name])} ({end(some, chosen[name])})" for name, some in values.items()),
            BY_HAND[family]])
    return widgets.table(said, ["family", "six trials", "chosen by", "chosen (where it lies among the values tried)",
                                "set by hand"], "All on one seed that no table reports, at 5,000 clean sentences")
