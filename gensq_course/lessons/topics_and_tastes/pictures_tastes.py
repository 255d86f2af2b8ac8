"""Tables and pictures of lesson 18 on tastes: three things that somebody likes, what each recommends and why."""
from collections.abc import Callable, Mapping, Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course import widgets
from gensq_course.lessons.dialogue_gan.pictures import Picture
from gensq_course.lessons.summarisation.pictures import with_interval
from gensq_course.studies import tasting, tasting_search, tasting_study
from gensq_course.studies.rows import Row, by, value
from gensq_course.studies.tasting import K, Chosen
from gensq_course.studies.tasting_leaks import Leak
from gensq_lib import plots
from gensq_lib.diagnostics.ranking import mean_of
from gensq_lib.ground.errors import expect
from gensq_lib.maths.objectives import evaluating
from gensq_lib.maths.stats import Estimate, estimate
from gensq_lib.models.recommenders import OfBags, Popularity, Recommender
from gensq_lib.vectors.clicks import SHARE, Clicks

MOST_KINDS, MEASURE = 3, f"nDCG@{K}"
EVERY_NEIGHBOUR = max(setting["neighbours"] for setting in tasting.KNN)  # more than there are things
SAID = {"latent_dim": "dimensions of z", "input_dropout": "dropout of the input", "weight_decay": "weight decay"}
Given, Rows = Float[Tensor, "1 item"], Float[Tensor, "user item"]


def liked(data: Clicks, names: Sequence[str]) -> Given:
    """One row of clicks: these things."""
    expect(len(set(names)) == len(names), f"expected different things, got {', '.join(names)}; choose each once")
    return torch.tensor([[float(item in names) for item in data.items]])


def first(scores: Float[Tensor, "1 item"], given: Given, *, k: int = K) -> list[int]:
    """The k items with the highest scores that were not given."""
    return scores[0].double().masked_fill(given[0] > 0, -torch.inf).topk(min(k, int((given == 0).sum()))).indices.tolist()


def advice(data: Clicks, chosen: Mapping[str, Chosen], names: Sequence[str], *, k: int = K) -> widgets.Table:
    """A row for each recommender: its list, and why the first stands there; as if half of the clicks were known."""
    given, rows = liked(data, names), []
    for name, one in chosen.items():
        found = first(one.recommender.scores(given), given, k=k)
        rows.append([name, ", ".join(data.items[i] for i in found), reason(one.recommender, data, given, found[0])])
    if data.world:
        for name, asked in {"clicks": data.world.expected_clicks, "likes": data.world.expected_likes}.items():
            def log_p(some: Rows, asked=asked) -> Rows:
                return asked(some, share=SHARE).log()
            found = first(log_p(given), given, k=k)
            rows.append([f"perfect ({name})", ", ".join(data.items[i] for i in found),
                         f"{spoken_for(log_p, data, given, found[0])} nats; you are {kinds(data, given)}"])
    return widgets.table(rows, ["who", f"recommends (the best {k})", "why the first: what each of yours adds to its score"],
                         f"You clicked on {', '.join(names)}")


def spoken_for(scores: Callable[[Rows], Rows], data: Clicks, given: Given, item: int) -> str:
    """What the score of `item` would lose if one of the clicks had not been made, for each click: true of any recommender.

    Of one whose scores are sums (neighbours, EASE) these are the terms of the sum.
    """
    without = given.repeat(int(given.sum()), 1)
    places = given[0].nonzero()[:, 0]
    without[range(len(places)), places] = 0
    lost = scores(given)[0, item] - scores(without)[:, item]
    return f"{data.items[item]}: " + ", ".join(f"{lost[n]:+.2f} by {data.items[places[n]]}"
                                              for n in lost.argsort(descending=True, stable=True).tolist())


def reason(who: Recommender, data: Clicks, given: Given, item: int) -> str:
    """In words: of a count the count, else what each click adds; of a network also whom z takes you for."""
    if isinstance(who, Popularity):
        return f"{int(who.counts[item]):,} of {len(data.train):,} clicked on {data.items[item]}"
    found = spoken_for(who.scores, data, given, item)
    return f"{found} nats; {nearest_in_z(who, data, given)}" if isinstance(who, OfBags) else found


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


def said(setting: Mapping[str, float]) -> str:
    """A chosen setting; so many neighbours that no thing is left out are "all"."""
    return ", ".join(f"{key} all" if key == "neighbours" and number == EVERY_NEIGHBOUR else f"{key} {number:g}"
                     for key, number in setting.items())


def betas(rows: Sequence[Row], who: str, trained: int) -> str:
    """Recorded: which beta the validation users chose, seed by seed."""
    chosen = [value(row["found"], who=who, measure="beta") for row in rows if row["setting"]["trained"] == trained]
    return ", ".join(f"{beta:.2f}" for beta in chosen)


def held(rows: Sequence[Row], who: str = "Mult-VAE") -> Picture:
    """Recorded: how far a beta that is held is ahead of one that rises to 1, paired by seed; bars are standard errors."""
    def gain(**other: float | str) -> Estimate:
        return estimate([value(row["found"], measure=MEASURE, **other) - value(row["found"], measure=MEASURE, who=who)
                         for row in rows if row["setting"]["trained"] == tasting_study.USUAL])
    gains = {beta: gain(held=beta) for beta in tasting_study.CAPS}
    axes = plots.curves_over(list(gains), {"beta held": [each.mean for each in gains.values()]},
                             errors={"beta held": [each.error for each in gains.values()]}, xlabel="beta, held",
                             ylabel=f"{MEASURE} less that of {who}", title="Which beta?",
                             references={who: 0.0, "EASE": gain(who="EASE").mean})
    return axes, f"{MEASURE} less that of {who}, over beta: " + ", ".join(
        f"{beta:g}: {each.mean:+.3f} ± {each.error:.3f}" for beta, each in gains.items()) + "."


def searched(rows: Sequence[Row]) -> widgets.Table:
    """Recorded: what each value of a knob is worth to the users of the search where the other knobs stay as chosen."""
    shown = [[who, SAID[knob], "; ".join(f"{'→ ' * (at == chosen[knob])}{at:g}: {worth:.3f}" for at, worth in line.items())]
             for who, chosen in tasting.CHOSEN.items()
             for knob, line in tasting_search.around(rows, who, chosen).items()]
    return widgets.table(shown, ["who", "of which", f"{MEASURE} on validation (→ chosen)"],
                         f"The search, recorded: seed 100, {tasting_search.USERS:,} users")


def clicks_table(found: Mapping[str, Mapping[str, Tensor]], chosen: Mapping[str, Chosen]) -> widgets.Table:
    """Means over users, and beside them how far each is ahead of the best simple one, user by user, with 95 % intervals."""
    simple = tasting.best_simple(chosen)
    gains = tasting.ahead(found, simple)
    rows = [[name, *(str(mean_of(each)) for each in row.values()), "" if name == simple else with_interval(gains[name]),
             said(chosen[name].setting) if name in chosen else ""] for name, row in found.items()]
    return widgets.table(rows, ["who", *next(iter(found.values())), f"nDCG less {simple}", "chosen on validation users"])


def leak_table(by_who: Mapping[str, Mapping[str, Leak]]) -> widgets.Table:
    """Of every leak nDCG as it is and as it looks; empty where it does not concern somebody."""
    def shown(leak: Leak | None) -> str:
        found = f"{leak.honest:.3f} → {leak.leaked:.3f}" if leak else ""
        return "nobody is left" if leak and not leak.users[1] else found
    leaks = dict.fromkeys(leak for each in by_who.values() for leak in each)
    return widgets.table([[leak, *(shown(each.get(leak)) for each in by_who.values())] for leak in leaks],
                         ["what went wrong", *by_who], f"nDCG@{K}, honest → as it looks")


def liked_table(truth: Mapping[str, Mapping[str, Estimate]]) -> widgets.Table:
    """Of every list what is clicked on and what is liked; means over users, whose errors say how users differ."""
    rows = [[name, *(str(row.get(key, "")) for key in ("hits", "liked", "corrected"))] for name, row in truth.items()]
    return widgets.table(rows, ["who", f"of {K}: clicked on, held out", f"of {K}: liked", "liked, scores divided by seen"],
                         "Exact for each user; mean ± standard error over users")


def ahead_over_seeds(rows: Sequence[Row], who: str, rivals: Sequence[str], measure: str) -> widgets.Table:
    """Recorded: how far somebody is ahead of others, paired by seed, for every number of training users."""
    sizes = sorted({row["setting"]["trained"] for row in rows})

    def gain(rival: str, size: int) -> Estimate:
        return estimate([value(row["found"], who=who, measure=measure) - value(row["found"], who=rival, measure=measure)
                         for row in rows if row["setting"]["trained"] == size])
    return widgets.table([[rival, *(with_interval(gain(rival, size)) for size in sizes)] for rival in rivals],
                         [f"{who} less", *(f"{size:,} users" for size in sizes)], f"{measure}, paired by seed, 95 % intervals")


def over_users(rows: Sequence[Row], measure: str, names: Sequence[str], **words: str) -> Picture:
    """Recorded: a measure of everybody over the number of training users; bars are standard errors over seeds."""
    found = by(rows, "who", "trained", measure=measure)
    sizes = sorted({trained for _, trained in found})
    curves = {name: [found[name, size].mean for size in sizes] for name in names}
    errors = {name: [found[name, size].error for size in sizes] for name in names}
    axes = plots.curves_over(sizes, curves, errors=errors, xlabel="training users", ylabel=measure, log="x", **words)
    return axes, f"{measure} with {', '.join(f'{size:,}' for size in sizes)} training users: " + "; ".join(
        f"{name} {', '.join(f'{y:.3f}' for y in ys)}" for name, ys in curves.items()) + "."
