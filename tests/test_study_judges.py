"""The study of judges: each is what its name says, all are taught alike, and the table's shares are of one source."""
import pytest
import torch

from gensq_course import lessons, studies
from gensq_course.studies import judges
from gensq_course.studies.fair import JUDGES, seeds_of
from gensq_course.studies.judges import MeanJudge, PairsJudge
from gensq_lib.models.judges import RecurrentJudge
from gensq_lib.text.batching import collate

SENTENCES = collate([[4, 5, 6, 7], [5, 4], [7, 7, 6], [6, 4, 5, 5, 4]])


def recurrent(seed):
    torch.manual_seed(seed)
    return RecurrentJudge(vocab_size=10, embed_dim=6, hidden_dim=8).eval()


def test_the_mean_of_equal_judges_is_the_judge():
    judge = recurrent(0)
    torch.testing.assert_close(MeanJudge(members=[judge, judge, judge]).logits(SENTENCES), judge.logits(SENTENCES))


def test_the_mean_of_judges_lies_between_them():
    one, other = recurrent(0), recurrent(1)
    both = torch.stack([one.logits(SENTENCES), other.logits(SENTENCES)])
    found = MeanJudge(members=[one, other]).logits(SENTENCES)
    assert (both.amin(0) < found).all() and (found < both.amax(0)).all()


def test_a_judge_of_pairs_sees_which_words_there_are_and_nothing_else():
    judge = PairsJudge(vocab_size=10)
    with torch.no_grad():
        judge.weights.copy_(torch.randn(10, 10, generator=torch.Generator().manual_seed(0)))
        judge.bias.fill_(0.3)
    words = [2, 4, 5]  # <eos> stands in every sentence
    by_hand = 0.3 + sum(judge.weights[a, b].item() for a in words for b in words)
    for said in ([4, 5], [5, 4, 4]):
        assert judge.logits(collate([said, [6, 7, 8, 9]]))[0].item() == pytest.approx(by_hand, abs=1e-5)


def test_every_judge_has_a_name_of_its_own_and_nothing_is_searched_on_a_seed_that_is_reported():
    found = lessons.studies()
    told, sought = ({setting["seed"] for setting in found[f"text_gan_judges{which}"].settings} for which in ("", "_search"))
    assert told == set(range(4)) and not told & sought
    assert not set(judges.KINDS) & set(JUDGES) and {kind.network for kind in judges.KINDS.values()} == set(judges.NETWORKS)


def test_every_network_learns_at_the_rate_that_the_search_found_best():
    assert judges.RATES == judges.chosen(studies.read("text_gan_judges_search")["rows"])


def made_up(**js):
    start = [record for t, js_there in ((1.0, 0.5), (0.9, 0.4)) for record in studies.records({"js": js_there}, way="start",
                                                                                               temperature=t)]
    return start + [record for judge, value in js.items() for scale, part in ((0.5, 1.5), (1.0, 1.0))
                    for record in studies.records({"js": part * value}, judge=judge, scale=scale)]


def test_a_share_is_that_of_the_perfect_judge_over_the_start_at_its_best_temperature():
    seeds = [made_up(usual=0.3, perfect=0.0), made_up(usual=0.2, perfect=0.0)]
    found = studies.reached(seeds, "usual", of="perfect", gain=studies.judge_gain)
    assert found.mean == pytest.approx((0.1 + 0.2) / 0.8) and found.n == 2


def test_the_recorded_table_is_whole_and_nobody_beats_the_perfect_judge():
    """Of the other study, at the same seeds and starts."""
    rows, others = (studies.read(name)["rows"] for name in ("text_gan_judges", "text_gan"))
    seeds = [row["setting"]["seed"] for row in rows]
    assert seeds == list(range(4))
    for found in seeds_of([*rows, *(row for row in others if row["setting"]["seed"] in seeds)]):
        steps = [studies.value(found, judge=kind, measure="steps") for kind in judges.KINDS]
        assert judges.EVERY <= min(steps) and max(steps) <= judges.MORE_STEPS
        gains = {judge: studies.judge_gain(found, judge, "start") for judge in [*judges.KINDS, *JUDGES]}
        assert max(gains, key=gains.get) == "perfect"
