"""What articles ask about text VAEs and GANs, each question answered by a row of a recorded table with its interval."""
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from gensq_course import studies, widgets
from gensq_course.lessons.vae_or_gan import bounds
from gensq_course.lessons.vae_or_gan.curves import at
from gensq_course.lessons.vae_or_gan.tables import lead, of, paired, rounded
from gensq_course.studies.families import NUM_TRAIN, TRAINED
from gensq_course.studies.family_more import NO_GAME, TOLD
from gensq_course.studies.rows import flat
from gensq_lib.maths.stats import Estimate, estimate

ABOVE, VALID, NEW, NEAR = "nats above the truth", "valid", "discovered", "JS, nats"
EXACT, SEEN, UNSEEN = "exact", "its slack was seen", "its slack was not seen"  # where a VAE's bound is, beside an exact number
OF_BOUNDS = "of two bounds"  # a change: the slack of one end or of both was not seen, and may make it larger or smaller
AS_SEEN = "if its bound hides no more than at 5,000"
NOISE = {"typo": "lost word", "wrong word": "wrong word", "wrong sentence": "wrong sentence"}  # kind -> its name here
DISCRIMINATIVE, GENERATIVE = "logistic regression, words", "naive Bayes, words"


@dataclass(frozen=True)
class Asked:
    """A question, what was compared for it, and what the difference says: `above` where it is surely above 0, else `below`."""

    question: str
    what: str
    gap: Callable[[], Estimate]
    above: str
    below: str
    bound: str = EXACT

    @property
    def row(self) -> list[str]:
        """For a table."""
        found = self.gap()
        return [self.question, self.what, rounded(found, 3), str(found.n), self.answer(found)]

    def answer(self, found: Estimate) -> str:
        """In a few words. One rule for all bounds: a difference that the slack of a VAE's bound could make is open, and a larger
        one is answered with an "if" wherever nobody measured that slack."""
        answer = {"above 0": self.above, "below 0": self.below}.get(studies.in_words(found), "open")
        if answer == "open" or self.bound == EXACT:
            return answer
        if self.bound != OF_BOUNDS and answer == self.below:
            return f"{answer}, even by its bound"
        if min(map(abs, found.interval)) <= bounds.allowance():
            return "open: its bound may hide as much"
        return f"{answer}, by more than its bound may hide" if self.bound == SEEN else f"{answer}, {AS_SEEN}"


def change(axis: str, family: str, label: str, first: object, last: object) -> dict[int, float]:
    """By how much a measure is larger at the last place of a curve than at the first, at each seed."""
    left, right = (at(axis, place, family, label) for place in (first, last))
    return {seed: right[seed] - left[seed] for seed in left.keys() & right.keys()}


def changed(axis: str, family: str, label: str, first: object, last: object) -> Estimate:
    """The same over the seeds."""
    return estimate(list(change(axis, family, label, first, last).values()))


def more_than(axis: str, ours: str, theirs: str, label: str, first: object, last: object) -> Estimate:
    """How much more the first family changes than the second."""
    return lead(*(change(axis, family, label, first, last) for family in (ours, theirs)))


def apart(family: str, label: str) -> dict[int, float]:
    """How far each seed lies from the median of all."""
    found = of(family, label)
    middle = median(found.values())
    return {seed: abs(value - middle) for seed, value in found.items()}


def labels_needed(num: int) -> Estimate:
    """Lesson 10: the accuracy of naive Bayes less that of logistic regression, from so many labels (0: all), paired by draw."""
    found = {}
    for record in flat(studies.read("understanding")["rows"]):
        if (record["attribute"], record["num"], record["measure"]) == ("sentiment", num, "accuracy"):
            found.setdefault(record.get("way"), {})[record["draw"]] = record["value"]
    return lead(found[GENERATIVE], found[DISCRIMINATIVE])


ASKED = (
    *(Asked(f"Are {few:,} too few for the {family}?", f"{family}, {ABOVE}: {many:,} sentences less {few:,}",
            lambda family=family, few=few, many=many: changed("data", family, ABOVE, few, many), "more data harm",
            "yes: more data help", OF_BOUNDS if family == "VAE" else EXACT)
      for family in ("VAE", "LSTM", "Transformer", "GAN", "n-gram") for few, many in ((500, 5_000), (5_000, 50_000))),
    Asked("Do VAEs need more data than others?", f"{ABOVE}, 50,000 sentences less 500: VAE less LSTM",
          lambda: more_than("data", "VAE", "LSTM", ABOVE, 500, 50_000), "it gains less (or lacks the time to read them)",
          "it gains more", OF_BOUNDS),
    *(Asked(f"Is a {family} behind at {num:,} sentences?", f"{family} less LSTM, {ABOVE}",
            lambda family=family, num=num: lead(*(at("data", num, each, ABOVE) for each in (family, "LSTM"))), "yes", "no: ahead",
            EXACT if family == "GAN" else SEEN if num == NUM_TRAIN else UNSEEN)
      for family in ("VAE", "GAN") for num in (500, 5_000, 50_000)),
    *(Asked(f"Do the measures agree? lost word, three in ten, {label}", f"LSTM less n-gram, {label}",
            lambda label=label: lead(*(at("typo", 0.3, family, label) for family in ("LSTM", "n-gram"))), *better)
      for label, better in ((ABOVE, ("n-gram", "LSTM")), (VALID, ("LSTM", "n-gram")), (NEW, ("LSTM", "n-gram")))),
    *(Asked(f"Is noise the trouble? {named}, three in ten", f"VAE, {ABOVE}: noise .3 less none",
            lambda kind=kind: changed(kind, "VAE", ABOVE, 0.0, 0.3), "it harms", "it helps", OF_BOUNDS)
      for kind, named in NOISE.items()),
    *(Asked(f"Does it harm a VAE more? {named}", f"the same, VAE less LSTM ({ABOVE})",
            lambda kind=kind: more_than(kind, "VAE", "LSTM", ABOVE, 0.0, 0.3), "it harms the VAE more", "it harms the LSTM more",
            OF_BOUNDS) for kind, named in NOISE.items()),
    *(Asked(f"Is it too simple? {family}", f"{family}, {ABOVE}: a small one less a medium one, within 6 s",
            lambda family=family: changed("size", family, ABOVE, "medium", "small"), "the medium one is better",
            "the small one is better", OF_BOUNDS if family == "VAE" else EXACT) for family in TRAINED),
    *(Asked(f"Is it too complex? {family}", f"{family}, {ABOVE}: a large one less a medium one, within 6 s",
            lambda family=family: changed("size", family, ABOVE, "medium", "large"), "the medium one is better",
            "the large one is better", OF_BOUNDS if family == "VAE" else EXACT) for family in TRAINED[1:]),
    *(Asked(f"Deep or traditional? {num:,} sentences", f"LSTM less n-gram, {ABOVE}",
            lambda num=num: lead(*(at("data", num, family, ABOVE) for family in ("LSTM", "n-gram"))), "traditional", "deep")
      for num in (500, 5_000, 50_000)),
    *(Asked(f"VAE or GAN? {label}", f"VAE less GAN, {label}", lambda label=label: paired("VAE", "GAN", label), *better)
      for label, better in ((VALID, ("VAE", "GAN")), (NEW, ("VAE", "GAN")))),
    Asked(f"VAE or GAN? {ABOVE}", f"VAE less GAN, {ABOVE}", lambda: paired("VAE", "GAN", ABOVE), "GAN", "VAE", SEEN),
    *(Asked(f"Does the adversary pay for its six seconds? {label}", f"GAN less LSTM, {label}",
            lambda label=label: paired("GAN", "LSTM", label), *better)
      for label, better in ((VALID, ("yes", "no")), (NEAR, ("no", "yes")))),
    *(Asked(f"In these seeds, is a GAN less stable? {label}", f"how far a seed lies from the median, GAN less LSTM, {label}",
            lambda label=label: lead(apart("GAN", label), apart("LSTM", label)), "yes", "no") for label in (ABOVE, VALID)),
    Asked("What does a latent variable buy? Control with one draw", "VAE less LSTM (that is not told), obeys, 1 draw",
          lambda: paired("VAE", "LSTM", "obeys, 1 draw"), "control", "less control"),
    Asked("More than tag words from the same labels?", "VAE less LSTM, told; obeys, 1 draw",
          lambda: paired("VAE", TOLD, "obeys, 1 draw"),
          "yes", "no: tag words do better"),
    Asked("The same, what is ordered and is new", "VAE less LSTM, told; obeys and is new, 1 draw",
          lambda: paired("VAE", TOLD, "obeys and is new, 1 draw"), "yes", "no: tag words do better"),
    Asked("Does the game add to its own start? nats", f"GAN less its start, {ABOVE}",
          lambda: paired("GAN", NO_GAME, ABOVE), "it harms", "it helps"),
    *(Asked(f"Generative or discriminative? {num or 'all'} labels", "naive Bayes less logistic regression, accuracy (lesson 10)",
            lambda num=num: labels_needed(num), "generative", "discriminative") for num in (10, 50, 200, 0)),
)


def table() -> widgets.Table:
    """All of them."""
    return widgets.table([asked.row for asked in ASKED],
                         ["what is asked", "what was compared", "difference (95 %)", "seeds", "answer"],
                         "Paired by seed; open: the interval holds 0, or the VAE's bound may hide as much. What it hides was "
                         "measured at 5,000 clean sentences alone. Settings as searched there")
