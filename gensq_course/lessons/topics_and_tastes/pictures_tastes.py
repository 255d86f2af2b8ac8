"""Tables and pictures of lesson 18 on tastes: three things that somebody likes, what each recommends and why."""
from collections.abc import Callable, Mapping, Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course import widgets
from gensq_course.lessons.dialogue_gan.pictures import Picture
from gensq_course.studies.rows import Row, by
from gensq_course.studies.tasting import SHORT, Chosen
from gensq_lib import plots
from gensq_lib.ground.errors import expect
from gensq_lib.maths.objectives import evaluating
from gensq_lib.models.recommenders import ItemItem, OfBags, Popularity, Recommender
from gensq_lib.vectors.clicks import SHARE, Clicks

MOST_KINDS = 3
Given = Float[Tensor, "1 item"]


def liked(data: Clicks, names: Sequence[str]) -> Given:
    """One row of clicks: these things."""
    expect(len(set(names)) == len(names), f"expected different things, got {', '.join(names)}; choose each once")
    return torch.tensor([[float(item in names) for item in data.items]])


def first(scores: Float[Tensor, "1 item"], given: Given, *, k: int = SHORT) -> list[int]:
    """The k items with the highest scores that were not given."""
    return scores[0].double().masked_fill(given[0] > 0, -torch.inf).topk(min(k, int((given == 0).sum()))).indices.tolist()


def advice(data: Clicks, chosen: Mapping[str, Chosen], names: Sequence[str], *, k: int = SHORT) -> widgets.Table:
    """A row for each recommender: its list, and why the first stands there; as if half of the clicks were known."""
    given, rows = liked(data, names), []
    for name, one in chosen.items():
        found = first(one.recommender.scores(given), given, k=k)
        rows.append([name, ", ".join(data.items[i] for i in found), reason(one.recommender, data, given, found[0])])
    if data.world:
        for name, scores in {"perfect (clicks)": data.world.expected_clicks(given, share=SHARE),
                             "perfect (likes)": data.world.expected_likes(given, share=SHARE)}.items():
            rows.append([name, ", ".join(data.items[i] for i in first(scores, given, k=k)), f"you are {kinds(data, given)}"])
    return widgets.table(rows, ["who", f"recommends (the best {k})", "why the first"], f"You like {', '.join(names)}")


def reason(who: Recommender, data: Clicks, given: Given, item: int) -> str:
    """In words: of a count the count, of a matrix the things that speak most for it, of a network whom z takes you for."""
    name = data.items[item]
    if isinstance(who, Popularity):
        return f"{int(who.counts[item]):,} of {len(data.train):,} clicked on {name}"
    if isinstance(who, ItemItem):
        adds = who.reasons(given, item)[0]
        order = [i for i in adds.argsort(descending=True).tolist() if given[0, i] > 0]
        return f"{name}: " + ", ".join(f"{adds[i]:+.2f} for {data.items[i]}" for i in order)
    if isinstance(who, OfBags):
        return nearest_in_z(who, data, given)
    return ""


def nearest_in_z(who: OfBags, data: Clicks, given: Given) -> str:
    """Of the world the kind, else the training user, whose mean of q(z | clicks) is nearest."""
    rows = data.world.clicking[: len(data.world.kinds)].float() if data.world else data.train
    with evaluating(who.model):
        mine, theirs = who.model.posterior(given).mean, who.model.posterior(rows).mean
    place = int(torch.cdist(mine, theirs).argmin())
    if data.world:
        return f"in z you are nearest to a typical {data.world.kinds[place]}"
    theirs_items = [data.items[i] for i in rows[place].nonzero()[:4, 0].tolist()]
    return f"in z you are nearest to a user who clicked on {', '.join(theirs_items)}"


def kinds(data: Clicks, given: Given) -> str:
    """The likeliest kinds of a neighbour, and how much of each, exactly."""
    found = data.world.kinds_of(data.world.posterior(given, share=SHARE))[0]
    order = found.argsort(descending=True)[:MOST_KINDS].tolist()
    return ", ".join(f"{found[i]:.0%} {data.world.kinds[i]}" for i in order)


def adviser(data: Clicks, chosen: Mapping[str, Chosen]) -> Callable[..., widgets.Picture]:
    """For an explorer with three menus: what everybody makes of three things."""
    def show(**menus: str) -> widgets.Picture:
        return widgets.together(advice(data, chosen, list(menus.values())))
    return show


def menus(data: Clicks, *, start: Sequence[str] = ()) -> dict[str, list[str]]:
    """Three menus of all things; the first of each is different: those of `start`, or the most frequent."""
    order = data.train.sum(0).argsort(descending=True).tolist()
    start = [*start, *(data.items[i] for i in order if data.items[i] not in start)][:3]
    return {name: [item, *(other for other in sorted(data.items) if other != item)]
            for name, item in zip(("one", "another", "a_third"), start, strict=True)}


def prepared(data: Clicks, chosen: Mapping[str, Chosen], threes: Sequence[Sequence[str]]):
    """The same for some threes, computed beforehand and linked in the browser: it needs no kernel, so it lives in a report."""
    pages = [widgets.together(advice(data, chosen, names)) for names in threes]
    return widgets.stepper(pages, "you like", [", ".join(names) for names in threes])


def getting_to_know(data: Clicks, names: Sequence[str], **words: str) -> Picture:
    """How much of each kind a neighbour is expected to be, after each of some things that are liked."""
    known = torch.cat([liked(data, names[:num]) for num in range(len(names) + 1)])
    shares = data.world.kinds_of(data.world.posterior(known, share=SHARE))
    top = shares[-1].argsort(descending=True)[: 2 * MOST_KINDS].tolist()
    curves = {data.world.kinds[i]: shares[:, i].tolist() for i in top}
    axes = plots.curves_over(range(len(names) + 1), curves, xlabel=f"things said: {', '.join(names)}",
                             ylabel="expected share of the kind", **words)
    axes.set_xticks(range(len(names) + 1))
    return axes, f"Shares of kinds after each of {', '.join(names)}: " + "; ".join(
        f"{kind} {', '.join(f'{y:.2f}' for y in ys)}" for kind, ys in curves.items()) + "."


def over_users(rows: Sequence[Row], measure: str, names: Sequence[str], **words: str) -> Picture:
    """Recorded: a measure of everybody over the number of training users; bars are standard errors over seeds."""
    found = by(rows, "who", "trained", measure=measure)
    sizes = sorted({trained for _, trained in found})
    curves = {name: [found[name, size].mean for size in sizes] for name in names}
    errors = {name: [found[name, size].error for size in sizes] for name in names}
    axes = plots.curves_over(sizes, curves, errors=errors, xlabel="training users", ylabel=measure, log="x", **words)
    return axes, f"{measure} with {', '.join(f'{size:,}' for size in sizes)} training users: " + "; ".join(
        f"{name} {', '.join(f'{y:.3f}' for y in ys)}" for name, ys in curves.items()) + "."
