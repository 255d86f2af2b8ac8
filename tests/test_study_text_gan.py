"""The studies of lesson 15: gains are paired by seed, rates are those of the search; the oracle is the one whose hash is kept."""
import numpy as np
import pytest
import torch

from gensq_course import lessons, studies
from gensq_course.lessons.text_gan import study as text_gan, study_oracle as seqgan_oracle, study_search
from gensq_course.studies.fair import chosen, seeds_of
from gensq_course.studies.frontiers import ratio
from gensq_course.studies.village import Bench
from gensq_lib.ground import runtime
from gensq_lib.text.batching import Batch
from gensq_lib.text.scoring import log_likelihood_at
from gensq_lib.text.vocab import Vocab


def made_up(**js):
    """At two temperatures, the second of which is better by a tenth."""
    return [record for way, value in js.items() for t, part in ((1.0, 1.0), (0.9, 0.9))
            for record in studies.records({"js": part * value}, way=way, temperature=t)]


def test_a_gain_is_paired_and_each_at_its_own_best_temperature():
    seeds = [made_up(start=1.0 + i, adversarial=0.8 + i) for i in range(3)]
    gain = studies.paired(seeds, ["adversarial"], studies.js_gain, against="start")["adversarial"]
    assert gain.mean == pytest.approx(0.18) and gain.error == pytest.approx(0, abs=1e-9)


def test_what_is_reached_is_a_share_of_the_perfect_judges_gain():
    seeds = [made_up(**{"start": s, "adversarial": a, "perfect judge": p}) for s, a, p in ((1.0, 0.9, 0.5), (2.0, 2.1, 1.0))]
    found = studies.reached(seeds, "adversarial")
    assert found.mean == pytest.approx(0.9 * (0.1 - 0.1) / (0.5 + 1.0)) and found.n == 2
    assert found.error == pytest.approx((0.2 + 0.1) / 2)  # either seed alone says 0.2 and -0.1
    whole = studies.reached(seeds, "perfect judge")
    assert whole.mean == pytest.approx(1.0) and whole.error == pytest.approx(0.0)


def test_the_error_of_a_ratio_is_about_how_far_ratios_of_other_seeds_lie():
    noise = np.random.default_rng(0)
    wholes = 1 + 0.3 * noise.standard_normal((2_000, 12))
    parts = 0.5 * wholes + 0.1 * noise.standard_normal(wholes.shape)
    found = [ratio(*pair) for pair in zip(parts.tolist(), wholes.tolist(), strict=True)]
    spread = np.std([each.mean for each in found])
    assert np.mean([each.error for each in found]) == pytest.approx(spread, rel=0.1)
    covered = np.mean([each.interval[0] < 0.5 < each.interval[1] for each in found])
    assert covered == pytest.approx(0.95, abs=0.02)


def test_the_studies_are_in_the_registry_with_their_seeds_and_no_seed_of_the_search_is_reported():
    found = lessons.studies()
    seeds = {name: {setting["seed"] for setting in found[name].settings} for name in ("text_gan", "text_gan_search")}
    assert seeds["text_gan"] == set(range(8)) and not seeds["text_gan"] & seeds["text_gan_search"]
    assert len(found["seqgan_oracle"].settings) == 3


def test_every_way_goes_on_at_the_rate_that_the_search_found_best():
    best = chosen(studies.read("text_gan_search")["rows"], study_search.RATES)
    assert {way: rate for way, rate in text_gan.RATES.items() if way != "shuffled"} == best
    assert text_gan.RATES["shuffled"] == text_gan.RATES["adversarial"]  # a control differs in nothing else


def test_the_recorded_start_is_finished_and_the_verdict_of_the_lesson_is_borne_out():
    """Twice as many steps gain less than a fifth of what the perfect judge gains."""
    seeds = seeds_of(studies.read("text_gan")["rows"])
    assert len(seeds) == 8 and studies.reached(seeds, "longer").mean < 0.2
    assert studies.reached(seeds, "model that read more").mean > 0.7 > 0.4 > studies.reached(seeds, "judge that read more").mean
    assert studies.paired(seeds, ["perfect judge"], studies.js_gain, against="start")["perfect judge"].errors_from(0) > 4


def test_no_row_has_its_lowest_point_above_the_recorded_temperatures():
    """By a parabola through its three hottest points; between two of them little more is to be won than the lesson says."""
    rows = studies.read("text_gan")["rows"]
    js = studies.by(rows, "way", "temperature", measure="js")
    for way in {record["way"] for row in rows for record in row["found"] if "way" in record}:
        points = [js[way, temperature].mean for temperature in (1.0, 0.9, 0.8)]
        curve = np.polynomial.Polynomial.fit((1.0, 0.9, 0.8), points, deg=2)
        [lowest] = curve.deriv().roots()
        assert 0.9 < lowest < 1.05 and min(points) - curve(lowest) < 0.002


def test_the_oracle_speaks_in_words_only_and_its_probabilities_add_up():
    drawn = seqgan_oracle.draw(seqgan_oracle.oracle(), num=8, generator=runtime.generator("draw"))
    assert drawn.targets.shape == (8, 20) and (drawn.targets > 3).all() and (drawn.inputs[:, 1:] == drawn.targets[:, :-1]).all()
    words = torch.arange(4, seqgan_oracle.SIZES["vocab_size"])
    one = Batch(torch.full_like(words, Vocab.BOS)[:, None], words[:, None], torch.ones_like(words))
    log_p = log_likelihood_at(seqgan_oracle.oracle(), one, temperatures=[0.7], avoid=seqgan_oracle.NEVER)
    assert log_p.exp().sum().item() == pytest.approx(1.0, abs=1e-4)


def test_cold_samples_have_less_entropy():
    oracle = seqgan_oracle.oracle()
    at = runtime.generator
    hot, cold = (seqgan_oracle.nats_per_word(oracle, seqgan_oracle.draw(oracle, num=50, temperature=t, generator=at(0)),
                                             temperature=t) for t in (1.0, 0.5))
    assert cold < hot < 8.5


@pytest.mark.slow
def test_a_recorded_row_comes_out_again():
    """As far as another processor rounds: games amplify it. Not the judges that read more: they take minutes."""
    row = next(row for row in studies.read("text_gan")["rows"] if row["setting"]["part"] == "tuned")
    bench = Bench(row["setting"]["seed"])
    perfect, ways = bench.judge("perfect"), text_gan.WAYS
    players = {name: bench.played(ways[name], perfect, rate=text_gan.RATES[name]) for name in ("likelihood", "perfect judge")}
    for name, player in {"start": bench.start, **players}.items():
        again = studies.frontier(name, player, bench.everything, temperatures=[1.0])
        for measure, near in (("valid", 0.03 if name == "perfect judge" else 0.01), ("entropy", 0.2)):
            now, then = (studies.value(records, way=name, temperature=1.0, measure=measure) for records in (again, row["found"]))
            assert now == pytest.approx(then, abs=near)


def test_the_recorded_oracle_is_ours_and_its_numbers_are_in_order():
    """Real sequences surprise the oracle least, random words most; a colder model surprises it less and says less."""
    content = studies.read("seqgan_oracle")
    for row in content["rows"]:
        real, random = (studies.value(row["found"], measure=name) for name in ("oracle entropy", "random words"))
        assert real < studies.value(row["found"], measure="oracle on model", temperature=1.0) < random
        hot_first = studies.values(row["found"], measure="entropy")
        assert hot_first == sorted(hot_first, reverse=True) and len(hot_first) == len(seqgan_oracle.TEMPERATURES)


def test_the_oracle_is_about_as_uncertain_as_the_published_one():
    """Yu et al. (2017) give 5.750 nats per word for their oracle and 10.310 for random words; other weights, other digits."""
    oracle = seqgan_oracle.oracle()
    drawn = seqgan_oracle.draw(oracle, num=200, generator=runtime.generator("published"))
    assert seqgan_oracle.nats_per_word(oracle, drawn) == pytest.approx(5.75, abs=0.5)
    assert seqgan_oracle.nats_per_word(oracle, seqgan_oracle.random_words(0)) == pytest.approx(10.31, abs=1.5)
