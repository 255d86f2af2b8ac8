"""Lesson 20: every mistake fails its measure and its repair passes, the hunt counts rightly, the two programs run as scripts."""
import dataclasses
import math
import re
import subprocess
import sys
import textwrap

import pytest
import torch
from torch.nn import functional

from gensq_course import studies, widgets
from gensq_course.lessons.tutorial_autopsy import (
    experiments, hunting, losses, pictures, programs, references, repairing, small_dialogue_gan, small_text_vae, study)
from gensq_course.studies import study as engine
from gensq_lib.ground.errors import GensqError
from gensq_lib.maths.stats import Share, estimate
from gensq_lib.text import corpora

EVIL = "<script>alert(1)</script>"
NAMES = list(experiments.mistakes())


# The table and its experiments

@pytest.mark.parametrize("name", NAMES)
def test_the_wrong_version_fails_and_the_repaired_one_passes(name):
    found, row = experiments.run(name), experiments.mistake(name)
    assert not row.passes(found.wrong), f"the mistake passes: {found.wrong}"
    assert row.passes(found.repaired), f"the repair fails: {found.repaired}"


def test_there_are_enough_of_each_kind_and_each_is_told_once():
    assert len(NAMES) >= 36 and min(experiments.counts().values()) >= 5
    for field in ("says", "cause", "repair"):
        told = [getattr(row, field) for row in experiments.mistakes().values()]
        assert len(set(told)) >= len(told) - 2 * (field == "repair"), "two losses are handed logits"
    assert all(row.lesson == "-" or re.fullmatch(r"\d\d(, \d\d)*", row.lesson) for row in experiments.mistakes().values())


def test_a_measure_that_is_not_a_number_does_not_pass():
    assert not any(row.passes(math.nan) for row in experiments.mistakes().values())
    unbounded = [name for name, row in experiments.mistakes().items() if row.at_least == -math.inf and row.at_most == math.inf]
    assert unbounded == []


def test_experiments_are_run_by_name_with_other_numbers():
    assert experiments.run("token_mean", time=7).wrong == pytest.approx(7)
    assert experiments.run("mean_over_latent", latent=4).wrong == pytest.approx(0.25)
    assert experiments.run("softmax_twice", num_words=10).wrong == pytest.approx(math.log(1 + 9 / math.e), abs=1e-5)
    assert "def no_baseline" in experiments.source("no_baseline")
    with pytest.raises(GensqError, match='did you mean "kl_sign"'):
        experiments.run("kl_sing")


def test_what_the_formulas_cost_is_what_paper_says():
    assert experiments.run("kl_either_way").wrong == pytest.approx(abs(0.5 * (2 + 0.5 - 1 - math.log(2))
                                                                       - 0.5 * (0.5 + 0.25 - 1 + math.log(2))), abs=1e-5)
    assert experiments.run("inverse").wrong == pytest.approx(2, abs=0.1)
    assert experiments.run("sigmoid_twice").wrong == pytest.approx((math.log(2) + math.log(1 + math.exp(-1))) / 2, abs=1e-5)
    assert experiments.run("reconstruction_as_nll").wrong > 2


def test_a_judge_whose_outputs_are_its_loss_has_no_least_loss():
    """Its logits run away, and it says no to everything; behind a sigmoid there would be a least loss of 0."""
    (right, early), (later, late) = (losses.judged(losses.outputs, steps) for steps in (200, 400))
    assert right == later == 0.5 and late < early - 5 < -10
    assert losses.judged(lambda real, fake: losses.outputs(real.sigmoid(), fake.sigmoid()), 400)[1] > 0


def test_who_says_unk_and_pays_for_the_word_gains_nothing():
    found = experiments.run("unknown_words")
    assert found.wrong > 1 and -5 < found.repaired < 0, "another computation than the truth it is held against, not 0 by itself"


# References

def test_the_strangers_are_in_the_checked_list():
    listed = references.bibliography()
    assert listed["sutskever2014sequence"]["pages"] == experiments.read()["cited"]["pages"]["wrong"]["pages"]
    assert listed["kingma2015adam"]["author"] == experiments.read()["cited"]["authors"]["wrong"]["author"]
    assert "pages" not in listed["kingma2014auto"]
    for name, row in experiments.read()["cited"].items():
        assert references.strangers(row["right"]) == 0 < references.strangers(row["wrong"]), name


# The hunt

def test_every_mistake_stands_in_one_line_and_nothing_gives_it_away():
    marked = [line.mistake.name for line in hunting.lines() if line.main]
    assert sorted(marked) == sorted(NAMES)
    assert {line.mistake.name for line in hunting.lines() if line.mistake} == set(NAMES)
    assert sum(bool(line.innocent) for line in hunting.lines()) == len(experiments.read()["innocent"]) >= 5
    assert not re.search(r"#[!?]", hunting.listing()) and all(len(line.text) <= 83 for line in hunting.lines())
    assert hunting.listing(2, 3).splitlines() == ["  2", "  3  Part 1. The variational autoencoder"]


def test_the_lesson_names_the_right_lines():
    """Exercises and texts speak of these numbers."""
    marked = {number: line.mistake.name for number, line in enumerate(hunting.lines(), start=1) if line.main}
    named = {24: "view_mixes", 47: "padding_counts", 51: "kl_sign", 76: "output_as_loss", 78: "sigmoid_twice",
             99: "mean_of_perplexities"}
    assert named.items() <= marked.items()
    assert sum(73 <= number <= 81 for number in marked) == 4


def test_points_of_a_hunt():
    answers = hunting.answers()
    first, second = list(answers)[:2]
    right = next(number for number, line in enumerate(hunting.lines(), start=1) if not line.mistake)
    wrong_kind = next(kind for kind in experiments.GROUPS if kind != answers[first])
    assert hunting.score([first]).points == 1
    assert hunting.score({first: answers[first]}).points == 2
    assert hunting.score({first: wrong_kind}).points == 1 and "its kind is" in hunting.score({first: wrong_kind}).said[first]
    assert hunting.score([first, second, right]).points == 1 and "false alarm" in hunting.score([right]).said[right]
    both = [number for number, line in enumerate(hunting.lines(), start=1) if line.mistake and line.mistake.name == "same_batch"]
    assert len(both) == 2 and hunting.score(both).points == hunting.score(both[:1]).points == hunting.score(both[1:]).points == 1
    assert hunting.score({both[0]: "losses", both[1]: "data"}).points == 2
    assert hunting.score(answers).points == hunting.score(answers).best == 2 * len(NAMES)
    everything = hunting.score(list(range(1, len(hunting.lines()) + 1)))
    assert everything.points < 0 < everything.found, "to call everything wrong does not pay"
    assert hunting.score([]).open == experiments.counts() and "0 of 90 points" in str(hunting.score([]))


@pytest.mark.parametrize("marks", ["6", 6, None, [0], [1000], ["6"], [True], {6: "typo"}, [6.0]])
def test_what_is_no_line_is_refused_in_a_sentence(marks):
    with pytest.raises(GensqError, match="expected (line numbers|a kind)"):
        hunting.score(marks)


def test_hints_count_what_the_table_counts():
    hints = " ".join(repairing.ROUND.hints + hunting.HUNT.hints)
    counted = experiments.counts()
    words = {6: "six", 7: "seven", 8: "eight", 11: "eleven"}
    assert f"Losses hide {words[counted['losses']]} mistakes, evaluation {words[counted['evaluation']]}" in hints
    assert f"mathematics and references {words[counted['mathematics']]} each" in hints
    assert f"shapes and data {words[counted['data']]} each" in hints
    assert counted["references"] == counted["mathematics"] and counted["shapes"] == counted["data"]


def test_the_widget_marks_lines_and_takes_marks_back():
    asked = []

    def answer(marks):
        asked.append(dict(marks))
        return f"{EVIL} {len(marks)} marked", {number: f"{EVIL} said" for number in marks}
    box = widgets.listing(["def f():", f"    {EVIL}"], ["shapes", "losses"], answer)
    look, lines, shelf, said, score, keys = box.children
    assert [button.description for button in shelf.children] == ["shapes", "losses", "take back"]
    lines.value = 2
    shelf.children[1].click()
    assert asked[-1] == {2: "losses"} and "1 marked" in score.value and "said" in said.value and "*" in lines.options[1][0]
    shelf.children[0].click()
    assert asked[-1] == {2: "shapes"} and lines.value == 2
    shelf.children[2].click()
    assert asked[-1] == {} and said.value == "" and "*" not in lines.options[1][0]
    assert "<script>" not in said.value + score.value and "role='status'" in score.value
    assert pictures.hunt_widget().children[1].options[5][0].startswith("\u00a0\u00a06")


# The programs

@pytest.mark.parametrize("name", programs.SCRIPTS)
def test_a_program_can_be_read_at_one_sitting(name):
    assert programs.num_lines(name) <= 70
    imports = re.findall(r"^(?:from|import) (\w+)", programs.path(name).read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert set(imports) <= {"torch", "copy", "gensq_lib"}


@pytest.mark.slow
@pytest.mark.parametrize("name", programs.SCRIPTS)
def test_a_program_runs_as_a_script(name, tmp_path):
    """With few steps, in a folder of its own."""
    assert programs.take_away(tmp_path) == [f"{script}.py" for script in programs.SCRIPTS]
    path = tmp_path / f"{name}.py"
    path.write_text(re.sub(r"steps=\d+", "steps=3", path.read_text(encoding="utf-8")).replace("lessons=60", "lessons=2"), "utf-8")
    done = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert re.search(r"bound \d|likelihood: 0\.\d+ of the replies", done.stdout)


def test_what_is_taken_away_twice_stays_the_readers_own(tmp_path):
    programs.take_away(tmp_path)
    (tmp_path / "small_text_vae.py").write_text("mine")
    programs.take_away(tmp_path)
    assert (tmp_path / "small_text_vae.py").read_text() == "mine"
    with pytest.raises(GensqError, match="expected a folder that is there"):
        programs.take_away(tmp_path / "nowhere")


@pytest.fixture(scope="module")
def text():
    return corpora.load("village", num_train=200)


def batch(text, num=6):
    return small_text_vae.batch_of(text.train[:num], text.vocab)


def test_the_program_s_likelihood_is_one_number_a_sentence_and_knows_no_padding(text):
    torch.manual_seed(0)
    model, (x, lengths) = small_text_vae.SmallTextVAE(len(text.vocab)), batch(text)
    z = torch.randn(len(x), 8)
    alone = [model.log_likelihood(x[i:i + 1, :lengths[i]], z[i:i + 1]) for i in range(len(x))]
    torch.testing.assert_close(model.log_likelihood(x, z), torch.cat(alone), atol=1e-4, rtol=1e-4)
    mean, _ = model.posterior(x, lengths)
    torch.testing.assert_close(mean[:1], model.posterior(x[:1, :lengths[0]], lengths[:1])[0], atol=1e-5, rtol=1e-4)


def test_the_program_s_loss_is_the_exercise_s(text):
    """Free bits and hidden words aside."""
    torch.manual_seed(0)
    model, (x, lengths) = small_text_vae.SmallTextVAE(len(text.vocab)), batch(text)
    torch.manual_seed(1)
    loss = small_text_vae.loss_of(model, x, lengths, free=0.0, hide=0.0)
    mean, log_var = model.posterior(x, lengths)
    torch.manual_seed(1)
    z = mean + (log_var / 2).exp() * torch.randn_like(mean)
    nll = -model.log_likelihood(x, z)[:, None]
    torch.testing.assert_close(loss, repairing.elbo_loss(nll, torch.ones_like(nll, dtype=torch.bool), mean, log_var))


def apart(speaker, judge, pairs, text):
    """How far log p and verdict of pairs alone are from those in one batch, the largest."""
    alone = [small_dialogue_gan.batch_of([pair], text) for pair in pairs]
    return [(of(*small_dialogue_gan.batch_of(pairs, text)) - torch.cat([of(*each) for each in alone])).abs().max().item()
            for of in (speaker.log_likelihood, judge)]


class ReadsPadding(small_dialogue_gan.Speaker):
    """The mistake: prompts are not packed."""

    def read(self, asked):
        words = self.embed(asked)
        memory, last = self.reader(words)
        return (asked == small_dialogue_gan.PAD, words, memory), torch.cat([*last], -1)[None]


class ReadsPaddingBetween(small_dialogue_gan.SmallJudge):
    """The mistake: the padding of the prompt stands between it and the reply."""

    def forward(self, asked, said):
        words = torch.cat([asked, said], 1)
        features = self.reader(self.embed(words))[0].masked_fill((words == small_dialogue_gan.PAD)[..., None], -1.0)
        return self.verdict(features.amax(1))[:, 0]


def test_a_pair_of_the_dialogue_program_does_not_see_its_batch_mates():
    text = corpora.load_dialogues("doorstep", num_train=60)
    pairs = text.train[:12]
    assert len({len(pair.source) for pair in pairs}) > 2 and len({len(pair.target) for pair in pairs}) > 2
    sizes = len(text.target_vocab), sum(map(len, text.conditions.values()))
    torch.manual_seed(0)
    speaker, judge = small_dialogue_gan.Speaker(*sizes), small_dialogue_gan.SmallJudge(sum(sizes))
    assert max(apart(speaker, judge, pairs, text)) < 1e-4
    spoiled, blurred = ReadsPadding(*sizes), ReadsPaddingBetween(sum(sizes))
    spoiled.load_state_dict(speaker.state_dict())
    blurred.load_state_dict(judge.state_dict())
    assert min(apart(spoiled, blurred, pairs, text)) > 1e-3, "the property sees both mistakes"
    alone = [small_dialogue_gan.batch_of([pair], text) for pair in pairs]
    for right, wrong in ((speaker.log_likelihood, spoiled.log_likelihood), (judge, blurred)):
        torch.testing.assert_close([right(*each) for each in alone], [wrong(*each) for each in alone])


@pytest.mark.parametrize("name", programs.PLANTS)
def test_a_mistake_can_be_put_back(name, text):
    """It changes what the program computes, and nothing else of it."""
    torch.manual_seed(0)
    model, (x, lengths), z = small_text_vae.SmallTextVAE(len(text.vocab)), batch(text), torch.zeros(6, 8)
    spoiled = programs.with_mistake(name)
    other = spoiled.SmallTextVAE(len(text.vocab))
    other.load_state_dict(model.state_dict())
    losses = []
    for program, network in ((small_text_vae, model), (spoiled, other)):
        torch.manual_seed(1)
        losses.append(program.loss_of(network, x, lengths, free=0.0, hide=0.0).item())
    assert losses[0] != pytest.approx(losses[1], abs=1e-6)
    same = torch.allclose(model.log_likelihood(x, z), other.log_likelihood(x, z))
    assert same == (name not in programs.SPOILED_SCORERS)
    torch.testing.assert_close(programs.small_text_vae.SmallTextVAE.log_likelihood(other, x, z), model.log_likelihood(x, z))


@pytest.mark.parametrize("name", programs.SPOILED_SCORERS)
def test_the_weights_that_a_mistake_has_taught_are_scored_rightly_too(name):
    """A spoiled scorer, and the same weights under the program as it is; of a model without mistake both are one number."""
    torch.manual_seed(0)
    plain = small_text_vae.SmallTextVAE(len(programs.village().vocab)).eval()
    spoiled = programs.with_mistake(name).SmallTextVAE(len(programs.village().vocab)).eval()
    spoiled.load_state_dict(plain.state_dict())
    reported, told, right = (programs.above(model, num=2).mean for model in (spoiled, programs.unspoiled(spoiled), plain))
    assert told == right != pytest.approx(reported, abs=0.01)


def test_more_draws_of_z_make_a_bound_no_worse():
    torch.manual_seed(0)
    plain = small_text_vae.SmallTextVAE(len(programs.village().vocab)).eval()
    assert programs.above(plain, num=20).mean < programs.above(plain, num=1).mean
    assert programs.above(plain, num=2, seed=1).mean == programs.above(plain, num=2, seed=1).mean


def test_an_unknown_mistake_cannot_be_put_back():
    with pytest.raises(GensqError, match="a mistake that can be put back"):
        programs.with_mistake("padding_counts")


def test_without_z_the_decoder_never_sees_it_and_without_free_bits_all_kl_is_paid(text):
    batch = small_text_vae.batch_of(text.test[:4], text.vocab)
    torch.manual_seed(0)
    blind = programs.without("z in the decoder").SmallTextVAE(len(text.vocab))
    seeing = small_text_vae.SmallTextVAE(len(text.vocab))
    for model, same in ((blind, True), (seeing, False)):
        first, second = (model.log_likelihood(batch[0], z) for z in torch.randn(2, 4, 8))
        assert torch.equal(first, second) == same
    paid = programs.without("free bits")
    model = paid.SmallTextVAE(len(text.vocab))
    with torch.no_grad():
        for head in (model.mean, model.log_var):
            head.weight.zero_()
            head.bias.zero_()
    torch.manual_seed(0)
    free = paid.loss_of(model, *batch)
    torch.manual_seed(0)
    assert small_text_vae.loss_of(model, *batch).item() == pytest.approx(free.item() + 8 * 0.25)
    with pytest.raises(GensqError, match="what can be taken away"):
        programs.without("everything")


def test_nobody_is_right_more_often_than_the_judge_who_knows_both(monkeypatch):
    """A speaker after one step says hardly anything valid: whoever knows what is valid tells it from the world."""
    text = corpora.load_dialogues("doorstep", num_train=60)
    monkeypatch.setattr(programs, "doorstep", lambda: text)
    start, _ = small_dialogue_gan.trained(text, steps=1)
    judge = small_dialogue_gan.SmallJudge(start.embed.num_embeddings)
    torch.manual_seed(0)
    found = {name: each.mean().item() for name, each in programs.verdicts(judge, start).items()}
    assert found["the best possible judge"] > 0.95 and found["a judge of validity"] > 0.95
    assert found["the best possible judge"] >= found["the learned judge"]
    _, said = small_dialogue_gan.batch_of(text.test, text)
    world = programs.world_log_prob(said)
    assert world.isfinite().all() and programs.world_log_prob(said.roll(1, 0)).isinf().any()


def test_replies_do_not_read_the_future_and_end_with_padding():
    text = corpora.load_dialogues("doorstep", num_train=60)
    torch.manual_seed(0)
    speaker, _ = small_dialogue_gan.trained(text, steps=1)
    asked, said = small_dialogue_gan.batch_of(text.train[:5], text)
    logits, _ = speaker.next_words(said, *speaker.read(asked))
    changed = said.clone()
    changed[:, 3:] = 5
    other, _ = speaker.next_words(changed, *speaker.read(asked))
    torch.testing.assert_close(logits[:, :3], other[:, :3])
    drawn = speaker.sample(asked)
    ended = (drawn == small_dialogue_gan.EOS).long().cumsum(1).cumsum(1) > 1
    assert (drawn[ended] == small_dialogue_gan.PAD).all() and drawn.max() < len(text.target_vocab)
    judge = small_dialogue_gan.SmallJudge(speaker.embed.num_embeddings)
    padded = torch.cat([said, torch.zeros(5, 4, dtype=torch.long)], 1)
    torch.testing.assert_close(judge(asked, said), judge(asked, padded))
    assert judge(asked, said).shape == (5,)


def test_a_game_leaves_the_start_alone_and_a_control_needs_no_judge(monkeypatch):
    text = corpora.load_dialogues("doorstep", num_train=60)
    start, _ = small_dialogue_gan.trained(text, steps=1)
    before = {name: value.clone() for name, value in start.state_dict().items()}
    after, judge = small_dialogue_gan.trained(text, start, steps=1, weight=1.0)
    assert isinstance(judge, small_dialogue_gan.SmallJudge)
    assert all(torch.equal(before[name], value) for name, value in start.state_dict().items())
    assert any(not torch.equal(before[name], value) for name, value in after.state_dict().items())
    monkeypatch.setattr(small_dialogue_gan.SmallJudge, "forward", None)
    small_dialogue_gan.trained(text, start, steps=1)


# Claims and recorded tables

def test_what_is_paired_is_paired_by_seed():
    found = {claim: each for claim, (_, each, _) in pictures.claims_tested().items()}
    assert all(each.n >= 3 for each in found.values())
    filled, less_filled = (found[f"A VAE always models text worse: 3,000, λ = {free}"] for free in (".67", ".5"))
    assert filled.mean > less_filled.mean
    assert all("50 draws" in what for claim, (what, _, _) in pictures.claims_tested().items() if "VAE" in claim)
    rows = studies.read("text_gan")["rows"]
    first = pictures.by_seed(rows, way="adversarial", temperature=1.0, measure="valid")
    longer = pictures.by_seed(rows, way="longer", temperature=1.0, measure="valid")
    mean = sum(first[seed] - longer[seed] for seed in first) / len(first)
    assert found["A GAN writes better text than likelihood does: valid"].mean == pytest.approx(mean)
    assert len(found) == 2 * 3 + 1 + 3


def test_more_data_is_held_against_the_same_sentences(text):
    found, same, other = (pictures.more_data(text, (50, 200), seed=seed, num_test=40) for seed in (0, 0, 1))
    assert found[50].n == 40 and found[50].mean > found[200].mean > 0
    assert found == same and found[200].mean != other[200].mean, "the seed draws the sentences"


def test_the_recorded_table_is_whole():
    recorded = studies.read("tutorial_autopsy")
    assert [row["setting"] for row in recorded["rows"]] == list(study.STUDY.settings)
    cost = studies.by(recorded["rows"], "mistake", "measure")
    assert {name for name, _ in cost if name} == {"none", *programs.PLANTS, *programs.PARTNER.values()}
    assert cost["not_shifted", pictures.ABOVE].mean < -5 and cost["none", pictures.ABOVE].mean > 0
    assert all(cost[name, "unspoiled"].mean > 1 for name in programs.SPOILED_SCORERS)
    table = pictures.cost_rows(recorded["rows"])
    assert [len(row) for row in table] == [7] * (1 + len(programs.PLANTS) + len(programs.PARTNER))
    assert [row[0] for row in table if not row[3]] == ["as it is"]
    assert len(pictures.draws_rows(recorded["rows"])) == 3 and len(pictures.without_rows(recorded["rows"])) == 3
    ways = pictures.game_rows(recorded["rows"])
    longer = [way + programs.LONGER for way in (programs.CONTROL, programs.PERFECT)]
    assert [row[0] for row in ways] == ["likelihood", *programs.WAYS, *longer]
    assert [bool(row[3]) for row in ways] == [False, True, False, True, False, True]
    assert {len(row[2].split(", ")) for row in pictures.judge_rows(recorded["rows"])} == {len(study.SEEDS)}


def test_no_name_of_the_figure_can_be_taken_for_another_s():
    """Names stand in a legend that covers no point; each point has a colour and a shape of its own."""
    axes, words = pictures.cost(studies.read("tutorial_autopsy")["rows"], title="One mistake put back")
    axes.figure.draw_without_rendering()
    lines, legend = axes.get_lines(), axes.get_legend()
    names = [text.get_text() for text in legend.get_texts()]
    assert names == [line.get_label() for line in lines] and len(names) == 2 + len(programs.PLANTS)
    assert len({(line.get_color(), line.get_marker()) for line in lines}) == len(lines)
    box = legend.get_window_extent()
    assert not any(box.contains(*axes.transData.transform(line.get_xydata()[0])) for line in lines)
    assert all(axes.bbox.contains(*corner) for corner in (box.min, box.max)) and not axes.texts
    assert all(name in words for name in names)


def test_a_row_of_the_study_has_its_measures(monkeypatch):
    monkeypatch.setattr(study, "VAE_STEPS", 1)
    monkeypatch.setattr(programs, "vae_reached", lambda *args, **steps: reached())
    monkeypatch.setattr(programs, "unspoiled", lambda model: model)
    monkeypatch.setattr(programs, "above", lambda *args, **more: estimate([0.1, 0.2]))
    valid = {"likelihood": torch.zeros(4), "after the game": torch.ones(4)}
    played = programs.Played(valid, {"the learned judge": torch.ones(4)})
    monkeypatch.setattr(programs, "gan_reached", lambda **steps: played)
    found = study.run(seed=0, part="programs")
    assert studies.values(found, program="dialogue GAN", way="after the game", measure="gain") == [1.0]
    assert studies.values(found, program="text VAE", measure="KL") == [2.0]
    assert studies.values(found, judge="the learned judge", measure="right") == [1.0]
    assert len(study.run(seed=0, part="without")) == 7 * len(programs.WITHOUT)
    put_back = study.run(seed=0, part="mistakes")
    assert len(put_back) == 7 * (2 + len(programs.PLANTS)) + len(programs.SPOILED_SCORERS) + 2 * len(programs.PARTNER)
    assert {record["mistake"] for record in put_back if record["measure"] == "many draws"} == {
        *programs.PARTNER, *programs.PARTNER.values()}
    assert engine.key(study.STUDY.settings[0])


def reached():
    return programs.Reached(torch.nn.Identity(), estimate([0.1, 0.2]), 2.0, Share(9, 10), 0.1, ["A."], estimate([2.0, 3.0]))


def test_a_perfect_judge_pays_for_what_the_grammar_says(monkeypatch):
    text = corpora.load_dialogues("doorstep", num_train=60)
    monkeypatch.setattr(programs, "doorstep", lambda: text)
    asked, said = small_dialogue_gan.batch_of(text.train[:8], text)
    assert programs.perfect_judge(asked, said).tolist() == [1.0] * 8
    assert programs.perfect_judge(asked, said.roll(1, 0)).sum() < 4
    start, _ = small_dialogue_gan.trained(text, steps=1)
    paid = []

    def truth(asked, said):
        paid.append(programs.perfect_judge(asked, said))
        return paid[-1]

    small_dialogue_gan.trained(text, start, steps=1, weight=1.0, truth=truth)
    assert len(paid) == 1 and paid[0].shape == (64,)


def test_the_error_of_a_gain_counts_prompts(monkeypatch):
    """Pairs of one prompt that move together are one observation."""
    pairs = [dataclasses.replace(pair, source=(str(i // 5),)) for i, pair in enumerate(
        corpora.load_dialogues("doorstep", num_train=60).test[:20])]
    monkeypatch.setattr(programs, "doorstep", lambda: type("Text", (), {"test": pairs}))
    gains = torch.tensor([1.0, 1.0, 0.0, 0.0]).repeat_interleave(5)
    found = programs.over_prompts(gains)
    assert (found.mean, found.n) == (0.5, 4) and found.error == pytest.approx(0.25)


def test_what_is_taken_away_stands_beside_the_program_as_it_is():
    rows = pictures.without_rows(studies.read("tutorial_autopsy")["rows"])
    assert [row[0] for row in rows] == ["as it is", *(f"without {name}" for name in programs.WITHOUT)]
    assert [bool(row[-1]) for row in rows] == [False, True, True]
    assert pictures.right_rows({"a coin": estimate([0.4, 0.5, 0.6])})[0][1].startswith("0.500 (")


def test_a_game_for_longer_stands_beside_the_shorter_one(monkeypatch):
    text = corpora.load_dialogues("doorstep", num_train=60)
    monkeypatch.setattr(programs, "doorstep", lambda: text)
    short = programs.gan_reached(steps=1, game_steps=1, seed=0)
    assert list(short.valid) == ["likelihood", *programs.WAYS]
    both = programs.gan_reached(steps=1, game_steps=1, seed=0, longer={"steps": 2, "weight": 2.0})
    assert list(both.valid)[4:] == [way + programs.LONGER for way in (programs.CONTROL, programs.PERFECT)]
    assert all(torch.equal(both.valid[name], valid) for name, valid in short.valid.items()), "the same noise"


def test_results_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        reached().kl = 0.0


def lines_of(first: str, last: str) -> str:
    """Code of the tutorial, from the line that begins with `first` to the next one that begins with `last`."""
    texts = [line.text for line in hunting.lines()]
    start = next(i for i, text in enumerate(texts) if text.strip().startswith(first))
    end = next(i for i in range(start, len(texts)) if texts[i].strip().startswith(last))
    return textwrap.dedent("\n".join(texts[start:end + 1]))


def players_of_a_game() -> dict:
    """The names that the loop of GANs uses, with two layers each."""
    generator, judge = (torch.nn.Sequential(torch.nn.Linear(first, 8), torch.nn.ReLU(), torch.nn.Linear(8, last))
                        for first, last in ((32, 5), (5, 1)))
    real = torch.randn(64, 5)
    return {"torch": torch, "F": functional, "generator": generator, "judge": judge, "real": real, "ones": torch.ones(64, 1),
            "zeros": torch.zeros(64, 1), "bce": functional.binary_cross_entropy_with_logits, "p": judge(real).sigmoid(),
            "y": torch.ones(64)}


def test_the_code_of_the_tutorial_runs_with_its_mistakes():
    """Its classes train, and so on, block by block; what torch refuses is the test after this one."""
    torch.manual_seed(0)
    names = {"torch": torch, "nn": torch.nn, "F": functional}
    exec(lines_of("class Encoder", "return rec - beta * kl"), names)
    data = torch.tensor([[4, 5, 6, 2], [5, 2, 0, 0], [6, 4, 2, 0], [4, 4, 4, 2]])
    encoder, decoder = names["Encoder"](9), names["Decoder"](9)
    params = [*encoder.parameters(), *decoder.parameters()]
    names |= {"encoder": encoder, "decoder": decoder, "data": data, "batch_size": 2, "params": params,
              "opt": torch.optim.Adam(params), "x": data, "prediction": torch.zeros(4, 4)}
    before = encoder.head.weight.clone()
    exec(lines_of("steps_in_an_epoch", "opt.step()").replace("20 *", "2 *"), names)
    assert not torch.equal(encoder.head.weight, before) and names["x"].equal(data[:2])
    assert names["vae_loss"](encoder, decoder, data).isfinite()
    names["x"] = data
    exec(lines_of("loss = (prediction", "loss = (prediction"), names)
    assert names["loss"].shape == ()
    names["vocab_size"] = 5
    exec(lines_of("def speak", "return F.one_hot"), names)
    weights = torch.zeros(5, requires_grad=True)
    assert not names["speak"](lambda noise: (noise + weights).softmax(-1), torch.randn(3, 5)).requires_grad
    game = players_of_a_game()
    exec(lines_of("opt = torch.optim.Adam([*generator", "g_loss = ").replace("range(10000)", "range(2)"), game)
    assert game["d_loss"].isfinite() and game["g_loss"].isfinite()
    names |= {"rewards": [torch.rand(3) for _ in range(2)], "batch": 3, "time": 2, "log_probs": torch.randn(3, 2)}
    exec(lines_of("rewards = torch.cat", "loss = -(rewards"), names)
    assert names["loss"].isfinite()


@pytest.mark.parametrize("last", ["d_loss = (judge(real)", "d_loss = bce(", "d_loss = -(y"])
def test_torch_refuses_the_loop_with_each_of_its_losses_and_a_loss_computed_anew_runs(last):
    steps = """
    opt.zero_grad()
    d_loss.backward()
    opt.step()
    moved = [not torch.equal(*pair) for pair in zip(generator.parameters(), before, strict=True)]
    ANEW
    opt.zero_grad()
    g_loss.backward()
    opt.step()"""
    one_step = lines_of("opt = torch.optim.Adam([*generator", last).replace("range(10000)", "range(1)")
    generators_loss = lines_of("g_loss = ", "g_loss = ")
    names = players_of_a_game()
    names["before"] = [weights.clone() for weights in names["generator"].parameters()]
    with pytest.raises(RuntimeError, match="inplace|second time"):
        exec(f"{one_step}\n    {generators_loss}{steps}".replace("ANEW", ""), dict(names))
    names |= {key: value for key, value in players_of_a_game().items() if key in ("generator", "judge", "p")}
    names["before"] = [weights.clone() for weights in names["generator"].parameters()]
    exec(f"{one_step}{steps}".replace("ANEW", f"fake = generator(torch.randn(64, 32))\n    {generators_loss}"), names)
    assert all(names["moved"]) == (not last.startswith("d_loss = -(y")), "the judge's own step has moved the generator"


def test_a_round_with_a_mistake_can_be_played():
    case = repairing.round_cases()[-1]
    assert torch.equal(repairing.round_with("both move")(*case), repairing.both_move(*case))
    assert not torch.allclose(repairing.round_with("same noise")(*case), repairing.one_round(*case))
    with pytest.raises(GensqError, match='did you mean "both move"'):
        repairing.round_with("both moves")


def test_the_line_that_torch_refuses_counts_as_a_find():
    number = next(i for i, line in enumerate(hunting.lines(), start=1) if "zero_grad, backward and step" in line.text)
    assert number == 82 and hunting.score({number: "losses"}).points == 2
    assert "torch refuses" in hunting.score([number]).said[number]


def test_a_spoiled_scorer_asks_more_than_27_nats_of_any_model():
    text = programs.village()
    test, others = text.test[:programs.NUM_TEST], len(text.vocab) - 1
    words = sum(len(sentence) + 1 for sentence in test) / len(test)
    lowest = torch.tensor(others + torch.e).log().item() - 1
    assert lowest >= 3.5 and words * lowest + sum(map(text.grammar.log_prob, test)) / len(test) > 27
