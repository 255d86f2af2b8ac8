"""Translation without pairs: the bound and its truth, tables, a transducer, a judge of its vectors; styles, counted exactly."""
import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from gensq_course import lessons, studies
from gensq_course.lessons.unpaired_translation import pictures
from gensq_course.studies import deciphering as players
from gensq_course.studies import (
    difficulties, manners, rewriting, unpaired, unpaired_beside, unpaired_ciphers, unpaired_styles)
from gensq_course.studies.rewriting import NO_NOISE, Noise, network, rewritten_by, train_rewriter
from gensq_lib.models.transducers import SPECIAL, Transducer, TwoTables
from gensq_lib.models.unseen import corpus_terms, sentence_terms
from gensq_lib.text import grammar
from gensq_lib.text.batching import collate
from gensq_lib.text.pairs import collate_prompts
from gensq_lib.text.vocab import Vocab
from gensq_lib.training.deciphering import hmm_log_likelihood
from gensq_lib.training.unpaired import (
    Recipe, TermWeights, both_bounds, languages_apart, train_tables, train_transducer)

WORDS, SIZE = 3, 3 + SPECIAL
SENTENCES = [[4, 5, 6], [5], [6, 4], [4, 5, 6], [6, 6, 5, 4]]


def tables(seed: int = 0) -> TwoTables:
    torch.manual_seed(seed)
    return TwoTables(vocab_size=SIZE, noise=1.0)


def language_model(seed: int = 1) -> torch.Tensor:
    """log p(next | previous) of three words and an end."""
    scores = torch.full((SIZE, SIZE), -1e4)
    draw = torch.Generator().manual_seed(seed)
    scores[:, [Vocab.EOS, *range(SPECIAL, SIZE)]] = torch.randn(SIZE, WORDS + 1, generator=draw)
    return scores.log_softmax(-1)


def every_translation(x, log_emission, log_prior):
    """log p(x, y) of each y, by hand."""
    found = {}
    for y in itertools.product(range(SPECIAL, SIZE), repeat=len(x)):
        line = (Vocab.BOS, *y, Vocab.EOS)
        said = sum(log_prior[a, b].item() for a, b in itertools.pairwise(line))
        found[y] = said + sum(log_emission[a, b].item() for a, b in zip(y, x))
    return found


def by_tables(x, log_q):
    """log q(y | x) of each y."""
    return {y: sum(log_q[a, b].item() for a, b in zip(x, y)) for y in itertools.product(range(SPECIAL, SIZE), repeat=len(x))}


def terms_by_sentence(sentences, log_q, log_emission, log_prior):
    batch = collate_prompts(sentences, [()] * len(sentences))
    return sentence_terms(log_q[batch.tokens], batch.tokens, batch.lengths, log_emission, log_prior)


@pytest.mark.parametrize("seed", range(3))
def test_the_bound_is_log_p_minus_the_divergence_from_the_posterior(seed):
    """Enumerated: no sampling, no dynamic programming."""
    log_q, log_emission = (table.detach() for table in tables(seed).log_tables())
    log_prior, x = language_model(seed), [4, 6, 5]
    joint, q = every_translation(x, log_emission, log_prior), by_tables(x, log_q)
    log_p = math.log(sum(map(math.exp, joint.values())))
    terms = terms_by_sentence([x], log_q, log_emission, log_prior)
    gap = sum(math.exp(q[y]) * (q[y] - (joint[y] - log_p)) for y in q)
    assert terms.bound.item() == pytest.approx(log_p - gap, abs=1e-4) and gap > 0
    assert terms.entropy.item() == pytest.approx(-sum(math.exp(v) * v for v in q.values()), abs=1e-5)


def test_the_forward_algorithm_is_the_enumeration_and_above_the_bound():
    log_q, log_emission = (table.detach() for table in tables().log_tables())
    log_prior = language_model()
    exact = [math.log(sum(map(math.exp, every_translation(x, log_emission, log_prior).values()))) for x in SENTENCES]
    forward = hmm_log_likelihood(log_emission.double(), log_prior.double(), collate(SENTENCES))
    assert forward.tolist() == pytest.approx(exact, abs=1e-5)
    assert (terms_by_sentence(SENTENCES, log_q, log_emission, log_prior).bound < forward).all()


def test_counts_of_neighbours_are_all_that_a_table_needs():
    log_q, log_emission = (table.detach() for table in tables().log_tables())
    log_prior, batch = language_model(), collate(SENTENCES)
    counts = torch.zeros(SIZE, SIZE)
    counts.index_put_((batch.inputs[batch.mask], batch.targets[batch.mask]), torch.ones(int(batch.mask.sum())), accumulate=True)
    one_by_one = terms_by_sentence(SENTENCES, log_q, log_emission, log_prior)
    at_once = corpus_terms(counts, log_q, log_emission, log_prior)
    for name in ("reconstruction", "prior", "entropy"):
        assert getattr(at_once, name).item() == pytest.approx(getattr(one_by_one, name).sum().item(), rel=1e-5)


def test_padding_and_batch_mates_change_nothing():
    log_q, log_emission = (table.detach() for table in tables().log_tables())
    alone = [terms_by_sentence([x], log_q, log_emission, language_model()).bound.item() for x in SENTENCES]
    together = terms_by_sentence(SENTENCES, log_q, log_emission, language_model()).bound
    assert together.tolist() == pytest.approx(alone, rel=1e-5)


# Planted: objectives that are called bounds and are none

def stays_below(objective):
    """At most log p(x), whatever the tables."""
    for seed in range(20):
        log_q, log_emission = (table.detach() for table in tables(seed).log_tables())
        log_prior = language_model(seed)
        terms = terms_by_sentence(SENTENCES, log_q, log_emission, log_prior)
        truth = hmm_log_likelihood(log_emission.double(), log_prior.double(), collate(SENTENCES))
        assert (objective(terms) <= truth + 1e-6).all()


NO_BOUNDS = {
    "a KL that weighs .03": lambda t: t.reconstruction + 0.03 * (t.prior + t.entropy),
    "no language model": lambda t: t.reconstruction + t.entropy, "entropy twice": lambda t: t.bound + t.entropy,
    "no back-translation": lambda t: t.prior + t.entropy,
    "back-translation alone": lambda t: t.reconstruction,
    "KL turned": lambda t: t.reconstruction - t.prior - t.entropy,
}


def test_the_sum_of_the_three_is_a_bound():
    stays_below(lambda terms: terms.bound)
    stays_below(TermWeights().weighed)
    stays_below(TermWeights(entropy=0.0).weighed)  # lower still: an entropy is never negative


@pytest.mark.parametrize("name", NO_BOUNDS)
def test_what_is_no_bound_is_seen_to_be_none(name):
    with pytest.raises(AssertionError):
        stays_below(NO_BOUNDS[name])


# Tables and judges

@pytest.fixture(scope="module")
def village():
    return players.prepared(100, num_plain=1_500, num_secret=1_000)


@pytest.fixture(scope="module")
def truth(village):
    """The plain integer of each secret one."""
    return village.sides.truth


def test_the_best_judge_of_neighbours_sees_none_where_there_is_none(village, truth):
    """The right key leaves only the noise of two draws; a wrong one is seen. Many-to-one keys it does not rule out."""
    right, wrong = (unpaired.divergence(unpaired.certain(key), village) for key in (truth, truth.roll(1)))
    assert 0 <= right < 0.05 and wrong > 0.3 and wrong <= math.log(2) + 1e-6


def test_tables_climb_what_they_are_told_to(village, truth):
    model = unpaired.trained_tables(village, "the bound", "frequency", steps=30)
    measures = unpaired.table_measures(model, "the bound", village)
    start = TwoTables(vocab_size=len(truth))
    start.start_from(unpaired.scores(village, "frequency"))
    tables = unpaired.counts_of(village), unpaired.log_priors_of(village)
    assert both_bounds(model, *tables) > both_bounds(start, *tables)
    assert measures["bound"] == pytest.approx(measures["objective"]) and measures["bound"] < measures["log p"] + 0.05
    assert measures["tokens"] > 0.4 and 0 < measures["types"] < 1


def test_special_words_stand_for_themselves():
    log_q = tables().log_tables()[0].exp()
    assert torch.equal(log_q[:SPECIAL], torch.eye(SIZE)[:SPECIAL]) and log_q[SPECIAL:, :SPECIAL].sum() == 0
    assert torch.allclose(log_q.sum(-1), torch.ones(SIZE))


# The latent adversary: its sign, and its gate

def judge_and_places(seed=0):
    draw = torch.Generator().manual_seed(seed)
    places = [torch.randn(40, 5, generator=draw) + shift for shift in (-0.5, 0.5)]
    weight = torch.ones(5, 1)
    return (lambda vectors: vectors @ weight), [vectors.requires_grad_() for vectors in places]


def fools_the_judge(loss_of):
    """A step down the encoder's loss makes the judge err more."""
    judge, places = judge_and_places()
    before = languages_apart(list(map(judge, places))).item()
    loss_of(list(map(judge, places))).backward()
    assert all(vectors.grad is not None and vectors.grad.abs().sum() > 0 for vectors in places), "nobody told the encoder"
    moved = [vectors.detach() - 20 * vectors.grad for vectors in places]
    assert languages_apart(list(map(judge, moved))).item() > before + 0.05


WRONG_ADVERSARIES = {
    "sign turned": lambda logits: languages_apart(logits),
    "the judge's loss added": lambda logits: 0.5 * languages_apart(logits),
    "wrong label, wrong sign": lambda logits: -languages_apart(logits, turned=True),
    "detached": lambda logits: (languages_apart([each.detach() for each in logits], turned=True)
                                + 0 * sum(each.sum() for each in logits)),
    "gate: skipped while the judge's loss is below 1.2": lambda logits: (
        languages_apart(logits, turned=True) if languages_apart(logits) > 1.2 else 0 * sum(each.sum() for each in logits)),
}


def test_the_encoder_gains_where_the_judge_errs():
    fools_the_judge(lambda logits: languages_apart(logits, turned=True))
    fools_the_judge(lambda logits: -languages_apart(logits))  # the saturating form points the same way


@pytest.mark.parametrize("name", WRONG_ADVERSARIES)
def test_a_wrong_adversary_is_refused(name):
    with pytest.raises(AssertionError):
        fools_the_judge(WRONG_ADVERSARIES[name])


# The transducer

def test_a_transducer_learns_from_two_sides_and_logs_its_judge(village, truth):
    torch.manual_seed(0)
    model = Transducer(vocab_size=len(truth), embed_dim=8, hidden_dim=8)
    history = train_transducer(model, unpaired.encoded(village), Recipe(adversary=1.0), steps=6, seed=0)
    assert set(history) == {"step", "loss", "denoising", "back_translation", "judge"} and len(history["judge"]) == 6
    measures = unpaired.network_measures(model.eval(), village)
    assert set(measures) == {"tokens", "types", "round trip", "language model"} and measures["language model"] < 0


def test_a_transducer_says_words_at_every_place_and_only_there(village, truth):
    torch.manual_seed(0)
    model = Transducer(vocab_size=len(truth), embed_dim=8, hidden_dim=8)
    batch = collate_prompts([[4, 5, 6], [7]], [()] * 2)
    said = model.translate(batch.tokens, batch.lengths, source=0, target=1)
    assert (said[batch.mask] >= SPECIAL).all() and (said[~batch.mask] == Vocab.PAD).all()
    alone = model.translate(batch.tokens[1:, :1], batch.lengths[1:], source=0, target=1)
    assert alone.item() == said[1, 0].item()


def test_a_warm_up_translates_by_the_key(village, truth, monkeypatch):
    torch.manual_seed(0)
    model, keys = Transducer(vocab_size=len(truth), embed_dim=8, hidden_dim=8), unpaired.both_keys(village, "frequency")
    monkeypatch.setattr(model, "translate", lambda *args, **named: pytest.fail("the model was asked before the warm-up was over"))
    train_transducer(model, unpaired.encoded(village), Recipe(warm_up=3), steps=3, seed=0, keys=keys)
    assert torch.equal(keys[1][keys[0]], torch.arange(len(truth)))


def test_a_round_trip_proves_nothing(village, truth):
    """Any one-to-one key comes back whole: chosen by round trips, a wrong one is as good as the truth."""
    key = truth.roll(1)
    back = torch.empty_like(key)
    back[key] = torch.arange(len(key))
    assert torch.equal(back[key], torch.arange(len(key))) and village.measured(key)["types"] < 0.05
    assert unpaired.per_word(village, truth) > unpaired.per_word(village, key) + 1


# Manners

def test_the_world_of_manners_is_what_its_datasheet_says():
    g = grammar.shipped("manners")
    assert g.languages == ("plain", "formal") and g.num_sentences() == 23_040
    assert {code: len(g.terminals(code)) for code in g.languages} == {"plain": 73, "formal": 88}
    assert g.entropy() == pytest.approx(9.7246, abs=1e-4) and g.ambiguous(500) is None
    assert len(manners.world("register")) == 2 * g.num_sentences() and len(manners.world("sentiment")) == g.num_sentences()


@pytest.mark.parametrize("name", ["register", "sentiment"])
def test_the_sides_are_unpaired_in_earnest(name):
    data = manners.sides(name, seed=100, num=400, num_test=20)
    contents = [{data.style(words).content for words in side} for side in data.sides]
    tested = {data.style(words).content for words in data.test}
    assert not contents[0] & contents[1] and not tested & (contents[0] | contents[1])
    assert [data.side_of(words) for words in data.test] == [0] * 10 + [1] * 10
    for words in data.test:
        right = data.right(words)
        assert sum(right.values()) == pytest.approx(1)
        assert all(data.style(other).content == data.style(words).content and data.side_of(other) != data.side_of(words)
                   for other in right)


def test_what_measures_miss_is_counted():
    data = manners.sides("sentiment", seed=100, num=1_000, num_test=40)
    judge = manners.style_judge(data)
    found = {name: manners.measured(said, data, judge) for name, said in manners.without_networks(data, judge, seed=100).items()}
    perfect, copy, gamed = found["perfect player"], found["copy"], found["gamed"]
    assert {perfect[name] for name in ("a sentence", "style", "content", "right")} == {1.0} and perfect["BLEU"] > 99.9
    assert copy["BLEU with source"] > 99.9 and copy["right"] == copy["style"] == 0 and copy["BLEU"] > 30
    assert gamed["judged"] > 0.9 and gamed["BLEU with source"] > 60 and gamed["right"] == 0
    assert 0 < found["delete and replace"]["right"] < 1


def test_kept_attributes_and_pairs():
    data = manners.sides("register", seed=100, num=200, num_test=10)
    assert set(manners.kept(data.test, data).values()) == {1.0} and "keeps sentiment" in manners.kept(data.test, data)
    for first, second in manners.some_pairs(data, 5, seed=0):
        words, other = (tuple(data.vocab.words[i] for i in ids) for ids in (first, second))
        assert other in data.right(words)


# The rewriter

def test_noise_leaves_out_and_wanders_a_little():
    rng, ids = np.random.default_rng(0), list(range(10, 22))
    assert NO_NOISE(ids, rng) == ids and Noise(1.0)(ids, rng)[:1] == [10]
    moved = [abs(place - ids.index(word)) for _ in range(200) for place, word in enumerate(Noise(0.0, 2)(ids, rng))]
    assert max(moved) == 2
    kept = [len(Noise(0.0, 0, frozenset(ids[:6]), 0.8)(ids, rng)) for _ in range(500)]
    assert np.mean(kept) == pytest.approx(6 + 6 * 0.2, abs=0.15)


def test_a_rewriter_learns_and_answers_in_the_other_style():
    data = manners.sides("sentiment", seed=100, num=50, num_test=4)
    encoded = [[data.vocab.encode(words) for words in side] for side in data.sides]
    model = network(data.vocab, seed=0)
    pairs = manners.some_pairs(data, 3, seed=0)
    history = train_rewriter(model, encoded, steps=4, seed=0, back_from=0.5, pairs=pairs)
    assert len(history["loss"]) == 4
    said = rewritten_by(model, data.test, [data.side_of(words) for words in data.test], data.vocab)
    assert len(said) == 4 and all(said)


def test_a_dictionary_makes_the_first_translations(monkeypatch):
    """Word for word, what it lacks left out; from a share of the steps on the model translates by itself."""
    asked = []
    monkeypatch.setattr(rewriting, "said_by", lambda model, some, into: asked.append(into) or [[4]] * len(some))
    vocab = Vocab(["a", "b", "x"], closed=True)
    sides = [[[4, 5]] * 3, [[6]] * 3]
    dictionaries = [{4: [6]}, {6: [4]}]
    assert rewriting.word_for_word([[4, 5], [5]], dictionaries[0], np.random.default_rng(0)) == [[6], [Vocab.UNK]]
    train_rewriter(network(vocab, seed=0), sides, steps=8, seed=0, dictionaries=dictionaries)
    assert asked == [1, 0], "once, at step 4 of 8"


def test_a_dictionary_comes_from_pairs():
    text, _, pairs, vocab = unpaired_styles.two_languages("eo-en", 100, num=10)
    there, back = unpaired_styles.dictionaries(pairs, text, vocab)
    of = {word: vocab.encode((word,))[0] for word in ("mi", "I", "ni", "we")}
    assert there[of["mi"]] == [of["I"]] and back[of["we"]] == [of["ni"]]


# Foreign languages that differ in one way

@pytest.mark.parametrize("name", difficulties.CHANGES)
def test_a_foreign_sentence_has_one_meaning(name):
    """All 17,280 sentences of the village, enumerated: what is left out or exchanged can be told."""
    g, change = grammar.shipped("village"), difficulties.CHANGES[name]
    sentences = {derivation.words("en") for derivation in g.derivations()}
    assert len({change(sentence) for sentence in sentences}) == len(sentences) == 17_280


def test_what_each_difficulty_does():
    sentence = ("the", "cook", "is", "baking", "bread", ".")
    done = {name: change(sentence) for name, change in difficulties.CHANGES.items()}
    assert done["other names"] == sentence
    assert done["neighbours exchanged"] == ("cook", "the", "baking", "is", ".", "bread")
    assert done["words left out"] == ("cook", "baking", "bread", ".") and len(done["words in parts"]) > len(sentence)
    assert list(map(difficulties.origin, done["two names"])) == list(sentence)


@pytest.fixture(scope="module")
def in_two_names():
    return difficulties.foreign("two names", seed=100, num=300)


def test_the_truth_of_a_foreign_language_gets_full_marks(in_two_names):
    sides = in_two_names.sides
    right = sides.right(sides.dictionary)
    assert right.types == right.tokens == 1 and sides.right({}).types == 0
    assert len(sides.plain_vocab) == len(sides.secret_vocab) == 2 * 86 + SPECIAL and "(unsaid 85)" in sides.plain_vocab
    key = in_two_names.sides.as_key(difficulties.by_em_freely(in_two_names, 2))
    assert set(key) >= set(sides.said) and 0 < sides.right(key).tokens < 1
    assert difficulties.one_to_one(sides) == pytest.approx(0.5, abs=0.02), "a plain word has two names, a key gives it once"


def test_a_dictionary_says_every_name_of_a_word(in_two_names):
    """One name alone, say the more frequent, would hide half of the words from a network that learns by it."""
    sides, vocab = in_two_names.sides, difficulties.one_vocabulary(in_two_names)
    there, back = difficulties.both_ways(sides.dictionary, vocab)
    assert set(there) == {other for names in back.values() for other in names} == set(vocab.encode(tuple(sides.dictionary)))
    assert {len(names) for names in back.values()} == {2} and {len(words) for words in there.values()} == {1}
    said = [rewriting.word_for_word([[word]], back, np.random.default_rng(i))[0][0] for i in range(20) for word in list(back)[:1]]
    assert len(set(said)) == 2


def test_nobody_has_read_what_is_marked(in_two_names):
    pairs = in_two_names.sides.pairs(in_two_names.sides.plain[:50])
    marked = difficulties.unread(in_two_names, pairs, 40)
    assert len(set(marked)) == 40
    assert not {pair.target for pair in marked} & {*in_two_names.sides.plain} | {
        pair.source for pair in marked} & {*in_two_names.sides.secret}


def test_words_are_marked_without_order_and_sentences_with_it():
    wanted = [("the", "cook", "baked", "bread", ".")]
    marks = {name: difficulties.marked([said], wanted) for name, said in {
        "right": wanted[0], "back to front": wanted[0][::-1], "half": ("cook",), "nothing": ("the", ".")}.items()}
    assert marks["right"] == {"right": 1.0, "words": 1.0} and marks["back to front"] == {"right": 0.0, "words": 1.0}
    assert marks["half"]["words"] == pytest.approx(0.5) and marks["nothing"]["words"] == 0


def test_every_method_is_tried_on_a_foreign_language(monkeypatch):
    monkeypatch.setattr(players, "NUM_FEW", 1)
    bench = difficulties.foreign("other names", seed=100, num=200)
    monkeypatch.setattr(difficulties, "foreign", lambda difficulty, seed: bench)
    found = difficulties.broken(difficulty="other names", seed=100, steps=2)
    assert studies.value(found, by="true dictionary", measure="right") == 1, "a cipher is read by its dictionary"
    assert {record.get("start") for record in found if record["by"] == "network"} == {
        "nothing", "EM", "true dictionary", "pairs", "pairs alone"}


def test_the_tables_of_difficulties_have_every_language_and_reader():
    sentences, *tables = pictures.across_difficulties()
    assert all(" ".join(change(pictures.EXAMPLE)) in sentences._repr_html_() for change in difficulties.CHANGES.values())
    for table, readers in zip(tables, (pictures.KEYS, pictures.DICTIONARIES, pictures.NETWORKS), strict=True):
        page = table._repr_html_()
        assert all(name in page for name in (*difficulties.CHANGES, *readers.values()))
        assert page.count("±") >= 3 * len(difficulties.CHANGES)


# What stands beside: few pairs without heaps, a dictionary of the same pairs, EM from the truth

def test_pairs_alone_see_no_heap(monkeypatch):
    """No sentence of a heap, no mending, no translating back."""
    seen = []
    monkeypatch.setattr(unpaired_beside, "train_rewriter", lambda model, sides, **recipe: seen.append((sides, recipe)))
    vocab = Vocab(["a", "b", "x"], closed=True)
    unpaired_beside.tended([([4, 5], [6]), ([5], [6, 6])], vocab, steps=3, seed=0)
    (sides, recipe), = seen
    assert sides == [[[4, 5], [5]], [[6], [6, 6]]] and recipe["back_from"] == 1 and recipe["denoising"] == 0


def test_a_dictionary_of_few_pairs_knows_their_words_alone(in_two_names):
    """Both names of a word, where both were met; and none that was not."""
    sides = in_two_names.sides
    pairs = sides.pairs(sides.text.grammar.sentences(200, generator=in_two_names.noise("pairs")))
    words = unpaired_beside.counted(pairs, in_two_names)
    assert set(words) == {word for pair in pairs for word in pair.source} < set(sides.cipher.back)
    assert sides.right(words).tokens > 0.8 and sides.right(unpaired_beside.counted(pairs[:1], in_two_names)).types < 0.1
    both = [plain for plain in words.values() if list(words.values()).count(plain) == 2]
    assert len(both) > 40, "a key that is one to one would lose half of the names"
    assert unpaired_beside.by_dictionary([("a", "b", "c")], {"a": "x", "c": "y"}) == [("x", "y")]


def test_em_that_begins_at_the_truth_begins_there(in_two_names):
    """Before any round the likeliest plain word of each secret one is the truth; both names of a word are open."""
    near = unpaired_beside.true_closeness(in_two_names)
    sides = in_two_names.sides
    assert sides.right(sides.as_key(near.argmax(0))).types == 1
    assert set((near == 1).sum(0).tolist()[SPECIAL:]) == {1} and set((near == 1).sum(1).tolist()[SPECIAL:]) == {0, 2}
    marks = unpaired_beside.by_em_from(in_two_names, "truth", near)
    assert marks["types"] > 0.5 and marks["nats"] < 0


def test_a_translation_in_the_other_heap_is_seen():
    """Any right one, however it was drawn; and of other sentences none."""
    text, sides, pairs, _ = unpaired_styles.two_languages("eo-en", 100, num=40)
    test = text.test[:20]
    answers = [next(iter(text.targets(pair))) for pair in test]
    assert unpaired_beside.shared([sides[0], answers], test, text)["test answers in the heap"] == 1
    assert unpaired_beside.shared([sides[0], [("no", "sentence")]], test, text) == {
        "test answers in the heap": 0, "translations in the heap": 0}
    told = [next(iter(text.targets(replace(test[0], source=source)))) for source in sides[0]]
    assert unpaired_beside.shared([sides[0], told], test, text)["translations in the heap"] == 1


def test_every_row_beside_has_the_names_of_its_table(monkeypatch):
    monkeypatch.setattr(unpaired_beside, "TENDED", dict.fromkeys(unpaired_beside.TENDED, 2))
    bench = difficulties.foreign("two names", seed=100, num=200)
    monkeypatch.setattr(difficulties, "foreign", lambda difficulty, seed: bench)
    found = [record for what in ("EM", "alone", "dictionary") for record in unpaired_beside.beside(
        difficulty="two names", seed=100, what=what, **({"steps": 2} if what == "dictionary" else {}))]
    assert {(record["by"], record.get("start"), record["measure"]) for record in found} >= {
        reader for readers in (pictures.KEYS, pictures.DICTIONARIES, pictures.NETWORKS) for reader in readers
        if unpaired_beside.BY_FEW in reader or unpaired_beside.TENDED_PAIRS in reader or "EM, from the truth" in reader}
    register = [record for what in ("noise", "alone")
                for record in unpaired_beside.beside(style="register", seed=100, what=what, steps=2)]
    assert {record["by"] for record in register} == {*unpaired_beside.STYLES["register"], unpaired_beside.TENDED_PAIRS}
    gate = unpaired_beside.beside(style="sentiment", seed=100, what="noise", steps=2)
    assert len(studies.texts(gate, by=unpaired_beside.GATE)) == 2
    assert not studies.values(gate, by=unpaired_beside.GATE, measure="right"), "that is a row of the other study"


def test_weights_are_named_and_only_ones_make_a_bound():
    assert TermWeights() == replace(TermWeights(entropy=0.0), entropy=1.0)
    model = TwoTables(vocab_size=SIZE)
    history = train_tables(model, lambda m: -(m.scores[0] - 1).square().mean(), steps=30, seed=0)
    assert history["gain"][-1] > history["gain"][0]


# What is recorded

def values(name, measure, **where):
    """By seed."""
    return [studies.value(row["found"], measure=measure, **where) for row in studies.read(name)["rows"]]


@pytest.mark.parametrize("name", ["unpaired_tables", "unpaired_networks", "unpaired_styles", "unpaired_languages",
                                  "unpaired_difficulties", "unpaired_beside"])
def test_the_recorded_tables_have_the_seeds_of_their_studies(name):
    assert [row["setting"] for row in studies.read(name)["rows"]] == lessons.studies()[name].settings


def test_a_recorded_row_is_found_again():
    """The keys that everybody starts from, and the truth: what all other rows of the table rest on."""
    row = studies.read("unpaired_tables")["rows"][0]
    for record in unpaired_ciphers.of_keys(unpaired_ciphers.village(**row["setting"])):
        where = {key: record[key] for key in ("by", "start", "measure")}
        assert studies.value(row["found"], **where) == pytest.approx(record["value"], abs=1e-5)


def test_what_the_lesson_says_of_the_tables():
    """In every seed: the entropy raises log p and costs words of the key; only the language model tells sentences from codes."""
    plain, bound = ({measure: values("unpaired_tables", measure, by=by, start="frequency") for measure in ("types", "log p")}
                    for by in ("without entropy", "the bound"))
    assert all(a > b for a, b in zip(plain["types"], bound["types"])) and np.mean(plain["types"]) >= 0.9
    assert all(a < b for a, b in zip(plain["log p"], bound["log p"]))
    assert max(values("unpaired_tables", "types", by="without language model", start="frequency")) < 0.1
    cheap = [values("unpaired_tables", measure, by="KL weighs .03", start="frequency") for measure in ("objective", "log p")]
    assert all(objective > log_p + 1 for objective, log_p in zip(*cheap)), "no bound"
    for by in ("the bound", "without entropy"):
        for start in ("nothing", "frequency", "assignment"):
            found = zip(*(values("unpaired_tables", measure, by=by, start=start) for measure in ("objective", "bound", "log p")))
            assert all(objective <= bound + 1e-6 and bound <= log_p + 0.02 for objective, bound, log_p in found)


def test_what_the_lesson_says_of_the_networks():
    """From nothing a code comes back whole and is wrong; denoising alone finds nothing; a turned sign spoils all."""
    trip, tokens = (values("unpaired_networks", measure, by=unpaired.FULL, start="nothing")
                    for measure in ("round trip", "tokens"))
    assert min(trip) > 0.9 and max(tokens) < 0.6
    assert max(values("unpaired_networks", "types", by="denoising alone", start="nothing")) < 0.1
    full, judged = (values("unpaired_networks", "types", by=by, start="frequency") for by in (unpaired.FULL, "with an adversary"))
    assert abs(np.mean(full) - np.mean(judged)) < 0.1, "an adversary adds nothing to a start by frequency"
    assert max(values("unpaired_networks", "judge", by="adversary, sign turned", start="nothing")) < 0.01
    assert max(values("unpaired_networks", "types", by="adversary, sign turned", start="nothing")) < 0.05


def test_what_the_lesson_says_of_the_styles():
    """Who plays to the classifier says nothing; a copy gate is the easy way out; a register is a cipher again."""
    said = [row for row in studies.read("unpaired_styles")["rows"] if row["setting"]["style"] == "sentiment"]
    right = {by: [studies.value(row["found"], measure="right", by=by) for row in said] for by in (
        "gamed", "with a copy gate", "delete and replace", "perfect player", "denoising and back-translation")}
    assert max(right["gamed"]) == 0 and min(right["perfect player"]) == 1 and max(right["with a copy gate"]) < 0.2
    assert all(a > b + 0.2 for a, b in zip(right["denoising and back-translation"], right["delete and replace"]))
    assert all(studies.value(row["found"], measure="judged", by="gamed") > 0.9 for row in said)
    for row in (row for row in studies.read("unpaired_styles")["rows"] if row["setting"]["style"] == "register"):
        assert studies.value(row["found"], measure="judged", by="denoising and back-translation") > 0.9
        assert studies.value(row["found"], measure="right", by="denoising and back-translation") < 0.1


def over_seeds(name, measure, setting, **where):
    """Values of one setting, by seed."""
    return [studies.value(row["found"], measure=measure, **where) for row in studies.read(name)["rows"]
            if row["setting"].items() >= setting.items()]


def test_what_the_lesson_says_of_registers():
    """In every seed: when is kept, and the sentiment of what is a sentence less often than a coin would keep it."""
    whole, when, sentiment = (over_seeds("unpaired_styles", measure, {"style": "register"}, by="denoising and back-translation")
                              for measure in ("a sentence", "keeps when", "keeps sentiment"))
    assert all(a / b > 0.95 for a, b in zip(when, whole)) and all(a / b < 0.5 for a, b in zip(sentiment, whole))


def test_what_the_lesson_says_of_wrong_models():
    """In every cipher: where neighbours are exchanged EM reads fewer types than the counts that it began with."""
    setting = {"difficulty": "neighbours exchanged"}
    counts, em, restarts = (over_seeds("unpaired_difficulties", "types", setting, by=by) for by in (
        "frequency match", "EM, shaped by frequency", "likeliest restart"))
    assert all(b < a and c < a for a, b, c in zip(counts, em, restarts))


def test_what_the_lesson_says_of_dictionaries():
    """In every cipher: a network of whole sentences says more than the dictionary of EM that it began with, word by word."""
    setting = {"difficulty": difficulties.EASIEST}
    words = over_seeds("unpaired_difficulties", "right", setting, by="EM, shaped by frequency")
    network_says = over_seeds("unpaired_difficulties", "right", setting, by="network", start="EM")
    assert all(b > a for a, b in zip(words, network_says))
    many, alone = (over_seeds("unpaired_languages", "valid", {"languages": "zh-en"}, by=by) for by in (
        "and 1,000 pairs", "1,000 pairs alone"))
    assert all(a > b for a, b in zip(many, alone)) and (1 - np.mean(alone)) > 1.5 * (1 - np.mean(many))


def test_what_the_lesson_says_of_pairs_alone():
    """In every seed: a register with the heaps beside 100 pairs is far ahead of the pairs alone."""
    register = {"style": "register"}
    alone = over_seeds("unpaired_beside", "right", register | {"what": "alone"}, by=unpaired_beside.TENDED_PAIRS)
    styled = over_seeds("unpaired_beside", "right", register | {"what": "noise"}, by=unpaired_beside.STYLED_PAIRS)
    any_word = over_seeds("unpaired_styles", "right", register, by="and 100 pairs")
    assert all(min(with_heaps) > few + 0.2 for few, *with_heaps in zip(alone, styled, any_word, strict=True))


def test_what_the_lesson_says_of_search_and_model():
    """Signs in every cipher, but for two names: there four readings are likelier than the truth, and one is not."""
    ahead = {name: over_seeds("unpaired_beside", "nats ahead", {"difficulty": name, "what": "EM"}, by="EM, from the truth")
             for name in difficulties.CHANGES}
    assert all(max(ahead[name]) < 0 for name in ("other names", "neighbours exchanged", "words in parts"))
    assert all(min(ahead[name]) > 0 for name in ahead if "left out" in name)
    assert sorted(nats > 0 for nats in ahead["two names"]) == [False] * 4 + [True] and 0.2 < max(ahead["two names"]) < 0.25
    assert all(abs(nats) < 0.05 for nats in sorted(ahead["two names"])[:4]), "a little"


def test_what_the_lesson_says_of_a_dictionary_of_few_pairs():
    """Of types four in five with two names, nearly all elsewhere; sentences of a network with it, three in five."""
    types = {name: np.mean(over_seeds("unpaired_beside", "types", {"difficulty": name, "what": "alone"},
                                      by=unpaired_beside.BY_FEW)) for name in difficulties.CHANGES}
    assert 0.75 < types.pop("two names") < 0.85 and min(types.values()) > 0.9
    names = {"difficulty": "two names"}
    said = over_seeds("unpaired_beside", "right", names | {"what": "dictionary"}, by="network", start=unpaired_beside.BY_FEW)
    by_pairs = over_seeds("unpaired_difficulties", "right", names, by="network", start="pairs")
    assert 0.55 < np.mean(said) < 0.65 and np.mean(said) < np.mean(by_pairs)
