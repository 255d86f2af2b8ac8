"""What lesson 19's second tables add: tag words, orders whose answers are new, noise undone, the bound with more draws."""
from functools import cache

import pytest
import torch

from gensq_course import studies
from gensq_course.studies import family_checks, family_more, family_tables
from gensq_course.studies.families import Place, exact, fitted
from gensq_course.studies.family_measures import DRAWS, Reader, controlled, read_by, samples
from gensq_course.studies.family_told import TAGGED, TAGS, UNKNOWN, AfterTags, Told, tagged
from gensq_course.studies.players import Order, Player
from gensq_lib.ground import runtime
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.text.batching import collate
from gensq_lib.text.vocab import Vocab

PLACE = Place(0)
KNOWN = [order for _, order in PLACE.labelled]


@cache
def untrained():
    """Tags and sentences, before it learnt anything."""
    torch.manual_seed(0)
    tags = (word for order in (*KNOWN, UNKNOWN) for word in tagged(order))
    vocab = Vocab([*PLACE.vocab.words[len(Vocab.SPECIALS):], *tags])
    return Told(model=LanguageModel(vocab_size=len(vocab), embed_dim=8, hidden_dim=8).eval(), vocab=vocab, orders=KNOWN)


def test_a_tag_is_no_word_and_is_never_said():
    assert tagged(Order("kitchen", "past"), ("a", ".")) == ("<kitchen>", "<past>", "a", ".")
    assert not {word for order in (*KNOWN, UNKNOWN) for word in tagged(order)} & set(PLACE.vocab.words)
    said = untrained().say(200, generator=runtime.generator(0))
    assert not [word for sentence in said for word in sentence if word.startswith("<")]


def first_word(player, order):
    """log p of each first word behind the tags, as sentences are scored."""
    ids = player.vocab.encode(tagged(order)) + [0]
    rows = [ids[:2] + [i] for i in range(len(player.vocab.SPECIALS), len(player.vocab))]
    return player.model.token_log_likelihood(collate(rows))[:, 2]


def test_what_is_said_behind_tags_has_the_probability_that_is_scored():
    player, order = untrained(), KNOWN[0]
    z = torch.tensor([player.vocab.encode(tagged(order))]).float()
    model = AfterTags(model=player.model)
    log_p, _ = model.step(torch.tensor([Vocab.BOS]), model.start(z, 1))
    assert torch.allclose(log_p[0, len(Vocab.SPECIALS):], first_word(player, order), atol=1e-5)
    turned = model.step(torch.tensor([Vocab.BOS]), model.start(z.flip(1), 1))[0]
    assert not torch.allclose(log_p, turned, atol=1e-5), "the tags are heard, and in their order"


def test_a_told_player_is_a_mixture_of_its_orders():
    player, some = untrained(), PLACE.text.test[:20]
    shares = {order: KNOWN.count(order) / len(KNOWN) for order in set(KNOWN)}
    summed = sum(share * player.log_given(order, some).exp() for order, share in shares.items())
    assert torch.allclose(player.log_q(some).exp(), summed, rtol=1e-4)


def test_sentences_without_a_label_are_tagged_as_the_way_says():
    reader, some = Reader(PLACE.labelled), PLACE.text.test[:200]
    assert reader.guess([]) == []  # where every sentence is labelled
    assert TAGS["unknown"](reader, some) == [UNKNOWN] * 200 and TAGGED in TAGS
    truth = [studies_order(sentence) for sentence in some]
    right = sum(a == b for a, b in zip(TAGS["guessed"](reader, some), truth, strict=True)) / 200
    assert right > 0.6, "by chance about one in twelve"


def studies_order(sentence):
    return Order(*(PLACE.text.grammar.parse(sentence).attributes[part] for part in Order._fields))


class Fixed(Player):
    """Meets every order, always with the same sentence for it."""

    def __init__(self, sentences):
        super().__init__()
        self.of = {studies_order(sentence): sentence for sentence in sentences}

    def say(self, num, *, generator, temperature=1.0):
        return [next(iter(self.of.values()))] * num

    def log_q(self, sentences, *, temperature=1.0):
        return torch.zeros(len(sentences))

    def told(self, orders, labelled, draws, *, generator):
        return [self.of[order] for order in orders for _ in range(draws)]


def orders_met(player):
    return {(r["draws"], r["measure"]): r["value"] for r in controlled(player, PLACE)}


def test_to_obey_with_twelve_sentences_is_seen_and_to_obey_with_read_ones_too():
    unread = [sentence for sentence in PLACE.text.test if sentence not in read_by(PLACE)]
    same, parrot = orders_met(Fixed(unread)), orders_met(fitted("replay", PLACE))
    for draws in DRAWS:
        assert same[draws, "obeyed"] == 1 and same[draws, "order_distinct"] == same[draws, "order_discovered"] == 12 / 192
        assert parrot[draws, "obeyed"] == 1 and parrot[draws, "order_discovered"] == 0 < parrot[draws, "order_distinct"]


def test_a_clean_copy_of_a_spoilt_training_sentence_is_not_new():
    dirty = Place(0, noise="typo", share=0.3)
    clean = list(dirty.text.train[:300])
    found = samples(clean, exact(dirty, clean), dirty)
    assert found["copied"] == 1 and found["new"] == found["discovered"] == 0
    assert len(set(clean) - set(dirty.sentences)) > 100, "read = spoilt alone would call these new"


STUDIES = [family_more.MORE, family_more.ORDERS, family_more.WAYS_TO_TAG, family_checks.COUNTED, family_checks.BOUND]


@pytest.mark.parametrize("study", STUDIES, ids=lambda study: study.name)
def test_a_recorded_table_has_the_rows_of_its_study_and_no_seed_of_the_search(study):
    rows = studies.read(study.name)["rows"]
    assert [row["setting"] for row in rows] == list(study.settings)
    assert (family_tables.TUNED_ON in {row["setting"]["seed"] for row in rows}) == (study is family_more.WAYS_TO_TAG)


def test_the_parts_of_the_game_are_those_of_the_recorded_gan():
    parts = family_more.game_parts()
    steps = studies.by(studies.read("families")["rows"], "family", measure="steps")
    assert sum(parts.values()) == steps["GAN"].mean and parts["rounds"] < parts["likelihood_steps"]
    more = studies.by(studies.read("families_more")["rows"], "family", "measure", temperature=None, draws=None)
    assert more[family_more.NO_GAME, "steps"].mean == parts["likelihood_steps"]
    assert {name: more["GAN", name].mean for name in parts} == parts


def test_orders_were_given_as_in_the_first_table():
    """The same players, trained once more: a share of orders that were met may differ by what another machine rounds."""
    seeds = [setting["seed"] for setting in family_more.ORDERS.settings]
    old, new = (studies.by([row for row in studies.read(name)["rows"] if row["setting"]["seed"] in seeds], "family", "draws",
                           measure="obeyed") for name in ("families", "families_orders"))
    for family in family_more.ORDERED:
        for draws in DRAWS:
            assert new[family, draws].mean == pytest.approx(old[family, draws].mean, abs=0.05)


def test_the_way_to_tag_is_the_best_of_the_search():
    found = studies.by(studies.read("families_told")["rows"], "way", measure="obeyed", draws=1)
    assert TAGGED == max(found, key=lambda way: found[way].mean)


def test_the_bound_rises_with_draws():
    """In the mean: of one seed each bound is a draw, too."""
    gap = studies.by(studies.read("families_bound")["rows"], "draws", measure="gap")
    few, more, many = (gap[draws].mean for draws in family_checks.DRAWS_OF_Z)
    assert few > more > many > 0


def test_the_grammar_is_never_wrong_in_noise_and_a_parrot_finds_nothing():
    found = studies.by(studies.read("families_noise_counts")["rows"], "family", "measure")
    assert found["world", "valid"].mean == 1 and found["replay", "discovered"].mean == 0 == found["replay", "new"].mean


def test_a_true_count_in_noise_is_no_larger_than_one_that_forgets_the_clean_sentences():
    """The same players, trained once more, so within what another machine rounds."""
    old, new = (studies.by(studies.read(name)["rows"], "family", "kind", "share", measure="discovered")
                for name in ("families_noise", "families_noise_counts"))
    assert all(new[key].mean < old[key].mean + 0.02 for key in old)
    assert new["n-gram", "typo", 0.3].mean < old["n-gram", "typo", 0.3].mean - 0.05, "here it matters"
