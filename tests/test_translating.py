"""Translations: pairs whose right targets are all known, lists of the best, minimum Bayes risk, metrics, and their traps."""
import math
from collections import Counter
from dataclasses import replace

import pytest
import torch

from gensq_course import studies
from gensq_course.lessons.translation import choosing, scoring
from gensq_course.studies import answering, few_pairs, many_languages, translating, translation
from gensq_course.talk.instruments import all_replies
from gensq_lib.diagnostics.translations import Metrics
from gensq_lib.ground.errors import GensqError
from gensq_lib.maths.divergences import log_prob, reparameterize
from gensq_lib.maths.objectives import elbo_terms, iwae, log_mean_exp
from gensq_lib.models.conditional_vae import ConditionalVAE
from gensq_lib.models.judges import ReplyJudge
from gensq_lib.text import corpora, grammar
from gensq_lib.text.consensus import expected_utility, least_risk, overlap
from gensq_lib.text.corpora import splits, translations
from gensq_lib.text.decoding import greedy, n_best, sample
from gensq_lib.text.pairs import Pair, collate_pairs
from gensq_lib.text.vocab import Vocab

NAMES = ("crossing:zh-en", "crossing:en-zh", "crossing:eo-en")


@pytest.fixture(scope="module")
def crossing():
    return {name: corpora.load_pairs(name, num_train=300) for name in NAMES}


@pytest.fixture(scope="module")
def bench(crossing):
    text = crossing["crossing:zh-en"]
    return answering.Bench(text, translating.fresh_test(text, 12, seed=0), 0, hidden_dim=8)


def noise(seed=0):
    return torch.Generator().manual_seed(seed)


# Corpora

@pytest.mark.parametrize("name", NAMES)
def test_a_source_is_in_one_part_and_its_target_is_right(crossing, name):
    text = crossing[name]
    assert len(text.train) == 300 and len(text.valid) == len(text.test) == 1_000 and text.repeated == 0
    for part, pairs in (("train", text.train), ("valid", text.valid[:50]), ("test", text.test[:50])):
        assert {splits.part_of(pair.source) for pair in pairs} == {part}
    for pair in text.test[:30]:
        shares = text.targets(pair)
        assert pair.target in shares and math.fsum(shares.values()) == pytest.approx(1.0)
        assert text.read_target(text.show_target(pair.target)) == pair.target


def test_training_pairs_are_drawn_from_the_joint_distribution():
    """Of pairs with the same source the targets come as often as the world says."""
    text = corpora.load_pairs("crossing:en-zh", num_train=3_000)
    common, counts = Counter(pair.source for pair in text.train).most_common(1)[0]
    several = next(pair for pair in text.train if len(text.targets(pair)) == 3)
    assert counts > 1 and text.targets(Pair(common, ())) and several.target in text.targets(several)
    kinds = [[share for said, share in text.targets(pair).items() if said == pair.target][0] for pair in text.train[:1_000]]
    expected = [sum(share**2 for share in text.targets(pair).values()) for pair in text.train[:1_000]]
    assert sum(kinds) / 1_000 == pytest.approx(sum(expected) / 1_000, abs=0.03)


def test_another_seed_draws_others_and_held_out_pairs_stay():
    first, second = (corpora.load_pairs("crossing:zh-en", seed=seed, num_train=50) for seed in (0, 1))
    assert first.train != second.train and first.test == second.test and first.valid == second.valid
    topics = translations.drawn_pairs(first.grammar, first.languages, "train", 20,
                                      keep=lambda derivation: derivation.attributes["topic"] == "ferry")
    assert len(topics) == 20
    for pair in topics:
        assert {d.attributes["topic"] for d in first.grammar.readings(pair.source, language="zh")} == {"ferry"}


def test_turned_pairs_go_the_other_way(crossing):
    text = crossing["crossing:zh-en"]
    turned = text.turned
    assert turned.languages == ("en", "zh") and turned.turned.train == text.train
    pair = turned.test[0]
    assert pair.source == text.test[0].target and pair.target in turned.targets(pair)
    assert turned.source_vocab is text.target_vocab and turned.show_source(pair.source) == text.show_target(pair.source)


def test_pairs_without_a_grammar_have_no_list_of_all_targets(crossing):
    with pytest.raises(GensqError, match="whose targets are all known"):
        replace(crossing["crossing:zh-en"], grammar=None).targets(Pair(("a",), ()))
    world = corpora.load_pairs("world", num_train=50)
    assert all(list(world.targets(pair).values()) == [1.0] for pair in world.test[:10]), "one to one"


def test_pairs_of_a_readers_own_are_prompts_or_translations(tmp_path):
    path = tmp_path / "own.tsv"
    lines = [f"The cat number {i} sleeps .\t第{'一二三四五六七八九十'[i % 10]}只 猫 {i} 睡 。" for i in range(300)]
    path.write_text("\n".join([*lines, "The cat number 7 sleeps .\t另一只猫 。"]), "utf-8")
    text, said = corpora.load_pairs(f"pairs:{path}"), corpora.load_dialogues(f"pairs:{path}")
    assert text.languages == ("", "zh") and text.source_vocab.words != text.target_vocab.words
    assert said.source_vocab is said.target_vocab and "label" in said.conditions and not text.conditions
    assert "cat" in text.source_vocab and "猫" in text.target_vocab
    assert len(corpora.load_pairs(f"pairs:{path}", num_train=100).train) == 100
    parts = {part: {pair.source for pair in getattr(text, part)} for part in ("train", "valid", "test")}
    assert not parts["train"] & parts["test"] and not parts["train"] & parts["valid"]


# The bench of replies serves translations

def test_all_translations_of_a_source_are_a_group(bench):
    everything = all_replies(bench.test, bench.text)
    sums = torch.zeros(len(bench.test), dtype=torch.float64).index_add_(0, everything.group, everything.world.exp())
    torch.testing.assert_close(sums, torch.ones_like(sums))
    assert len(everything.world) == sum(len(bench.text.targets(pair)) for pair in bench.test)


def test_networks_of_the_bench_know_both_vocabularies(bench):
    assert bench.sizes["source_vocab_size"] == len(bench.text.source_vocab) and not bench.sizes["copy"]
    judge, batch = bench.judge(), collate_pairs(bench.text.encoded(bench.test))
    assert isinstance(judge, ReplyJudge) and judge.prefix_logits(batch).shape == batch.targets.shape
    assert not judge.sees_copies and ReplyJudge(vocab_size=9).sees_copies


def test_a_near_miss_is_a_sentence_and_no_translation(bench):
    text = bench.text
    for pair in bench.test:
        said = translating.near_miss(pair, text, generator=noise())
        assert said not in text.targets(pair) and text.grammar.parse(said, language="en").valid
        assert sum(a != b for a, b in zip(said, pair.target, strict=True)) == 1


def test_systems_of_the_world_are_right_and_wrong_by_construction(bench):
    systems = translating.world_systems(bench.test, bench.text, generator=noise())
    found = {name: translating.verdicts(said, bench.test, bench.text) for name, said in systems.items()}
    assert found["another right answer"]["valid"] == found["the likeliest right answer"]["valid"] == 1
    assert found["a near miss"]["valid"] == 0 and found["a near miss"]["a sentence"] == 1
    assert found["the source, copied"]["a sentence"] == 0
    drawn = [translating.drawn({("a",): 0.25, ("b",): 0.75}, at) for at in (0.0, 0.2, 0.3, 0.999999, 1.0)]
    assert "".join(word for word, in drawn) == "aabbb"


def test_lists_are_as_long_as_asked_and_the_oracle_picks_what_is_right(bench):
    torch.manual_seed(0)
    model = answering.Seq2Seq(**bench.sizes).eval()
    lists = translating.best_lists(model, bench.test, bench, num=3)
    draws = translating.drawn_lists(model, bench.test, bench, num=4)
    assert {len(some) for some in lists} == {3} and {len(some) for some in draws} == {4}
    assert [some[0] for some in lists] == translating.likeliest(model, bench.test, bench, width=3)
    scores = translating.scored_lists(model.log_likelihood, model, bench.test, lists, bench.text)
    finished = [len(s) < bench.game.max_length for some in lists for s in some]
    assert scores.shape == (len(bench.test), 3) and (not all(finished) or (scores[:, 0] >= scores[:, 1] - 1e-5).all())
    right = [[pair.target, ("the",)] for pair in bench.test]
    assert translating.picked(right, torch.tensor([[1.0, 0.0]] * len(right))) == [pair.target for pair in bench.test]


# Minimum Bayes risk

def brute_force(weights, sentences):
    return torch.tensor([sum(w * overlap(ours, theirs) for w, theirs in zip(weights, sentences, strict=True))
                         for ours in sentences], dtype=torch.float64)


def test_expected_utility_is_the_mean_over_all_samples():
    sentences = [("a", "b", "c"), ("a", "b"), ("a", "b", "c"), (), ("d",)]
    weights = [0.1, 0.2, 0.3, 0.15, 0.25]
    torch.testing.assert_close(expected_utility(weights, sentences), brute_force(weights, sentences))
    assert overlap((), ()) == 1 and overlap(("a",), ()) == 0 and overlap(("a", "b"), ("b", "a")) == pytest.approx(4 / 6)


def test_the_least_risk_is_not_the_mode():
    alone, alike = [("x", "y")] * 2, [("a", "b", end) for end in "cdefg"]
    assert least_risk([*alone, *alike]) in alike
    with pytest.raises(GensqError, match="a weight for each"):
        expected_utility([1.0], [])


def test_a_list_can_be_weighed():
    some = [("a", "b"), ("a", "c"), ("d",)]
    assert least_risk(some) == ("a", "b")
    assert [least_risk(some, weights) for weights in ([0.1, 0.1, 0.8], [0.3, 0.6, 0.1])] == [("d",), ("a", "c")]
    with pytest.raises(GensqError, match="one or more sentences"):
        least_risk([])


def without_repeats(sentences):
    """The wrong one: a list of different sentences, as a beam gives it, taken for a sample."""
    return least_risk(list(dict.fromkeys(sentences)))


def test_a_list_without_repeats_is_no_sample():
    """Trap: minimum Bayes risk from a beam's list, called sampling. How often a sentence was drawn is what counts."""
    drawn = [("yes", "we", "do")] * 8 + [("no", "they", "say"), ("no", "they", "said"), ("no", "they", "saw")]
    assert least_risk(drawn) == ("yes", "we", "do") != without_repeats(drawn)


# Scores and samples of a model

def talkative(bench):
    """An untrained model whose sentences end soon."""
    torch.manual_seed(0)
    model = answering.Seq2Seq(**bench.sizes).eval()
    with torch.no_grad():
        model.to_vocab.bias[Vocab.EOS] = 4.0
    return model


def whole(model, pairs, lists, text):
    return translating.scored_lists(model.log_likelihood, model, pairs, lists, text)


def without_the_first_word(model, pairs, lists, text):
    """The wrong one: a shift by one, and the first word of every hypothesis costs nothing."""
    return translating.scored_lists(lambda batch: model.token_log_likelihood(batch)[:, 1:].sum(-1), model, pairs, lists, text)


@pytest.mark.parametrize("scored, right", [(whole, True), (without_the_first_word, False)], ids=["whole", "first word dropped"])
def test_a_list_is_scored_as_the_search_scored_it(bench, scored, right):
    model, pairs = talkative(bench), bench.test[:6]
    prompts = translating.prompts_of(pairs, bench.text)
    found = n_best(model.answering(prompts), num=6, width=4, max_length=bench.game.max_length)
    assert found.finished.all()
    lists = translating.spelled(found.sentences(bench.text.target_vocab), 4)
    scores = scored(model, pairs, lists, bench.text)
    assert torch.allclose(scores.flatten().float(), found.log_prob, atol=1e-3) == right
    assert (found.log_prob.view(6, 4).diff(dim=1) <= 0).all() and all(len(set(some)) == 4 for some in lists)


def from_samples(model, prompts, noise):
    return sample(model.answering(prompts), num=len(prompts), max_length=12, generator=noise).tokens


def given_the_greedy_words(model, prompts, noise):
    """The wrong one: each word is drawn given what greedy decoding has said before it."""
    likeliest = greedy(model.answering(prompts), num=len(prompts), max_length=12).tokens
    drawn, state, before = [], model.start(prompts), torch.full((len(prompts),), Vocab.BOS)
    for words in [*likeliest.T, torch.full((len(prompts),), Vocab.EOS)]:
        log_probs, state = model.step(before, state)
        drawn.append(torch.multinomial(log_probs.exp(), 1, generator=noise).squeeze(1))
        before = words
    return torch.stack(drawn, 1)


@pytest.mark.parametrize("draws, right", [(from_samples, True), (given_the_greedy_words, False)])
def test_samples_follow_the_words_that_were_drawn(bench, draws, right):
    """The second word's distribution depends on the first one that was drawn, as the model says."""
    model = talkative(bench)
    with torch.no_grad():  # after each word the same word comes again, or the end
        model.to_embed.weight.zero_()
        model.embed.weight.mul_(8.0)
        model.to_vocab.bias[4:].add_(torch.linspace(-1, 1, len(model.to_vocab.bias) - 4))
    model.step = repeating(model.step)
    prompts = translating.prompts_of(bench.test[:1], bench.text).repeated(400)
    words = draws(model, prompts, noise(3))
    both = words[(words[:, 0] > 3) & (words[:, 1] > 3)]
    assert len(both) > 50 and ((both[:, 0] == both[:, 1]).float().mean() > 0.9) == right


def repeating(step):
    """A model that likes to say its last word again."""
    def again(tokens, state):
        log_probs, state = step(tokens, state)
        liked = torch.nn.functional.one_hot(tokens, log_probs.shape[-1]) * 12.0 * (tokens > 3)[:, None]
        return (log_probs + liked).log_softmax(-1), state
    return again


# Metrics

def test_references_are_a_list_for_each_sentence():
    """Trap: sacrebleu wants streams, the first references of all sentences; `Metrics` makes them of each sentence's own."""
    said = ["the cat sat down there", "a dog ran away from us"]
    references = [[said[1]], [said[0]]]
    metrics = Metrics("en")
    assert metrics.scores(said, references)["BLEU"] < 20 < metrics.scores(said, references[::-1])["BLEU"]
    for wrong in (["a dog ran", "the cat sat"], [["one"]], [[], []]):
        with pytest.raises(GensqError, match="a list of one reference or more"):
            metrics.scores(said, wrong)


def transposed(said, references):
    """The wrong one: what belongs to a sentence handed over as a stream."""
    from sacrebleu.metrics import BLEU
    return BLEU().corpus_score(said, references).score


def test_transposed_references_give_another_score():
    said = ["the cat sat down there", "a dog ran away from us"]
    references = [[said[0], "x y z"], [said[1], "x y z"]]
    assert Metrics("en").scores(said, references)["BLEU"] == pytest.approx(100) and transposed(said, references) < 60


def test_chinese_needs_its_tokeniser():
    """Trap: the same Chinese sentence scores 0 under the tokeniser of English."""
    said = ["我们明天要修理船。", "她在学校里读信。"]
    same = [[sentence] for sentence in said]
    assert Metrics("zh").scores(said, same)["BLEU"] == pytest.approx(100) and Metrics("en").scores(said, same)["BLEU"] == 0
    assert "tok:zh" in Metrics("zh").signatures(same)["BLEU"] and "tok:13a" in Metrics("en").signatures(same)["BLEU"]


def test_a_system_is_not_better_than_itself():
    said = [f"the cat number {i} sat down" for i in range(30)]
    found = Metrics("en").compared({"one": said, "two": said, "three": said[::-1]}, [[s] for s in said])
    assert found["one"]["BLEU"].p_value is None and found["two"]["BLEU"].p_value > 0.5 and found["three"]["BLEU"].p_value < 0.05
    assert found["one"]["BLEU"].score == found["two"]["BLEU"].score == pytest.approx(100)


# By hand once, imported ever after

def test_the_exercises_are_the_library():
    draw = noise(5)
    sentences = [tuple(f"w{i}" for i in torch.randint(5, (4,), generator=draw).tolist()) for _ in range(6)]
    ids = torch.tensor([[int(word[1:]) + 1 for word in sentence] for sentence in sentences])
    weights = torch.rand(6, generator=draw)
    torch.testing.assert_close(choosing.expected_utility(weights, ids).double(), expected_utility(weights.tolist(), sentences),
                               atol=1e-6, rtol=0)


def test_the_score_of_the_exercise_is_an_importance_weighted_bound(bench):
    torch.manual_seed(0)
    model, batch = ConditionalVAE(**bench.sizes, latent_dim=2).eval(), collate_pairs(bench.text.encoded(bench.test))
    q, p = model.posterior(batch), model.prior(batch)
    z = reparameterize(q, num_samples=10, generator=noise())
    parts = (model.log_likelihood(batch, z), log_prob(p, z).sum(-1), log_prob(q, z).sum(-1))
    torch.testing.assert_close(scoring.prior_score(*parts), iwae(model, batch, num_samples=10, generator=noise()))


# Recorded tables

@pytest.mark.parametrize("part", translation.PARTS)
def test_the_recorded_tables_are_whole(part):
    recorded = studies.read(f"translation_{part}")
    assert [row["setting"] for row in recorded["rows"]] == list(translation.study(part).settings)
    assert len({row["setting"]["seed"] for row in recorded["rows"]}) == 5


def test_the_second_opinion_is_between_chance_and_the_oracle():
    found = studies.by(studies.read("translation_decoding")["rows"], "choice", measure="valid")
    for name in ("language model", "VAE language model", "second model of the same size", "noisy channel"):
        assert found["a random choice"].mean < found[name].mean <= found["the oracle"].mean


# Scores are of the prior

@pytest.mark.parametrize("score, total", [
    (scoring.prior_score, 1.0), (lambda ll, log_prior, log_posterior: log_mean_exp(ll), 2.0),
    (lambda ll, log_prior, log_posterior: ll.mean(0), 2.0)], ids=["weighed", "seen the answer", "reconstruction"])
def test_probabilities_of_all_translations_add_up_only_if_what_was_seen_is_paid(score, total):
    """Trap: a score under a z that was read off the answer. Two right ones, a z that says which, a decoder that obeys."""
    certain = torch.zeros(5, 2)
    assert score(certain, certain + math.log(0.5), certain).exp().sum().item() == pytest.approx(total)


def test_a_posterior_that_has_seen_the_answer_gives_another_score(bench):
    torch.manual_seed(0)
    model = ConditionalVAE(**bench.sizes, latent_dim=2).eval()
    with torch.no_grad():  # z decides everything: the decoder says what the posterior, and it alone, tells
        model.to_posterior[-1].bias.add_(3.0)
        model.decoder.to_start.weight[:, -2:].mul_(20.0)
    everything = all_replies(bench.test, bench.text)
    honest = everything.outcomes(model, log_prob=lambda batch: answering.by_draws(model, batch, seed=0))
    wrong = everything.outcomes(model, log_prob=lambda batch: elbo_terms(model, batch, generator=noise()).reconstruction)
    assert honest.means["nll"] > 0 and not torch.allclose(honest.model, wrong.model), "another z, another score"


def of_the_joint(world, q, noise):
    """The wrong one: log p(x, y) - log p(x), each by draws of its own. A difference of two bounds is none."""
    p_z, p_x, p_y = world
    z = torch.multinomial(q, q.shape[-1] * 1_000, replacement=True, generator=noise).view(-1, 10)
    both = (p_z * p_x * p_y / q)[z].mean(-1).log()
    z = torch.multinomial(p_z, len(both) * 10, replacement=True, generator=noise).view(-1, 10)
    return (both - p_x[z].mean(-1).log()).mean().item()


def of_the_condition(world, q, noise):
    """Ours: the prior is p(z | x), and there is one mean."""
    p_z, p_x, p_y = world
    z = torch.multinomial(q, q.shape[-1] * 1_000, replacement=True, generator=noise).view(-1, 10)
    prior = p_z * p_x / (p_z * p_x).sum()
    return scoring.prior_score(p_y.log()[z].T, prior.log()[z].T, q.log()[z].T).mean().item()


@pytest.mark.parametrize("score, right", [(of_the_condition, True), (of_the_joint, False)])
def test_a_score_is_one_bound_and_no_difference_of_two(score, right):
    """Trap: a two-sided estimate of log p(y | x) by ten draws. A source that few z explain makes it larger than the truth."""
    p_z, p_x, p_y = torch.full((50,), 0.02), torch.full((50,), 1e-4), torch.full((50,), 0.1)
    p_x[:2], p_y[:2] = 0.5, torch.tensor([0.9, 0.4])
    truth = ((p_z * p_x * p_y).sum() / (p_z * p_x).sum()).log().item()
    q = p_z * p_x * p_y / (p_z * p_x * p_y).sum()  # the true posterior: the best that an encoder can be
    assert (score((p_z, p_x, p_y), q, noise(4)) <= truth + 0.02) == right


# Second opinions

def opinions(pairs, added):
    """Lists of a right translation and a wrong one, which the direct score cannot part, and what somebody adds."""
    lists = [[pair.target, ("the",)] for pair in pairs]
    return translation.Scored(pairs, lists, {"other": (torch.zeros(len(pairs), 2), added)})


def tuned_on_test(name, valid, test, text):
    """The wrong one: the weight is chosen on the pairs on which it is measured."""
    return translation.tuned(name, test, test, text)


def test_a_weight_is_chosen_on_other_pairs_than_it_is_measured_on(bench):
    """Trap: the weight of an n-best list tuned on test."""
    helps = torch.tensor([[0.0, -1.0]]).expand(6, 2)
    valid, test = opinions(bench.test[:6], helps), opinions(bench.test[6:], -helps)
    test.scores["other"][0][:, 1] += 0.5  # without an opinion the wrong one comes first
    valid.scores["other"][0][:, 1] += 0.5
    weight, said = translation.tuned("other", valid, test, bench.text)
    assert weight == 1.0 and said == [("the",)] * 6, "what validation says, whatever that does to the test"
    with pytest.raises(GensqError, match="on other pairs than it is measured on"):
        tuned_on_test("other", valid, test, bench.text)


def without_lengths(direct, channel, language, target_length, source_length, weight):
    """The wrong one: sums of log-probabilities, in which each word costs."""
    return direct + weight * (channel + language)


@pytest.mark.parametrize("score, right", [(choosing.channel_scores, True), (without_lengths, False)])
def test_a_noisy_channel_needs_lengths(score, right):
    """Trap: a whole sentence loses to a piece of it, which says less in fewer words."""
    direct, channel, language = (torch.tensor(values) for values in ([-9.0, -5.5], [-4.0, -9.0], [-12.0, -6.0]))
    scores = score(direct, channel, language, torch.tensor([8.0, 4.0]), torch.tensor([6.0, 6.0]), 1.0)
    assert (scores[0] > scores[1]) == right


# Few pairs, many languages

def test_back_translated_pairs_have_a_true_target(bench):
    torch.manual_seed(0)
    turned = replace(bench, text=bench.text.turned, test=())
    sentences = [pair.target for pair in bench.text.train[:20]]
    made = few_pairs.back_translated(answering.Seq2Seq(**turned.sizes).eval(), turned, sentences)
    assert 0 < len(made) <= 20 and {pair.target for pair in made} <= {*sentences}
    assert all(word in bench.text.source_vocab for pair in made for word in pair.source)


def test_topics_are_parted():
    g = grammar.shipped("crossing")
    assert set(few_pairs.TOPICS) < {d.attributes["topic"] for d in g.sample(300, generator=noise())}
    assert all(few_pairs.seen_topic(d) != few_pairs.unseen_topic(d) for d in g.sample(50, generator=noise()))


def test_one_corpus_of_many_directions_says_into_which_language():
    texts = [corpora.load_pairs(f"crossing:{name}", num_train=many_languages.NUM_TRAIN) for name in many_languages.TRAINED]
    text = many_languages.together(texts)
    assert len(text.train) == 4 * many_languages.NUM_TRAIN and text.source_vocab is text.target_vocab
    assert Counter(pair.source[0] for pair in text.train) == {"<to en>": 2_000, "<to zh>": 1_000, "<to eo>": 1_000}
    assert not any(set(pair.target) & {*map(many_languages.tag, many_languages.LANGUAGES)} for pair in text.train)
    own = {part: {pair.source[1:] for pair in getattr(text, part)} for part in ("train", "valid")}
    assert not own["train"] & own["valid"]
