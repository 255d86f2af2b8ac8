"""The studies of lesson 16: rates are those of the search, pairs share seed and batches, a tiny run has every number."""
import math
from dataclasses import replace

import pytest
import torch
from torch.distributions import Normal

from gensq_course import lessons, studies
from gensq_course.lessons.dialogue_gan import study_search
from gensq_course.studies import answering, doorstep, doorstep_study as dialogue, fair, networks
from gensq_course.studies.doorstep import Doorstep
from gensq_course.studies.fair import JUDGES, TAUGHT_LONGER, TEMPERATURES, Way, chosen
from gensq_course.studies.perfect import spoken
from gensq_course.studies.residual import residual
from gensq_course.shipped.voices import shipped_voices
from gensq_course.talk.instruments import all_replies, told_by_z
from gensq_lib.ground import runtime
from gensq_lib.maths.objectives import iwae, log_mean_exp
from gensq_lib.models.conditional_vae import ConditionalVAE

RECORDED = ("start", "longer", "the model itself", *dialogue.WAYS)


@pytest.fixture
def small(monkeypatch, tmp_path):
    """A doorstep on which everything takes a moment."""
    monkeypatch.setenv("GENSQ_CACHE", str(tmp_path))
    for module, values in {answering: {"NUM_PROMPTS": 20, "NUM_TEST": 12},
                           doorstep: {"NUM_MORE": 80, "NUM_UNSEEN": 20, "NUM_DRAWN": 4, "MLE_STEPS": 2, "MORE_MLE_STEPS": 2,
                                      "JUDGE_STEPS": 1, "MORE_JUDGE_STEPS": 1}}.items():
        for name, value in values.items():
            monkeypatch.setattr(module, name, value)
    monkeypatch.setattr(doorstep, "prepared", lambda seed, num_train=60: replace(
        answering.prepared(seed, num_train=num_train), hidden_dim=8, batch_size=6))
    monkeypatch.setattr(Doorstep, "steps", 1)
    return Doorstep(3)


def test_the_studies_are_in_the_registry_with_their_seeds_and_no_seed_of_the_search_is_reported():
    found = lessons.studies()
    seeds = {name: {setting["seed"] for setting in found[name].settings} for name in ("dialogue", "dialogue_search")}
    assert seeds["dialogue"] == set(range(8)) and not seeds["dialogue"] & seeds["dialogue_search"]
    of_networks = {setting["seed"] for setting in found["dialogue_networks"].settings}
    assert of_networks == {*networks.SEEDS, *networks.BY_RATE} and of_networks & seeds["dialogue"] == set(range(3))


def test_every_way_goes_on_at_the_rate_that_the_search_found_best():
    best = chosen(studies.read("dialogue_search")["rows"], study_search.RATES)
    assert {way: rate for way, rate in dialogue.RATES.items() if way not in dialogue.CONTROLS} == best
    assert {dialogue.RATES[way] for way in dialogue.CONTROLS} == {dialogue.RATES["adversarial"]}  # they differ in nothing else


def test_every_way_is_in_one_part_and_in_the_table():
    ways = [way for part in dialogue.PARTS.values() for way in part]
    assert sorted(ways) == sorted(dialogue.WAYS)
    assert {*dialogue.ROWS} == {*dialogue.WAYS, "longer", "the model itself"}


def test_a_judge_that_is_taught_longer_has_the_lessons_of_one_that_read_more_and_nothing_else(small, monkeypatch):
    monkeypatch.setattr(doorstep, "MORE_JUDGE_STEPS", 3)
    given = []
    monkeypatch.setattr(doorstep.games, "taught",
                        lambda game, judge, start, lessons, *, steps, learning_rate: given.append((lessons(0).targets, steps)))
    for kind in ("own", TAUGHT_LONGER, "read more"):
        small.judge(kind)
    (own, few), (longer, many), (other, as_many) = given
    assert torch.equal(own, longer) and (few, many, as_many) == (1, 3, 3)
    assert own.shape != other.shape or not torch.equal(own, other)


def test_every_way_has_the_same_batches_and_prompts(small):
    game, batches = small.game, small.batches
    assert torch.equal(game.prompts(3).tokens, game.prompts(3).tokens)
    assert torch.equal(batches(2)(1).targets, batches(2)(1).targets)
    trained = {e.source for e in [*small.own.text.train, *small.more.text.train]}
    assert not trained & {e.source for e in [*small.own.test, *small.fresh]}, "fresh prompts"


def test_the_judge_of_the_trial_refuses_nothing_but_the_players_replies(small):
    """Real replies to other prompts among what is refused would make its logit another thing than log p / G."""
    real = small.batches(1)(0)
    kinds = small.game.refused(small.start)(real, 0)
    assert [weight for weight, _ in kinds if weight] == [1.0]
    assert torch.equal(kinds[0][1].prompts.tokens, real.prompts.tokens), "to the same prompts"


def test_the_lessons_of_a_judge_are_of_all_lengths(small):
    """Real batches of one length beside fakes of all lengths would give away what is real."""
    lengths = [small.lessons(1)(i).lengths for i in range(3)]
    assert all(each.max() - each.min() >= 3 for each in lengths)
    alike = [small.batches(2)(i).prompts.lengths for i in range(3)]
    assert min(each.max() - each.min() for each in alike) < 3, "for the player like prompts save padding"


def test_the_perfect_judge_of_replies_turns_the_player_into_the_world(small):
    """For every prompt by itself; and it sorts what nobody has learnt from better than a judge that knows nothing."""
    perfect = small.judge("perfect")
    found = residual(small.everything, small.start, perfect, small.drawn())
    assert torch.allclose(found.outcomes().model.exp(), small.everything.world.exp(), atol=1e-5)
    assert small.accuracy(perfect) > 0.9  # an untrained player
    untaught = residual(small.everything, small.start, perfect, small.drawn()).outcomes(scale=0.0)
    assert torch.allclose(untaught.given_valid, small.everything.outcomes(small.start).given_valid, atol=1e-5)


def test_the_perfect_judge_knows_every_prompt_that_is_asked_in_a_game(small):
    perfect, said = small.judge("perfect"), small.game.draw(small.start, small.game.asked(0), torch.Generator().manual_seed(0))
    assert all(perfect.mass[beginning[:1]] == pytest.approx(1.0, abs=1e-4) for beginning in spoken(said))


class Told(ConditionalVAE):
    """Its posterior is one number for each reply to a prompt, `apart` from that of the next; nothing is learnt."""

    def __init__(self, *, everything, apart):
        torch.nn.Module.__init__(self)
        self.means = (torch.arange(len(everything.group)) % 3 * apart)[:, None]
        self.places = iter([places for places, _ in everything.batches])

    def posterior(self, batch):
        mean = self.means[torch.as_tensor(next(self.places))]
        return Normal(mean, torch.ones_like(mean))


@pytest.mark.parametrize("apart", [0.0, 1.5, 50.0])
def test_what_z_tells_is_the_information_by_an_integral(small, apart):
    """At most what there is to say; three replies of .5, .3 and .2 to each prompt."""
    shares, grid = torch.tensor([0.5, 0.3, 0.2]).double(), torch.linspace(-9, 120, 60_001).double()
    each = Normal(torch.arange(3).double() * apart, 1.0).log_prob(grid[:, None])
    gain = (each.exp() * (each - (each + shares.log()).logsumexp(-1, keepdim=True))).nan_to_num()
    exact = (torch.trapezoid(gain, grid, dim=0) * shares).sum().item()
    everything = small.everything
    order = torch.tensor([int(p) for g in range(int(everything.group.max()) + 1)
                          for p in everything.world[everything.group == g].exp().mul(10).round()])
    assert (order.view(-1, 3) == torch.tensor([5, 3, 2])).all(), "replies stand in the order of their shares"
    model, noise = Told(everything=everything, apart=apart), torch.Generator().manual_seed(0)
    found = told_by_z(model, everything, generator=noise, num_samples=800)
    assert found == pytest.approx(exact, abs=0.02) and found <= small.own.text.grammar.reply_entropy() + 1e-6


@pytest.mark.slow
def test_a_tiny_run_has_every_number(small, monkeypatch):
    monkeypatch.setattr(dialogue, "Doorstep", lambda seed: small)
    rows = [{"setting": {"seed": 3, "part": part}, "found": dialogue.run(seed=3, part=part)} for part in dialogue.PARTS]
    found, = fair.seeds_of(rows)
    for way in RECORDED:
        assert 0 <= studies.value(found, way=way, temperature=1.0, measure="valid") <= 1
        assert len(studies.curve(found, way)) == len(TEMPERATURES)
    for kind in JUDGES:
        assert 0 <= studies.value(found, judge=kind, measure="accuracy") <= 1
        assert math.isfinite(studies.value(found, judge=kind, scale=1.0, measure="js"))
    assert Way("shuffled") == dialogue.WAYS["shuffled"]


def test_the_recorded_study_is_whole():
    """Eight seeds, every way at every temperature, every judge."""
    rows = studies.read("dialogue")["rows"]
    assert [row["setting"] for row in rows] == list(dialogue.STUDY.settings)
    seeds = fair.seeds_of(rows)
    assert len(seeds) == 8
    for found in seeds:
        assert all(len(studies.curve(found, way)) == len(TEMPERATURES) for way in RECORDED)
        assert all(studies.values(found, judge=kind, measure="accuracy") for kind in JUDGES)


@pytest.mark.slow
def test_recorded_rows_come_out_again():
    """As far as another processor's rounding allows: the start, and what the perfect judge makes of it."""
    row = next(row for row in studies.read("dialogue")["rows"] if row["setting"]["part"] == "exact")
    bench = Doorstep(row["setting"]["seed"])
    player = bench.played(dialogue.WAYS["perfect judge"], bench.judge("perfect"), rate=dialogue.RATES["perfect judge"])
    for name, model in {"start": bench.start, "perfect judge": player}.items():
        now = bench.everything.outcomes(model).means["valid"]
        assert now == pytest.approx(studies.value(row["found"], way=name, temperature=1.0, measure="valid"), abs=0.04)


@pytest.mark.slow
def test_a_network_is_recorded_as_it_comes_out():
    row = studies.read("dialogue_networks")["rows"][0]
    bench = answering.prepared(row["setting"]["seed"])
    neither = bench.seq2seq(steps=doorstep.MLE_STEPS, **networks.PLAIN["neither"])
    then = studies.value(row["found"], way="neither", measure="valid")
    assert answering.quality(neither, bench)["valid"] == pytest.approx(then, abs=0.05)


def test_log_p_by_draws_is_that_of_one_distribution_and_near_many_independent_draws():
    """Over all valid replies it adds up to the share that is valid, and a few hundred independent draws of z say the same."""
    bench = answering.prepared(0)
    bench = replace(bench, test=bench.test[:40])
    vae = shipped_voices(bench.text)["vae"]
    everything = all_replies(bench.test, bench.text)
    noise = torch.randn(200, 1, vae.latent_dim, generator=torch.Generator().manual_seed(1))

    def independent(batch):
        prior = vae.prior(batch)
        return log_mean_exp(torch.cat([vae.log_likelihood(batch, prior.mean + prior.stddev * part) for part in noise.split(50)]))

    found = [everything.outcomes(vae, log_prob=log_prob)
             for log_prob in (answering.log_prob_of(vae, bench), independent)]
    even, free = (one.means for one in found)
    assert all(one.valid.max() <= 1 for one in found) and even["valid"] == pytest.approx(free["valid"], abs=0.02)
    assert even["nll"] == pytest.approx(free["nll"], abs=0.05)
    loose = everything.outcomes(vae, log_prob=lambda b: iwae(vae, b, num_samples=20, generator=runtime.generator(0))).means
    assert loose["nll"] > even["nll"] + 0.02, "the bound that stood here before was this loose"
