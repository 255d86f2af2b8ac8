"""Lesson 18 on documents: worlds with known topics, exact likelihoods, measures of topics; the last part plants the traps."""
import itertools
import math
from collections import Counter

import pytest
import torch

from gensq_course import studies
from gensq_course.lessons.topics_and_tastes import pictures
from gensq_course.studies import topic_models
from gensq_course.studies import topics as recorded
from gensq_lib.diagnostics import quadrature, topics
from gensq_lib.ground.errors import GensqError
from gensq_lib.maths.divergences import kl, log_prob, reparameterize
from gensq_lib.maths.objectives import elbo_terms, evaluating, iwae
from gensq_lib.models.bags import DECODERS, OF_TOPICS, BagVAE, laplace_approximation
from gensq_lib.models.topics import DirichletTopics
from gensq_lib.text import corpora, grammar
from gensq_lib.text.corpora import documents as corpus
from gensq_lib.text.grammar.expected import expected_words, given
from gensq_lib.training.bags import train_bags
from gensq_lib.training.topics import fit_lda, validation_elbo


def noise(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def village():
    return corpora.load_documents("village", seed=0, num_train=300)


def small_world(num: int = 40, *, topics: int = 3, words: int = 12):
    """Counts, and a model of them with known topics."""
    rows = torch.distributions.Dirichlet(torch.full((words,), 0.3))
    with torch.random.fork_rng():
        torch.manual_seed(0)
        known = rows.sample((topics,))
        counts = torch.randint(0, 3, (num, words)).float()
    counts[:, 0] += 1
    return counts, DirichletTopics(topics=known / known.sum(-1, keepdim=True), alpha=0.4)


# Worlds

def test_expected_words_are_those_of_all_sentences():
    """The village can be counted."""
    g = grammar.shipped("village")
    found = expected_words([given(g, "topic", value) for value in g.attributes["topic"]], "en")
    for k, value in enumerate(g.attributes["topic"]):
        counts, mass = Counter(), 0.0
        for derivation in g.derivations():
            if derivation.attributes["topic"] == value:
                p = math.exp(derivation.log_prob)
                mass += p
                counts.update({word: p * num for word, num in Counter(derivation.words()).items()})
        for word, times in counts.items():
            assert found[word][k].item() == pytest.approx(times / mass, rel=1e-9), (value, word)


def test_a_value_that_is_none_is_refused():
    with pytest.raises(GensqError, match='did you mean "topic kitchen"'):
        given(grammar.shipped("village"), "topic", "kitchn")


def test_documents_are_the_same_for_a_seed_and_say_what_is_true(village):
    again = corpora.load_documents("village", seed=0, num_train=300)
    assert torch.equal(village.train, again.train) and village.fingerprint == again.fingerprint
    other = corpora.load_documents("village", seed=1, num_train=300)
    assert not torch.equal(village.test, other.test)
    assert village.known.names == ("kitchen", "garden", "school", "harbour") and len(village.train) == 300
    torch.testing.assert_close(village.known.topics.sum(-1), torch.ones(4))
    torch.testing.assert_close(village.known.shares["test"].sum(-1), torch.ones(len(village.test)))
    assert set(village.train.sum(-1).tolist()) <= set(map(float, range(10, 71)))
    assert "4 topics, known: kitchen, garden" in str(village)


def test_word_frequencies_are_those_of_the_documents():
    """Of one topic: 20,000 words."""
    drawn = corpora.load_documents("village", seed=0, num_train=2_000, alpha=0.001)
    first = drawn.known.shares["train"][:, 0] > 0.99
    seen = drawn.train[first].sum(0)
    assert topics.shared_probability((seen / seen.sum())[None], drawn.known.topics[:1]).item() > 0.97


def test_documents_of_whole_sentences_have_the_same_words():
    drawn = corpora.load_documents("village", seed=0, num_train=1_500, whole=True, alpha=0.001)
    first = drawn.known.shares["train"][:, 0] > 0.99
    seen = drawn.train[first].sum(0)
    assert drawn.known.whole and topics.shared_probability((seen / seen.sum())[None], drawn.known.topics[:1]).item() > 0.97


@pytest.mark.parametrize("how, words", [({"num_topics": 9}, "2 to 4 topics"), ({"alpha": 0.0}, "alpha above 0"),
                                        ({"length": 2}, "4 words or more"), ({"num_topics": 1}, "2 to 4 topics")])
def test_worlds_that_cannot_be_are_refused(how, words):
    with pytest.raises(GensqError, match=words):
        corpora.load_documents("village", **how)


def test_documents_of_a_reader(tmp_path):
    lines = [f"The {'cat dog bird'.split()[i % 3]} number {i} saw "
             + " ".join(f"w{chr(97 + (7 * i + 11 * j) % 26)}{chr(97 + i * j % 3)}" for j in range(1, 12)) for i in range(300)]
    (tmp_path / "d.txt").write_text("\n".join(lines), "utf-8")
    read = corpora.load_documents(f"file:{tmp_path / 'd.txt'}")
    assert read.known is None and len(read.train) > 200 and "the" not in read.words
    assert (read.train.sum(-1) > 0).all() and not read.titles and "not in the vocabulary" in str(read)
    (tmp_path / "few.txt").write_text("\n".join(f"a b {i}" for i in range(300)), "utf-8")
    with pytest.raises(GensqError, match="documents with 20 words"):
        corpora.load_documents(f"file:{tmp_path / 'few.txt'}")


# Models

@pytest.mark.parametrize("decoder", DECODERS)
@pytest.mark.parametrize("reading", ["unit", "log"])
def test_a_bag_vae_is_a_distribution_and_a_document_does_not_depend_on_the_others(decoder, reading):
    torch.manual_seed(0)
    model = BagVAE(num_items=12, latent_dim=3, decoder=decoder, reading=reading, dropout=0.3, batch_norm=decoder in OF_TOPICS,
                   concentration=0.3 if decoder in OF_TOPICS else 0.0)
    counts, _ = small_world()
    with evaluating(model):
        topics.normalised(model.log_probs(torch.randn(5, 3)))
        torch.testing.assert_close(model.topics().sum(-1), torch.ones(3))
        alone = torch.cat([model.posterior(row[None]).mean for row in counts])
        torch.testing.assert_close(alone, model.posterior(counts).mean)
        assert model.posterior(torch.zeros(1, 12)).mean.isfinite().all(), "an empty bag"
        assert (iwae(model, counts, num_samples=50, generator=noise()).mean()
                > elbo_terms(model, counts, num_samples=50, generator=noise()).elbo.mean())


def test_no_bias_stands_in_front_of_a_batch_normalisation():
    """Its gradient is rounding noise, and Adam makes steps of it."""
    model = BagVAE(num_items=12, latent_dim=3, decoder="product", batch_norm=True)
    assert model.to_mean.bias is None and model.to_log_var.bias is None and model.decoder.bias is None
    assert not model.norm_mean.weight.requires_grad, "no learned scale"


def test_a_high_rate_finds_topics_in_steps_in_which_a_low_one_does_not(village, cut_off):
    """The claims of the lesson are about the world."""
    found = {}
    for rate in (1e-4, 5e-2):
        torch.manual_seed(0)
        model = BagVAE(num_items=len(village.words), latent_dim=4, decoder="mixture", concentration=0.3)
        train_bags(model, village.train, steps=250, seed=0, key={"test": "rates"}, learning_rate=rate)
        found[rate] = topics.matched(model.topics().detach(), village.known.topics).mean
    assert found[5e-2] > found[1e-4] + 0.1


def test_training_keeps_what_validation_likes_best(village, cut_off):
    torch.manual_seed(0)
    model = BagVAE(num_items=len(village.words), latent_dim=2)
    looks = iter([3.0, 1.0, 2.0])
    history = train_bags(model, village.train, steps=30, seed=0, key={"test": "looks"}, validate=lambda: next(looks), every=10)
    assert history["validation"] == [3.0, 1.0, 2.0]


@pytest.mark.parametrize("options", [{"decoder": "deeep"}, {"latent_dim": 0}, {"decoder": "mixture", "latent_dim": 1},
                                     {"reading": "counts"}])
def test_wrong_networks_are_refused(options):
    with pytest.raises(GensqError, match="expected"):
        BagVAE(**{"num_items": 12, **options})


def test_directions_are_no_shares():
    with pytest.raises(GensqError, match="no shares"):
        BagVAE(num_items=12).shares(torch.ones(1, 12))


def test_laplace():
    mean, variance = laplace_approximation(torch.ones(5))
    torch.testing.assert_close(variance, torch.full((5,), 1 - 1 / 5))
    assert mean.abs().max() == 0
    with pytest.raises(GensqError, match="above 0"):
        laplace_approximation(torch.tensor([1.0, 0.0]))


def test_dirichlets_are_drawn_from_a_generator():
    q, p = (torch.distributions.Dirichlet(torch.tensor([[0.2, 0.5, 2.0]]) + shift) for shift in (0.0, 0.5))
    draws = reparameterize(q, num_samples=20_000, generator=noise())
    assert torch.equal(draws, reparameterize(q, num_samples=20_000, generator=noise())) and (draws > 0).all()
    torch.testing.assert_close(draws.mean(0), q.mean, atol=0.01, rtol=0)
    estimate = (log_prob(q, draws) - log_prob(p, draws)).mean().item()
    assert estimate == pytest.approx(kl(q, p).item(), abs=0.05) and kl(q, p).shape == (1, 1)
    before = torch.random.get_rng_state()
    reparameterize(q, generator=noise())
    assert torch.equal(before, torch.random.get_rng_state()), "torch's own state is left alone"


def test_lda_chooses_by_validation_and_finds_a_village(village):
    model = fit_lda(village.train, village.valid, num_topics=4, seed=0, alphas=(0.1, 1.0), starts=2)
    assert model.alpha[0].item() == pytest.approx(0.1)
    assert topics.matched(model.topics(), village.known.topics).mean > 0.8
    assert validation_elbo(model, village.valid, seed=0) <= validation_elbo(topic_models.truth(village), village.valid, seed=0)


# log p(x), exactly

def brute(model, counts, points: int = 2_001):
    """Two topics, by a fine sum over the middle of equal pieces of theta_1; alpha of 1 or more has no singular ends."""
    theta = (torch.arange(points).double() + 0.5) / points
    a, b = model.alpha.double()
    density = torch.distributions.Beta(a, b).log_prob(theta) - math.log(points)
    shares = torch.stack([theta, 1 - theta], -1)
    return ((shares @ model.rows.double()).log() @ counts.double().T + density[:, None]).logsumexp(0)


def test_two_topics_by_a_fine_sum():
    counts, model = small_world(topics=2)
    model = DirichletTopics(topics=model.rows, alpha=1.5)
    torch.testing.assert_close(quadrature.exact_log_likelihood(model, counts).double(), brute(model, counts), atol=1e-3, rtol=0)


def test_the_rule_is_exact_for_moments():
    points, log_weights = quadrature.dirichlet_grid(torch.tensor([0.1, 0.4, 2.0]), 9)
    weights = log_weights.exp()
    assert weights.sum().item() == pytest.approx(1, abs=1e-6)
    total = 2.5
    assert (weights @ points.double()).tolist() == pytest.approx([0.1 / total, 0.4 / total, 2.0 / total], rel=1e-4)
    rising = [math.gamma(a + n) / math.gamma(a) for a, n in ((0.1, 2), (0.4, 3), (2.0, 4))]
    moment = math.prod(rising) / (math.gamma(total + 9) / math.gamma(total))
    assert (weights * (points.double() ** torch.tensor([2.0, 3.0, 4.0])).prod(-1)).sum().item() == pytest.approx(moment, rel=1e-3)


def test_all_documents_of_two_words_sum_to_one():
    """Over all sequences; of the mixture and of the networks."""
    _, known = small_world(topics=3, words=4)
    every = torch.stack([torch.bincount(torch.tensor(words), minlength=4).float()
                         for words in itertools.product(range(4), repeat=2)])
    torch.manual_seed(0)
    networks = [BagVAE(num_items=4, latent_dim=dims, decoder=kind, concentration=0.5 if kind in OF_TOPICS else 0.0).eval()
                for kind, dims in (("mixture", 3), ("product", 2), ("linear", 2), ("deep", 1))]
    for model in [known, *networks]:
        assert quadrature.exact_log_likelihood(model, every).exp().sum().item() == pytest.approx(1, abs=1e-4)


def test_bounds_are_below_and_twice_the_points_change_nothing(monkeypatch):
    counts, known = small_world()
    torch.manual_seed(0)
    model = BagVAE(num_items=12, latent_dim=3, decoder="product", concentration=0.1).eval()
    for each in (known, model):
        exact = quadrature.exact_log_likelihood(each, counts)
        with evaluating(each):
            bound = iwae(each, counts, num_samples=500, generator=noise())
        assert (exact - bound).mean() > -0.02 and (exact - bound).mean() < 0.5
    exact = quadrature.exact_log_likelihood(model, counts)
    points, log_weights = quadrature.gaussian_grid(model, points=240)
    with evaluating(model):
        finer = (log_weights[:, None] + model.log_probs(points).double() @ counts.double().T).logsumexp(0)
    torch.testing.assert_close(finer.float(), exact, atol=1e-3, rtol=0)


def test_too_many_dimensions_are_refused():
    counts, model = small_world(topics=4)
    with pytest.raises(GensqError, match="take a bound"):
        quadrature.exact_log_likelihood(model, counts)
    with pytest.raises(GensqError, match="take a bound"):
        quadrature.exact_log_likelihood(BagVAE(num_items=12, latent_dim=3), counts)


# Measures

def test_topics_are_matched_whatever_their_order():
    _, model = small_world()
    order = torch.tensor([2, 0, 1])
    found = topics.matched(model.rows[order], model.rows)
    assert found.mean == pytest.approx(1) and found.found == 3 and order[found.ours].tolist() == [0, 1, 2]
    twice = topics.matched(torch.cat([model.rows[:1], model.rows[:1], model.rows[1:2]]), model.rows)
    assert twice.mean < 0.99 and topics.num_distinct(model.rows[:1].expand(3, -1)) == 1
    with pytest.raises(GensqError, match="at least 3 topics"):
        topics.matched(model.rows[:2], model.rows)


def test_leading_topics_have_the_name_that_makes_most_agree():
    truth = torch.eye(3)[torch.tensor([0, 0, 1, 2, 2, 2])] * 0.8 + 0.2 / 3
    assert topics.leading_right(truth[:, [1, 2, 0]], truth) == 1
    assert topics.leading_right(torch.full((6, 3), 1 / 3) + torch.tensor([0.1, 0, 0]), truth) == pytest.approx(0.5)


def test_coherence_knows_its_ends():
    counts = torch.tensor([[1.0, 2.0, 0.0, 1.0], [1.0, 1.0, 0.0, 1.0], [0.0, 0.0, 1.0, 1.0], [0.0, 0.0, 1.0, 1.0]])
    npmi = topics.pair_npmi(counts, torch.arange(4))
    assert npmi[0, 1] == pytest.approx(1) and npmi[0, 2] == -1 and npmi[0, 3] == pytest.approx(0) and npmi[3, 3] == 1
    lists = torch.tensor([[0.5, 0.4, 0.1, 0.0], [0.5, 0.0, 0.4, 0.1]])
    together, apart = topics.coherence(lists, counts, num=2).tolist()
    assert together == pytest.approx(1) and apart == -1
    assert topics.coherence_v(lists, counts, num=2)[0] > topics.coherence_v(lists, counts, num=2)[1]


def test_halves_are_all_words_and_by_chance(village):
    first, second = topics.halves(village.test[:50], generator=noise())
    assert torch.equal(first + second, village.test[:50])
    assert (first.sum(-1) - second.sum(-1)).abs().max() <= 1 and not torch.equal(first, village.test[:50] // 2)


def test_scrambled_topics_are_worse_than_any(village):
    swapped = topics.scrambled(village.known.topics, generator=noise())
    assert topics.matched(swapped, village.known.topics).mean < 0.6
    assert topics.coherence(swapped, village.train).mean() < topics.coherence(village.known.topics, village.train).mean()


# Traps, planted

def eleven(found, num):
    """The "top 10" that takes 11: rank <= num, counted from 0."""
    return found.argsort(-1, descending=True)[..., : num + 1]


def test_ten_words_are_ten(village):
    def guard(words_of):
        assert words_of(village.known.topics, 10).shape[-1] == 10

    guard(topics.top_words)
    with pytest.raises(AssertionError):
        guard(eleven)


def in_training_mode(model, counts):
    return pictures.alone_in_training_mode(model, counts)


def in_evaluation(model, counts):
    with evaluating(model):
        return torch.cat([model.posterior(row[None]).mean for row in counts])


def test_two_documents_have_two_posteriors(village):
    torch.manual_seed(0)
    model = BagVAE(num_items=len(village.words), latent_dim=4, decoder="product", batch_norm=True)

    def guard(means_of):
        assert means_of(model, village.test[:5]).std(0).min() > 1e-4

    guard(in_evaluation)
    with pytest.raises(AssertionError):
        guard(in_training_mode)
    with pytest.raises(ValueError, match="more than 1 value"):
        model.train().posterior(village.test[:1])  # torch sees it


def test_probabilities_that_do_not_sum_to_one_are_refused():
    log_probs = torch.randn(3, 2_000).log_softmax(-1)
    topics.normalised(log_probs)
    with pytest.raises(GensqError, match="divide by the sum"):
        topics.normalised((log_probs.exp() + 1e-6).log())


def mean_of_documents(log_prob, counts):
    return (-(log_prob / counts.sum(-1)).mean()).exp().item()


def test_a_corpus_is_not_its_mean_document():
    counts, log_prob = torch.tensor([[1.0, 0.0], [5.0, 5.0]]), torch.tensor([-4.0, -10.0])

    def guard(of_corpus):
        assert of_corpus(log_prob, counts) == pytest.approx(math.exp(14 / 11), rel=1e-5)

    guard(lambda *given: topics.perplexities(*given).corpus)
    with pytest.raises(AssertionError):
        guard(mean_of_documents)
    assert topics.perplexities(log_prob, counts).per_document == pytest.approx(mean_of_documents(log_prob, counts))
    with pytest.raises(GensqError, match="leave empty documents out"):
        topics.perplexities(log_prob, counts * torch.tensor([[0.0], [1.0]]))


class Watched(corpus.Documents):
    """Documents that say when their test part is looked at."""

    looked = []

    def __getattribute__(self, name):
        if name == "test":
            Watched.looked.append(name)
        return super().__getattribute__(name)


def chosen_on_test(documents):
    """NVDM's development set: the first fifty test documents. ETM's validation perplexity: the test halves."""
    models = [fit_lda(documents.train, documents.test[:50], num_topics=4, seed=0, alphas=(alpha,), starts=1, rounds=1)
              for alpha in (0.1, 1.0)]
    return max(models, key=lambda model: validation_elbo(model, documents.test[:50], seed=0))


def test_nothing_is_chosen_on_test_documents(village):
    def guard(choose):
        documents = Watched(**vars(village))
        Watched.looked.clear()
        choose(documents)
        assert not Watched.looked

    guard(lambda documents: topic_models.lda(documents, num_topics=4, seed=0))
    with pytest.raises(AssertionError):
        guard(chosen_on_test)


def same_half(documents):
    """theta from the words that are then scored."""
    return documents, documents


def test_what_is_scored_was_not_read(village):
    def guard(split):
        seen, asked = split(village.test[:20])
        assert torch.equal(seen + asked, village.test[:20])

    guard(lambda counts: topics.halves(counts, generator=noise()))
    with pytest.raises(AssertionError):
        guard(same_half)


# Controls

def test_lists_with_own_words_first_leave_out_what_all_topics_have():
    known = torch.tensor([[0.6, 0.4, 0.0, 0.0], [0.6, 0.0, 0.3, 0.1]])
    found = topics.own_words_first(known)
    assert found.argmax(-1).tolist() == [1, 2] and (found[:, 0] == 0).all()
    assert torch.allclose(found.sum(-1), torch.ones(2))
    same = known[:1].expand(2, -1)
    assert torch.equal(topics.own_words_first(same), same), "equal topics have no words of their own"


def test_the_floor_is_what_nobody_reads_anything_for(village):
    floor = topic_models.floor(village)
    assert floor["bound"] == pytest.approx(-topic_models.unigram(village).mean().item())
    assert 1 / len(village.known.names) <= floor["leading topic"] < 0.6
    alike = pictures.shared_shares({"truth": topic_models.truth(village)}, village)
    assert alike["truth"].mean > alike["chance"].mean + 0.2 and alike["truth"].n == len(village.test)


def test_nats_behind_the_first_are_paired(village):
    best = topic_models.truth(village)
    worse = topic_models.DirichletTopics(topics=best.rows.roll(1, 1), alpha=0.1)
    found = topic_models.behind({"truth": best, "wrong words": worse}, village, seed=0)
    assert found["truth"].mean == 0 and found["wrong words"].mean > 0 and found["wrong words"].n == len(village.test)


def test_a_q_of_each_documents_own_is_between_the_encoders_and_the_exact():
    few = topic_models.few_topics(3, name="village", num_train=200)
    model = topic_models.trained(topic_models.RECIPES["mixture"], few, num_topics=3, seed=3, steps=60)
    found = topic_models.scores(model, few.test[:40], seed=0, exact=True)
    fitted = topic_models.refined_elbo(model, few.test[:40], seed=0).mean()
    assert found["ELBO"].mean() < fitted < found["exact"].mean()


def test_halves_that_are_asked_for_have_words(village):
    seen, asked = recorded.two_halves(village, 0)
    assert len(seen) == len(asked) and (seen.sum(-1) > 0).all() and (asked.sum(-1) > 0).all()
    assert recorded.completed(topic_models.truth(village), seen, asked).shape == (len(seen),)


# Recorded tables

def test_the_recorded_tables_are_whole():
    table = studies.read("topics")
    assert [row["setting"] for row in table["rows"]] == list(recorded.STUDY.settings)
    nats = studies.by(table["rows"], "model", measure="bound")
    assert min(nats, key=lambda name: nats[name].mean if name else math.inf) == "truth"
    exact = studies.by(table["rows"], "few", measure="exact")
    assert min(exact, key=lambda name: exact[name].mean if name else math.inf) == "truth"
    people = studies.read("topics_people")
    assert [row["setting"] for row in people["rows"]] == list(recorded.OF_ABSTRACTS.settings)
    assert len(studies.texts(people["rows"][0]["found"])) == 4 * recorded.OF_PEOPLE


def test_recorded_lists_have_ten_words():
    for record in studies.texts(studies.read("topics_people")["rows"][0]["found"]):
        assert len(record["value"].split()) == recorded.SHOWN


def test_names_of_documents():
    assert corpus.TOPIC == "topic" and corpora.kinds("scitldr") == ("summaries", "documents")


# What the lesson shows of its tables

def test_ranks_of_models_that_were_chosen_to_fail_say_little():
    """The trap: three bad models make two measures agree that order the good ones in opposite ways."""
    good, bad = {"a": (3, 8), "b": (4, 7), "c": (5, 6)}, {"d": (0, 0), "e": (1, 1), "f": (2, 2)}
    rows = [{"setting": {"seed": 0}, "seconds": 1.0, "found": [
        {"model": name, "measure": measure, "value": value} for name, pair in {**good, **bad}.items()
        for measure, value in zip(("NPMI", "shared"), pair, strict=True)]}]
    assert pictures.rank_agreement(rows, "NPMI", "shared", names=list(good)) == pytest.approx([-1])
    assert pictures.rank_agreement(rows, "NPMI", "shared", names=[*good, *bad])[0] > 0.7


def test_one_list_for_all_topics_is_a_floor_with_a_number():
    documents = corpora.load_documents("village", num_train=200)
    num = len(documents.known.names)
    floor = pictures.floor(documents, num)
    alike = topic_models.frequencies(documents)
    shared = [torch.minimum(alike, topic).sum().item() for topic in documents.known.topics]
    assert floor["distinct"] == 1 and floor["shared"] == pytest.approx(sum(shared) / num, abs=1e-5)


def test_what_comes_back_is_the_elbo_less_the_fitted_one():
    found = [{"few": "product", "measure": measure, "value": value}
             for measure, value in {"ELBO": 208.0, "exact": 207.0, "fitted": 207.75}.items()]
    row = pictures.lost_by_elbo([{"setting": {"seed": s}, "seconds": 1.0, "found": found} for s in (0, 1)], ["product"])
    assert "1.000" in repr(row) and "0.250" in repr(row)
