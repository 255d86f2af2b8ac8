"""How a text is read: a plan by its measure, validation from the first reading on, and a name for what is learnt by heart."""
from dataclasses import replace
from itertools import pairwise

import pytest
import torch

from gensq_course.lessons.text_vae.recipe import train_live
from gensq_course.report.reading import price_paid, price_told, progress, told
from gensq_course.shipped.language_model import finished_language_model
from gensq_course.studies import answering
from gensq_lib.ground import runtime
from gensq_lib.maths.objectives import evaluate
from gensq_lib.maths.schedules import warmup_cosine
from gensq_lib.maths.stats import Estimate
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.models.text_vae import BagOfWordsVAE, cured_vae
from gensq_lib.text import corpora
from gensq_lib.text.batching import TrainingBatches, in_order
from gensq_lib.text.vocab import Vocab
from gensq_lib.training import PLENTY, EarlyStopping, History, ReadingPlan, fit, language_model_step, make_optimizer, plan_for
from gensq_lib.training.loop import Settling
from gensq_lib.training.recipes import train_language_model, train_vae
from gensq_lib.training.sizing import ENOUGH, FEWER, FREE_BITS, MANY, MOST

SIZES = {"embed_dim": 8, "hidden_dim": 8}
WORDS = 46  # of the vocabulary of a text below, and four special ones


@pytest.fixture(autouse=True)
def quiet(tmp_path, monkeypatch):
    monkeypatch.setenv("GENSQ_CACHE", str(tmp_path))
    monkeypatch.setenv("GENSQ_PROGRESS", "0")


def text(per_word: float) -> tuple[list[list[int]], Vocab]:
    """Sentences of nine words, so many tokens of them for each word of an open vocabulary."""
    vocab = Vocab(map(str, range(WORDS)))
    return [[4 + (7 * i + j) % WORDS for j in range(9)] for i in range(round(per_word * len(vocab) / 10))], vocab


# --- the measure

CASES = [(5, 0.5, True), (29, 0.5, True), (31, 0.5, False), (74, 0.5, False), (76, 0.3, False), (149, 0.3, False),
         (151, 0.3, False), (3_990, 0.3, False), (4_010, 0.0, False)]  # tokens for each word -> dropout, and whether a VAE's
# decoder is held; from 4,000 on there are 20,000 sentences


def keeps(rule) -> bool:
    """Whether a rule decides as the table says, and gives the larger text never more dropout, nor holds its decoder alone."""
    plans = [rule(*text(per_word)) for per_word, *_ in CASES]
    decided = [(plan.dropout, plan.hold) for plan in plans]
    known = all(plan.free_bits == (FEWER if plan.small else FREE_BITS) for plan in plans)
    return known and decided == [tuple(rest) for _, *rest in CASES] and all(a >= b for a, b in pairwise(decided))


WRONG = {
    "by the number of sentences": lambda encoded, vocab: ReadingPlan(0.5 if len(encoded) < 10_000 else 0.0),
    "turned round": lambda encoded, vocab: ReadingPlan(0.5 - plan_for(encoded, vocab).dropout),
    "held for ever": lambda encoded, vocab: replace(plan_for(encoded, vocab), hold=True),
    "as much free for all": lambda encoded, vocab: replace(plan_for(encoded, vocab), free_bits=FREE_BITS),
    "less free for all": lambda encoded, vocab: replace(plan_for(encoded, vocab), free_bits=FEWER),
    "by the words alone": lambda encoded, vocab: PLENTY if sum(len(ids) + 1 for ids in encoded) >= ENOUGH * len(vocab) else
    plan_for(encoded, vocab),
    "never": lambda encoded, vocab: PLENTY,
    "always": lambda encoded, vocab: ReadingPlan(0.5),
    "an end token forgotten": lambda encoded, vocab: plan_for([ids[:-1] for ids in encoded], vocab),
}


def test_the_rule_decides_as_the_table_says():
    assert keeps(plan_for)


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_rule_is_seen(wrong):
    assert not keeps(WRONG[wrong])


def test_a_closed_vocabulary_is_a_world_however_little_is_drawn_from_it():
    encoded, vocab = text(5)
    assert plan_for(encoded, Vocab(vocab.words[4:], closed=True)) == PLENTY


@pytest.mark.parametrize("name, num", [("village", 2_000), ("village", 0), ("world", 20_000)])
def test_the_worlds_of_the_course_have_enough(name, num):
    """Where there are so many sentences of it that they are not read again and again, by the measure alone, too."""
    world = corpora.load(name, seed=0, num_train=num)
    train = [world.vocab.encode(sentence) for sentence in world.train]
    assert plan_for(train, world.vocab) == PLENTY and not PLENTY.small and PLENTY.options == {}
    assert plan_for(train, Vocab(world.vocab.words[4:])).small == (len(train) < MANY)


@pytest.mark.parametrize("num, steps, looks", [(320, 25, [10, 20]), (100, 45, [20, 40]), (100, 5, [5])])
def test_a_look_is_a_reading_and_in_every_run_there_is_one(num, steps, looks, monkeypatch):
    """Of very few sentences it is some readings: two steps change next to nothing."""
    monkeypatch.setattr("gensq_lib.training.recipes.FEW", 10 if num == 320 else 20)
    assert trained_on(num, steps=steps, plan=ReadingPlan(0.5))[1]["validation_step"] == looks


def test_why_less_of_z_is_free_is_said():
    said = price_told(plan_for(*text(5)))
    assert str(FEWER) in said and str(FREE_BITS) in said and not price_told(PLENTY)


@pytest.mark.parametrize("gap, error, information, said", [
    (0.3, 0.1, 3.0, ("+1.5% ± 0.5%", "3.0 nats")), (0.5, 0.02, 3.0, ("+2.5%", "3.0 nats", "smaller free_bits", "num_importance")),
    (0.5, 0.1, 3.0, ("smaller free_bits", "400 test sentences are too few")), (0.3, 0.1, 1.5, ("1.5 nats", "larger free_bits")),
    (-1.0, 0.1, 2.5, ("-5.0%",)), (0.5, 0.02, 1.0, ("+2.5%", "1.0 nats", "largely unknown words")),
])
def test_a_vae_that_is_far_from_its_language_model_or_says_little_is_named(gap, error, information, said):
    words = price_paid(20.0, Estimate(gap, error, 400), information)
    assert all(word in words for word in said)
    dear, empty = gap > 0.4, information < 2
    assert ("smaller" in words, "larger free" in words, "table at the top" in words) == (
        dear and not empty, empty and not dear, dear and empty)
    assert ("too few" in words) == (dear and error > 0.05)


@pytest.mark.parametrize("steps, most", [(20, 80), (1_500, MOST), (3_500, MOST), (10_000, 10_000)])
def test_what_validation_ends_may_take_longer(steps, most):
    assert ReadingPlan(0.5).at_most(steps) == most and PLENTY.at_most(steps) == steps


# --- training in the worlds goes as it went

def run_by_hand(model, train, valid, *, steps):
    """The recipe before there was a plan."""
    model.decoder.start_from_frequencies(train)
    optimizer = make_optimizer(model, learning_rate=1e-2)
    schedule = warmup_cosine(1e-2, steps=steps, warmup=min(100, steps), floor=2e-4)

    def nll():
        return -evaluate(model, model.log_likelihood, in_order(valid[:500])).mean().item()

    return fit(language_model_step(model, optimizer, learning_rate=schedule), TrainingBatches(train, batch_size=8, seed=0),
               model=model, optimizer=optimizer, steps=steps, seed=0, show="nll",
               stopping=EarlyStopping(nll, every=max(steps // 10, 1), patience=2, start=steps // 2))


def weights(model) -> list[torch.Tensor]:
    return [tensor.clone() for tensor in model.state_dict().values()]


def test_a_world_is_trained_on_as_before_bit_for_bit():
    world = corpora.load("village", seed=0, num_train=2_000)
    train, valid = ([world.vocab.encode(sentence) for sentence in part] for part in (world.train, world.valid[:60]))
    made = []
    for recipe in (lambda model: run_by_hand(model, train, valid, steps=12),
                   lambda model: train_language_model(model, train, valid, steps=12, batch_size=8, seed=0, key={},
                                                      plan=plan_for(train, world.vocab))):
        torch.manual_seed(0)
        model = LanguageModel(vocab_size=len(world.vocab), **SIZES, **plan_for(train, world.vocab).options)
        made.append((recipe(model), weights(model)))
    (history, before), (again, after) = made
    assert history == again and all(map(torch.equal, before, after))


# --- a small text

def small(num: int = 100) -> tuple[list[list[int]], list[list[int]]]:
    """Sentences of words without any order, so that all that can be learnt of one is the sentence itself."""
    drawn = torch.randint(4, 4 + WORDS, (num + 60, 6), generator=runtime.generator(0, "no order")).tolist()
    return drawn[:num], drawn[num:]


def trained_on(num: int, *, steps: int = 600, dropout: float = 0.0, plan: ReadingPlan = PLENTY):
    train, valid = small(num)
    torch.manual_seed(0)
    model = LanguageModel(vocab_size=4 + WORDS, embed_dim=32, hidden_dim=64, dropout=dropout)
    return model, train_language_model(model, train, valid, steps=steps, batch_size=32, seed=0, key={"num": num}, plan=plan)


def test_a_hundred_lines_are_learnt_by_heart_and_it_is_said():
    plan = ReadingPlan(0.1)
    _, history = trained_on(100, plan=plan)
    found = progress(history, 100, batch_size=32)
    assert found.by_heart and found.trained < found.best and "learnt by heart" in told(history, 100, batch_size=32)
    assert f"{found.best_reading:.1f} readings" in told(history, 100, batch_size=32)


def test_validation_counts_from_the_first_reading_on_and_ends_the_run():
    _, history = trained_on(100, plan=ReadingPlan(0.1))
    assert history["validation_step"][0] == 20 and len(history["nll"]) < 600
    _, old = trained_on(100)
    assert old["validation_step"][0] == 300, "without a plan from the middle on"
    assert min(history["validation"]) < min(old["validation"])


def test_a_world_is_not_learnt_by_heart():
    world = corpora.load("village", seed=0, num_train=2_000)
    train, valid = ([world.vocab.encode(sentence) for sentence in part] for part in (world.train, world.valid[:100]))
    torch.manual_seed(0)
    model = LanguageModel(vocab_size=len(world.vocab), **SIZES)
    history = train_language_model(model, train, valid, steps=30, batch_size=64, seed=0, key={})
    assert told(history, len(train), batch_size=64) == "Each sentence was read about 1.0 times."


@pytest.mark.parametrize("validation, trained, heart", [
    ([5.0, 4.0, 4.5, 4.1], [5.0, 4.5, 3.0, 3.5], True),  # it rose between two looks
    ([5.0, 4.0, 3.5, 3.4], [5.0, 4.5, 3.0, 2.0], False),  # it never rose
    ([5.0, 4.0, 4.5, 4.6], [5.0, 4.5, 4.4, 4.6], False),  # training did not fall: it is no better on what it has read
    ([5.0, 4.0, 4.05, 4.05], [5.0, 4.5, 3.0, 2.0], False),  # by less than can be told from chance
])
def test_by_heart_is_validation_that_rises_while_training_falls(validation, trained, heart):
    history = History(nll=[x for x in trained for _ in range(10)], validation=validation, validation_step=[10, 20, 30, 40])
    found = progress(history, 20, batch_size=2)
    assert found.by_heart == heart and found.readings == 4 and found.best == min(validation)
    assert not progress(history, 400, batch_size=2).by_heart, "what was read once cannot be known by heart"


@pytest.mark.parametrize("validation, num, said", [
    ([5.0, 4.0, 3.5, 3.4], 20, True), ([5.0, 4.0, 3.4, 3.5], 20, False), ([4.0, 3.4], 10, True),
    ([5.0, 4.0, 3.5, 3.4], 400, False),  # not read twice: a world, of which there is always more
])
def test_steps_that_ended_before_validation_did_are_named(validation, num, said):
    looks = [10 * (i + 1) for i in range(len(validation))]
    history = History(nll=[4.0] * looks[-1], validation=validation, validation_step=looks)
    words = told(history, num, batch_size=2, parameter="lm_steps")
    assert ("ended before validation did" in words and "lm_steps" in words and f"the {looks[-1]} steps" in words) == said


def test_what_was_learnt_by_heart_before_the_last_and_best_look_is_told_in_its_order():
    history = History(nll=[5.0] * 10 + [3.0] * 30, validation=[5.0, 4.0, 4.5, 3.9], validation_step=[10, 20, 30, 40])
    assert "On the way it had risen by 0.50" in (words := told(history, 20, batch_size=2)) and "rose again" not in words


def test_a_lesson_says_that_the_steps_ended_by_the_name_it_has_for_them(tmp_path, capsys):
    path, words = tmp_path / "mine.tsv", [f"w{i}" for i in range(60)]
    path.write_text("\n".join(f"is {a} near {b} ?\t{b} is far" for a in words[:8] for b in words if a != b), "utf-8")
    mine = answering.Bench(corpora.load_dialogues(f"pairs:{path}", seed=0), (), 0, hidden_dim=8)
    mine.conditional_vae(mine.seq2seq(steps=20), steps=20, cure="bag_of_words+linear")
    said = capsys.readouterr().out
    assert "parameter mle_steps" in said and "parameter vae_steps" in said
    path = tmp_path / "mine.txt"
    path.write_text("\n".join(f"the {a} {b} cat sees {c} ." for a in words for b in words[:3] for c in words[:5]), "utf-8")
    few = finished_language_model(corpora.load(f"file:{path}", seed=0), shipped=False, steps=150, batch_size=8, seed=0, **SIZES)
    assert "parameter lm_steps" in few.story


def test_a_rate_settles_from_the_best_weights():
    model = torch.nn.Linear(1, 1, bias=False)
    values = iter([3.0, 2.0, 4.0, 4.0, 1.5, 5.0, 5.0, 5.0])
    stopping, shares = Settling(lambda: next(values), every=1, patience=2), []
    for step in range(1, 9):
        with torch.no_grad():
            model.weight.fill_(step)
        stopping.look(model, step)
        shares.append((stopping.share, model.weight.item(), stopping.finished))
        if stopping.finished:
            break
    assert shares == [(1.0, 1.0, False), (1.0, 2.0, False), (1.0, 3.0, False), (0.25, 2.0, False), (0.25, 5.0, False),
                      (0.0625, 5.0, False), (0.0625, 7.0, True)]
    twin = Settling(lambda: 0.0, every=1, patience=2)
    twin.load_state_dict(stopping.state_dict())
    assert (twin.share, twin.cuts, twin.patience, twin.finished) == (0.0625, 0, 1, True)


@pytest.mark.parametrize("cure, begins", [("free_bits", 100), ("batch_norm", 100), ("none", 100), ("linear", 140),
                                          ("cyclical", 140), ("autoencoder_first", 140)])
def test_where_the_price_of_z_moves_validation_waits(cure, begins):
    train, valid = small()
    torch.manual_seed(0)
    model = cured_vae(cure, vocab_size=4 + WORDS, latent_dim=2, **SIZES)
    history = train_vae(model, train, valid, cure=cure, steps=260, batch_size=32, seed=0, key={}, plan=ReadingPlan(0.5))
    assert history["validation_step"][0] == begins, "the warm-up takes 100 steps"


def test_of_a_small_text_validation_asks_the_price_of_z():
    """Unweighted, the bound is best where z is empty: with a floor of 5 nats a dimension it is never below 10."""
    train, valid = small()
    for plan, least in ((ReadingPlan(0.5), 10.0), (PLENTY, 0.0)):
        torch.manual_seed(0)
        model = BagOfWordsVAE(vocab_size=4 + WORDS, latent_dim=2, share_embedding=True, **SIZES)
        history = train_live(model, train, valid, steps=20, batch_size=32, seed=0, key={}, free_bits=5.0, plan=plan)
        floor = min(history["validation"]) - min(-x for x in history["reconstruction"])
        assert floor >= least - 1 if plan.small else floor < 9


def test_a_reader_s_text_gets_its_plan_and_tells_its_story(tmp_path):
    path = tmp_path / "mine.txt"
    words = "big small red old new wet dry sad shy".split()
    path.write_text("\n".join(f"the {a} {b} cat sees a {c} dog ." for a in words for b in words[:4] for c in words[:5]), "utf-8")
    mine = corpora.load(f"file:{path}", seed=0)
    found = finished_language_model(mine, steps=40, batch_size=8, seed=0, **SIZES)
    assert found.plan == ReadingPlan(0.3, free_bits=FEWER) and found.model.config["dropout"] == 0.3
    assert found.story.startswith("has read") and "Validation was best" in found.story and "of at most 160" in found.story
    assert 40 < len(found.history["step"]) <= 160, "validation still fell after 40"
    assert found.aside == f". The language model {found.story}"[:-1]
    by_hand = finished_language_model(mine, shipped=False, steps=40, batch_size=8, seed=0, **SIZES)
    assert len(by_hand.history["step"]) == 40, "what a reader has set stays the most"


def test_a_reader_s_pairs_get_their_plan_and_tell_their_story(tmp_path, capsys):
    path, words = tmp_path / "mine.tsv", [f"w{i}" for i in range(60)]
    path.write_text("\n".join(f"is {a} near {b} ?\t{b} is far" for a in words[:8] for b in words if a != b), "utf-8")
    mine = answering.Bench(corpora.load_dialogues(f"pairs:{path}", seed=0), (), 0, hidden_dim=8)
    assert mine.plan.dropout == mine.sizes["dropout"] == 0.5
    start = mine.seq2seq(steps=4)
    assert "Seq2Seq" in (said := capsys.readouterr().out) and "Each sentence was read" in said
    mine.conditional_vae(start, steps=4, cure="bag_of_words+linear")
    assert "ConditionalVAE" in capsys.readouterr().out
    world = answering.Bench(corpora.load_dialogues("doorstep", seed=0, num_train=80, num_prompts=20), (), 0, hidden_dim=8)
    assert world.plan == PLENTY and world.sizes["dropout"] == answering.DROPOUT
    world.seq2seq(steps=4)
    assert not capsys.readouterr().out


@pytest.mark.parametrize("decoder", ["lstm", "gru", "transformer"])
def test_on_a_small_text_what_the_language_model_knows_stays(decoder):
    train, valid = small()
    torch.manual_seed(0)
    lm = LanguageModel(vocab_size=4 + WORDS, decoder=decoder, **SIZES)
    for plan in (ReadingPlan(0.5, hold=True), ReadingPlan(0.5), PLENTY):
        model = cured_vae("free_bits", vocab_size=4 + WORDS, latent_dim=2, decoder=decoder, **SIZES)
        train_vae(model, train, valid, cure="free_bits", steps=25, batch_size=32, seed=0, key={}, start=lm, plan=plan)
        theirs = dict(lm.decoder.named_parameters())
        kept = [torch.equal(parameter[..., : theirs[name].shape[-1]], theirs[name])
                for name, parameter in model.decoder.named_parameters() if name in theirs]
        learnt = [parameter[..., theirs[name].shape[-1]:] if name in theirs else parameter
                  for name, parameter in model.decoder.named_parameters()]
        assert all(kept) == plan.hold and any(part.any() for part in learnt)
