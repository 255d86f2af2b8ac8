"""The game: patients in a student's own order, instruments that cost points, a diagnosis that is answered with reasons.

Pure: no widget, no page, no clock. What a widget or a web page shows comes from here.
"""
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gensq_course.clinic.diseases import DISEASES, Sign
from gensq_course.clinic.instruments import INSTRUMENTS, LABELS, Instrument, instrument_of, written
from gensq_course.clinic.readings import Chart
from gensq_lib.ground.errors import GensqError, nearest

HEALTHY = "healthy"
DIAGNOSES = (HEALTHY, *DISEASES)
WORTH, WRONG, NUM_PATIENTS = 20, 8, 6
FREE = next(name for name, instrument in INSTRUMENTS.items() if instrument.cost == 0)


@dataclass(frozen=True)
class Verdict:
    """The answer to a diagnosis."""

    right: bool
    text: str


@dataclass(frozen=True)
class Patient:
    """A run with a chart, and what is wrong with it."""

    diagnosis: str
    chart: Chart

    def verdict(self, guess: str) -> Verdict:
        """Right, and which reading decides; or wrong, and which reading speaks against it."""
        if guess == self.diagnosis:
            return Verdict(True, self.why())
        if guess == HEALTHY:
            return Verdict(False, "No: something is wrong. The deciding reading can be bought as "
                                  f'"{instrument_of(DISEASES[self.diagnosis].signs[0].reading).name}".')
        against = [sign for sign in _known(guess, DISEASES, "a diagnosis").signs if not sign.shows(self.chart)]
        return Verdict(False, f"No. With {guess} you would see " + "; ".join(self.told(sign) for sign in against) + ".")

    def why(self) -> str:
        if self.diagnosis == HEALTHY:
            return "Right: no disease of the list shows its signature. KL, information and what z saves agree with each other."
        disease = DISEASES[self.diagnosis]
        first, *rest = (f"{sign.says} ({LABELS[sign.reading]}: {self.value(sign)})" for sign in disease.signs)
        return f"Right. What decides: {'; '.join([first, *rest])}. {disease.cause} {disease.repair}"

    def told(self, sign: Sign) -> str:
        """What the guessed disease asks of a reading, and what this run has."""
        return f"{LABELS[sign.reading]} {sign.bound}, and here it is {self.value(sign)}"

    def value(self, sign: Sign) -> str:
        return written(self.chart[sign.reading]) if sign.reading in self.chart else "not measured"


@dataclass
class Visit:
    """One patient, the instruments bought for him, and the diagnoses tried."""

    patient: Patient
    bought: list[str] = field(default_factory=lambda: [FREE])
    tried: list[str] = field(default_factory=list)
    spent: int = 0

    @property
    def solved(self) -> bool:
        return self.patient.diagnosis in self.tried

    @property
    def points(self) -> int:
        """What the right diagnosis is worth, less what was bought and the wrong ones."""
        return WORTH * self.solved - self.spent - WRONG * (len(self.tried) - self.solved)

    def buy(self, name: str) -> Instrument:
        """Pay once; afterwards the readings can be looked at for nothing. A closed case costs nothing more."""
        instrument = _known(name, INSTRUMENTS, "an instrument")
        if name not in self.bought:
            self.bought.append(name)
            self.spent += 0 if self.solved else instrument.cost
        return instrument

    def read(self, name: str) -> list[tuple[str, str]]:
        """Label and value of each reading of a bought instrument."""
        if name not in self.bought:
            raise GensqError(f'expected an instrument that was bought, got "{name}"; buy it first')
        return _known(name, INSTRUMENTS, "an instrument").show(self.patient.chart)

    def diagnose(self, guess: str) -> Verdict:
        """Each wrong diagnosis costs once."""
        verdict = self.patient.verdict(guess)
        if guess not in self.tried and not self.solved:
            self.tried.append(guess)
        return verdict


@dataclass
class Game:
    """The round of one student."""

    student: int
    visits: list[Visit]

    @property
    def points(self) -> int:
        return sum(visit.points for visit in self.visits)

    @property
    def best(self) -> int:
        """All right, without buying anything: nobody will reach it."""
        return WORTH * len(self.visits)


def new_game(student: int, charts: Mapping[str, Sequence[Chart]], *, patients: int = NUM_PATIENTS) -> Game:
    """Patients, their runs and their order follow from the student's number alone; one of them may be healthy."""
    if student < 0:
        raise GensqError(f"expected a student number of at least 0, got {student}; number your students from 0")
    draw = random.Random(f"clinic {student}")
    chosen = draw.sample(sorted(charts), patients)
    return Game(student, [Visit(Patient(name, draw.choice(list(charts[name])))) for name in chosen])


def signature_hits(chart: Chart) -> list[str]:
    """Every disease whose whole signature is on a chart."""
    return [name for name, disease in DISEASES.items() if disease.shows(chart)]


def _known(name: str, table: Mapping, what: str) -> Any:
    """An entry, or a sentence that lists them."""
    if name not in table:
        raise GensqError(f'expected {what} ({", ".join(table)}), got "{name}"{nearest(name, table)}')
    return table[name]
