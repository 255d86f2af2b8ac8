"""The world of tastes: neighbours of a few kinds, and what they like, are shown and click on, every probability known.

Given the kinds of a neighbour, things are independent of each other: so the posterior of the kinds after any clicks is a
finite sum, and with it the best possible recommendation. `data/tastes.toml` says who likes what.
"""
import itertools
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_lib.ground.errors import GensqError, answered, expect, nearest, whole
from gensq_lib.ground.places import DATA
from gensq_lib.ground.textfiles import text_of

READS = ("tastes.toml",)
LARGEST = 1_000_000  # bytes of a world
PURE = 0.5  # of the neighbours are of one kind


@dataclass(frozen=True)
class Neighbours:
    """Who was drawn: the number of each one's profile, what each likes, and what each clicked on (liked and seen), 0 or 1."""

    profiles: Int[Tensor, "user"]
    likes: Float[Tensor, "user item"]
    clicks: Float[Tensor, "user item"]


@dataclass(frozen=True)
class Tastes:
    """Who likes what, and who sees what. A profile is one kind of neighbour or two at once. Taught in lesson 18."""

    items: tuple[str, ...]
    sections: tuple[str, ...]  # of each item: "treats"
    kinds: tuple[str, ...]
    profiles: tuple[tuple[str, ...], ...]  # the kinds of each
    prior: Float[Tensor, "profile"]
    liking: Float[Tensor, "profile item"]  # probability that a neighbour of this profile likes the item
    seen: Float[Tensor, "item"]  # that it is shown to a neighbour, whoever that is

    @property
    def clicking(self) -> Float[Tensor, "profile item"]:
        """The probability of a click: liked and seen, which are independent."""
        return self.liking * self.seen

    def sample(self, num: int, *, generator: torch.Generator) -> Neighbours:
        """`num` neighbours: a profile each, then every item on its own."""
        expect(whole(num, 1), f"expected one neighbour or more, got {num!r}; give a whole number")
        profiles = torch.multinomial(self.prior, num, replacement=True, generator=generator)
        likes = torch.rand(num, len(self.items), generator=generator) < self.liking[profiles]
        seen = torch.rand(num, len(self.items), generator=generator) < self.seen
        return Neighbours(profiles, likes.float(), (likes & seen).float())

    def posterior(self, given: Float[Tensor, "user item"], *, share: float = 1.0) -> Float[Tensor, "user profile"]:
        """p(profile | clicks), exactly, where each click was handed out with probability `share` (the rest is held out).

        A thing without a click counts as well: it speaks against those who would have clicked.
        """
        expect(given.dim() == 2 and given.shape[1] == len(self.items), f"expected rows of {len(self.items)} clicks, got "
               f"{tuple(given.shape)}; one column for each item")
        expect(0 < share <= 1, f"expected a share above 0 and at most 1, got {share}; it is the chance that a click is given")
        given, chance = given.double(), share * self.clicking
        log_joint = given @ chance.log().T + (1 - given) @ (-chance).log1p().T + self.prior.log()
        return log_joint.softmax(-1)

    def expected_clicks(self, given: Float[Tensor, "user item"], *, share: float) -> Float[Tensor, "user item"]:
        """P(held out | given), exactly, of each item that is not given: no recommender expects more hits from its list.

        Sorted by it, every list of k has the largest expected number of hits that the clicks allow.
        """
        held_out = (1 - share) * self.clicking / (1 - share * self.clicking)  # of a profile, where it is not given
        return self.posterior(given, share=share) @ held_out

    def expected_likes(self, given: Float[Tensor, "user item"], *, share: float = 1.0) -> Float[Tensor, "user item"]:
        """P(liked | given), exactly, of each item that is not given: it may have been liked and never seen."""
        liked = self.liking * (1 - share * self.seen) / (1 - share * self.clicking)
        return self.posterior(given, share=share) @ liked

    def kinds_of(self, posterior: Float[Tensor, "user profile"]) -> Float[Tensor, "user kind"]:
        """How much of each kind a neighbour is expected to be: a profile of two kinds is half of each."""
        parts = torch.tensor([[(kind in each) / len(each) for kind in self.kinds] for each in self.profiles])
        return posterior @ parts.to(posterior)

    def named(self, names: list[str] | tuple[str, ...]) -> Float[Tensor, "1 item"]:
        """One row of clicks: the things with these names."""
        if unknown := [name for name in names if name not in self.items]:
            raise GensqError(f'expected things of this world, got "{unknown[0]}"'
                             f"{nearest(unknown[0], self.items) or '; choose from its items'}")
        return torch.tensor([[float(item in names) for item in self.items]])


@answered
def load(path: Path | None = None) -> Tastes:
    """The world of `data/tastes.toml`, or of an edited copy of it. Taught in lesson 18."""
    path = path or DATA / "tastes.toml"
    try:
        written = tomllib.loads(text_of(path, kind="a world of tastes", largest=LARGEST))
    except tomllib.TOMLDecodeError as error:
        raise GensqError(f"expected a world of tastes, got a mistake in {path}: {error}; mend this line") from None
    if missing := [name for name in ("liking", "seen", "things", "kinds") if not isinstance(written.get(name), dict)]:
        raise GensqError(f"expected the tables liking, seen, things and kinds in {path}, got no {missing[0]}; copy tastes.toml")
    try:
        return _world(written)
    except KeyError as error:
        raise GensqError(f"expected a line {error} in its table of {path}, got none; copy it from tastes.toml") from None


def _world(written: dict[str, Any]) -> Tastes:
    lists = {section: _names(text) for section, text in written["things"].items()}
    items = tuple(itertools.chain(*lists.values()))
    expect(len(set(items)) == len(items) > 1, f"expected each thing once, got {_twice(items)}; leave it in one list")
    liking, seen, kinds = written["liking"], written["seen"], written["kinds"]
    own = torch.tensor([[_chance(item, kind, liking, items) for item in items] for kind in kinds.values()], dtype=torch.double)
    places = torch.tensor([1.0 + place for names in lists.values() for place in range(len(names))], dtype=torch.double)
    share = torch.tensor([float(kind["share"]) for kind in kinds.values()], dtype=torch.double)
    expect(((own > 0) & (own < 1)).all() and (share > 0).all() and len(share) > 1,
           "expected two kinds or more, shares above 0 and probabilities between 0 and 1, got others; mend liking and share")
    share = share / share.sum()
    pairs = list(itertools.combinations(range(len(kinds)), 2))
    both = torch.stack([share[i] * share[j] for i, j in pairs])
    names = list(kinds)
    return Tastes(items, tuple(section for section, of in lists.items() for _ in of), tuple(names),
                  (*((name,) for name in names), *((names[i], names[j]) for i, j in pairs)),
                  torch.cat([PURE * share, (1 - PURE) * both / both.sum()]),
                  torch.cat([own, torch.stack([(own[i] + own[j]) / 2 for i, j in pairs])]),
                  seen["window"] * places ** -seen["fall"])


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(";") if name.strip())


def _twice(items: tuple[str, ...]) -> list[str]:
    return sorted({item for item in items if items.count(item) > 1})


def _chance(item: str, kind: dict[str, Any], liking: dict[str, float], items: tuple[str, ...]) -> float:
    """How probable it is that this kind likes it."""
    loves, likes = _names(kind["loves"]), _names(kind["likes"])
    if unknown := [name for name in (*loves, *likes) if name not in items]:
        raise GensqError(f'expected things of the lists, got "{unknown[0]}"{nearest(unknown[0], items) or "; add it to a list"}')
    return liking["loved" if item in loves else "liked" if item in likes else "other"]
