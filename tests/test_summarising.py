"""Summaries: documents with summaries, ROUGE, facts, sentences of a given length, who summarises; and their traps."""
import json
import math
from dataclasses import replace
from itertools import permutations

import pytest
import torch
from test_labelled import served

from gensq_course import studies
from gensq_course.lessons.summarisation import pictures, scoring, study_people, writing
from gensq_course.studies import compressing, extracts, summarisation, summarising
from gensq_lib.diagnostics.facts import headline_facts
from gensq_lib.diagnostics.summaries import Rouge, checked
from gensq_lib.ground.errors import GensqError
from gensq_lib.text import corpora, grammar
from gensq_lib.text.corpora import summaries
from gensq_lib.text.decoding import beam, greedy
from gensq_lib.text.lengths import OfLength
from gensq_lib.text.pairs import collate_pairs, collate_prompts
from gensq_lib.text.vocab import Vocab
from test_reports import FIRE, MATCH


def noise(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def bench():
    return summarising.prepared(0, num_train=300, num_test=24, hidden_dim=8)


@pytest.fixture(scope="module")
def said(bench):
    return summarising.without_models(bench, generator=noise())


# Corpora

def test_reports_are_documents_with_known_summaries(bench):
    text = corpora.load_summaries("reports", num_train=50)
    assert len(text.train) == 50 and text.conditions == {"length": ("short", "long")} and text.repeated == 0
    for pair in bench.test:
        assert math.fsum(text.targets(pair).values()) == pytest.approx(1) and pair.target in text.targets(pair)


def paper(i, part):
    several = [f"We count {i} cats of {part}.", f"Cats number {i} in {part} are counted."]
    return json.dumps({"source": [f"The cat {i} of {part} sleeps.", "It is counted, e.g. by us.", "Nothing else happens."],
                       "target": several if part != "train" else several[:1], "title": f"Cat {i} of {part}", "paper_id": str(i)})


def test_scitldr(monkeypatch, tmp_path):
    files = [served(monkeypatch, tmp_path, f"scitldr/{part}.jsonl", "\n".join(paper(i, part) for i in range(num)))
             for part, num in (("train", 120), ("dev", 20), ("test", 20))]
    monkeypatch.setattr(summaries, "SCITLDR", tuple(files))
    summaries._papers.cache_clear()
    text = corpora.load_summaries("scitldr")
    assert (len(text.train), len(text.valid), len(text.test)) == (120, 40, 40) and text.repeated == 0
    bench = summarising.prepared(0, name="scitldr", num_train=100, num_test=10, hidden_dim=8)
    assert len({pair.source for pair in bench.test}) == 10
    assert set(map(len, summarising.references(bench.test, bench.text))) == {2}
    first = bench.test[0]
    assert [bench.text.show_source(s) for s in summaries.sentences(first.source)][1] == "It is counted, e.g. by us."
    assert bench.text.show_target(bench.text.titles[first.source]).startswith("Cat ")
    found = summarising.table(summarising.without_models(bench, generator=noise()), bench)
    assert found["oracle extract"]["ROUGE-1"] >= found["lead words"]["ROUGE-1"] and "faithful" not in found["the title"]
    assert found["best sentence (oracle)"]["ROUGE-1"] >= found["first sentence"]["ROUGE-1"] - 1e-9
    summaries._papers.cache_clear()


def test_documents_of_a_readers_own_may_be_long(tmp_path):
    path = tmp_path / "own.tsv"
    lines = [f"{'A long story goes on . ' * 30}Number {i} ends it .\tStory {i} ends" for i in range(200)]
    path.write_text("\n".join(lines), "utf-8")
    text = corpora.load_summaries(f"pairs:{path}")
    assert max(len(pair.source) for pair in text.train) > 100 and len(summaries.sentences(text.train[0].source)) == 31
    with pytest.raises(GensqError, match="too long"):
        corpora.load_dialogues(f"pairs:{path}")


# ROUGE

def test_rouge_of_known_texts():
    found = Rouge().means(["fire in museum"], [["four hurt in museum fire"]])
    assert found == pytest.approx({"ROUGE-1": 75.0, "ROUGE-2": 100 / 3, "ROUGE-L": 50.0})


def test_several_references_take_the_best_and_lines_are_sentences():
    rouge = Rouge()
    assert rouge.means(["a b"], [["c d", "a b"]])["ROUGE-1"] == 100
    assert rouge.means(["a b\nc d"], [["c d\na b"]])["ROUGE-L"] == 100
    assert rouge.means(["a b c d"], [["c d a b"]])["ROUGE-L"] == 50


def test_what_a_summary_is_held_against_is_asked_for():
    for wrong in (["a b"], [], [[]], [["a"], ["b"]]):
        with pytest.raises(GensqError, match="a list of one reference or more"):
            Rouge().each(["a b"], wrong)


def test_stemming_is_stated():
    """Trap: its default differs from wrapper to wrapper."""
    said, references = ["the shop opens"], [["a shop opened"]]
    plain, stemmed = Rouge(), Rouge(stem=True)
    assert "stemming: off" in plain.signature and "stemming: on" in stemmed.signature
    assert plain.means(said, references)["ROUGE-1"] < stemmed.means(said, references)["ROUGE-1"]


def test_chinese_does_not_vanish():
    """Trap: the usual tokens are a-z and 0-9."""
    same = ["博物馆着火。"]
    assert Rouge("zh").means(same, [same])["ROUGE-1"] == 100 and Rouge().means(same, [same])["ROUGE-1"] == 0


def test_own_chinese_summaries_are_scored_by_characters(bench):
    chinese = replace(bench.text, show_target=lambda sentence: "博物馆着火")
    assert summarising.rouge_of(chinese) == Rouge("zh") and summarising.rouge_of(bench.text) == Rouge()


def test_a_longest_subsequence_above_what_is_shared_is_refused():
    """Trap: one of the two with stemming, the other without."""
    said, references = ["the shop opens today"], [["shops open today"]]
    mixed = {"ROUGE-1": Rouge().each(said, references)["ROUGE-1"], "ROUGE-L": Rouge(stem=True).each(said, references)["ROUGE-L"]}
    assert checked(Rouge().each(said, references))
    with pytest.raises(GensqError, match="ROUGE-L of at most ROUGE-1"):
        checked(mixed)


def against_the_documents(said, bench):
    """The wrong one: no references, so the documents must do."""
    return Rouge().means(list(map(bench.text.show_target, said)), [[bench.text.show_source(p.source)] for p in bench.test])


def test_rouge_against_the_documents_likes_copies(bench, said):
    """Trap: then nobody is better than who summarises nothing."""
    documents = [pair.source for pair in bench.test]
    assert against_the_documents(documents, bench)["ROUGE-1"] == pytest.approx(100)
    assert against_the_documents(said["perfect writer"], bench)["ROUGE-1"] < 40
    assert summarising.measured(documents, bench.test, bench.text)["ROUGE-1"] < summarising.measured(
        said["perfect writer"], bench.test, bench.text)["ROUGE-1"]


# Equal lengths

EQUAL = ("random words", "lead words", "surprising words", "tagger", "oracle extract")


def test_everybody_writes_as_many_words(bench, said):
    lengths = summarising.lengths_of(bench.test)
    for name in EQUAL:
        assert [len(summarising.words_in(summary)) for summary in said[name]] == lengths, name


def with_points(scores, source, length):
    """The wrong one: points and commas are words, so whoever keeps them writes less."""
    chosen = sorted(sorted(range(len(source)), key=lambda i: -scores[i])[:length])
    return tuple(source[i] for i in chosen)


def test_unequal_lengths_are_seen(bench):
    """Trap: systems at different compression."""
    first = bench.test[0]
    early = summarising.early(first)
    assert len(summarising.words_in(extracts.best_words(early, first.source, 20))) == 20
    assert len(summarising.words_in(with_points(early, first.source, 20))) < 20
    floors = [summarising.floor([p.source[:k] for p in bench.test], bench.test, bench.text, generator=noise())["ROUGE-1"]
              for k in (3, 12)]
    assert floors[0] < floors[1], "chance grows with length"


@pytest.mark.parametrize("length", [1, 4, 9])
def test_a_decoder_ends_where_it_is_told(bench, length):
    model, prompts = bench.seq2seq(steps=2).eval(), summarising.translating.prompts_of(bench.test, bench.text)
    counts, num = torch.ones(len(bench.text.target_vocab), dtype=torch.long), len(bench.test)
    counts[Vocab.BOS] = 0
    ending = OfLength(model.answering(prompts), torch.full((num,), length), counts)
    for found in (greedy(ending, num=num, max_length=40), beam(ending, num=num, width=3, max_length=40)):
        assert set(map(len, found.sentences(bench.text.target_vocab))) == {length}
    assert summarising.counted(Vocab(["fire", ":"])).tolist() == [0, 0, 0, 0, 1, 0], "points and commas are free"
    with pytest.raises(GensqError, match="a length for each of"):
        OfLength(model.answering(prompts), torch.tensor([3]), counts).start(None, num)


def test_what_it_writes_keeps_its_probability(bench):
    """The log-probability of a sentence of its own length is that of the model."""
    model, prompts = bench.seq2seq(steps=2).eval(), summarising.translating.prompts_of(bench.test[:1], bench.text)
    own = greedy(model.answering(prompts), num=1, max_length=30)
    words = own.sentences(bench.text.target_vocab)[0]
    counts = torch.ones(len(bench.text.target_vocab), dtype=torch.long)
    counts[Vocab.BOS] = 0
    again = greedy(OfLength(model.answering(prompts), torch.tensor([len(words)]), counts), num=1, max_length=31)
    assert again.sentences(bench.text.target_vocab)[0] == words


# Facts

@pytest.fixture(scope="module")
def reports():
    return grammar.shipped("reports")


@pytest.mark.parametrize("written, right, wrong, headline", [
    ("Fire in museum", ("event", "building"), (), True),
    ("Four hurt in museum fire", ("event", "outcome", "count", "building"), (), True),
    ("All safe after museum fire", ("event", "building"), ("outcome",), True),
    ("Fire in bakery", ("event",), ("building",), True),
    ("Museum Saturday evening", ("building", "day", "daytime"), (), False),
    ("Museum on Sunday", ("building",), ("day",), False),
    ("the smoke", (), (), False)])
def test_facts_of_a_summary(reports, written, right, wrong, headline):
    found = headline_facts(reports.read(written), reports.read(FIRE), reports)
    assert (set(found.right), found.wrong, found.headline) == (set(right), wrong, headline)
    assert found.faithful == (headline and not wrong)
    meaning = reports.understood(reports.read(FIRE))
    assert {*found.right, *found.wrong, *found.missing} >= {*meaning.values, *meaning.cells}


def test_words_that_are_put_together_can_say_what_nobody_said(reports):
    """Of the report only "two to one" stands there."""
    assert headline_facts(reports.read("Linden one to nil"), reports.read(MATCH), reports).wrong == ("score",)
    assert headline_facts(reports.read("Linden two to one"), reports.read(MATCH), reports).wrong == ()


def test_writers_are_what_they_are_called(bench, said):
    found = {name: summarising.by_facts(summarising.facts(some, bench.test, bench.text)) for name, some in said.items()}
    assert found["perfect writer"]["faithful"] == 1 and found["a near miss"]["faithful"] == 0
    assert found["a near miss"]["headline"] == 1 and found["lead words"]["wrong fact"] == 0
    for miss, pair in zip(said["a near miss"], bench.test, strict=True):
        assert len(headline_facts(miss, pair.source, bench.text.grammar).wrong) == 1


def test_no_extract_shares_more_words_than_the_oracle(bench, said):
    table = summarising.table({name: said[name] for name in EQUAL}, bench)
    assert max(table, key=lambda name: table[name]["ROUGE-1"]) == "oracle extract"


# By hand once, imported ever after

def test_rouge_l_of_the_exercise_is_the_library():
    draw = noise(3)
    for _ in range(20):
        said, reference = (torch.randint(5, (int(torch.randint(1, 9, (), generator=draw)),), generator=draw) for _ in range(2))
        texts = [" ".join(f"w{i}" for i in each.tolist()) for each in (said, reference)]
        theirs = Rouge().each(texts[:1], [texts[1:]])["ROUGE-L"][0]
        assert 100 * scoring.rouge_l(torch.tensor(1.0), said, reference).item() == pytest.approx(theirs, abs=1e-4)


def without_floor(gate, log_vocab, weights, same):
    """The wrong one."""
    g = gate.sigmoid()
    return -(g * log_vocab.exp() + (1 - g) * (weights * same).sum(-1)).log()


@pytest.mark.parametrize("loss, fine", [(writing.copy_loss, True), (without_floor, False)], ids=["floor", "none"])
def test_a_word_that_cannot_be_written_does_not_end_the_training(loss, fine):
    """Trap: -log(gold_prob) as it comes."""
    gate = torch.tensor([200.0, 0.0], requires_grad=True)
    found = loss(gate, torch.tensor([-400.0, -1.0]), torch.tensor([[0.5, 0.5]] * 2), torch.tensor([[True, False]] * 2)).sum()
    found.backward()
    assert bool(found.isfinite() and gate.grad.isfinite().all()) == fine


def test_the_library_has_a_floor(bench):
    model = bench.seq2seq(steps=2).eval()
    with torch.no_grad():
        model.to_gate.weight.zero_()
        model.to_gate.bias.fill_(-1e4)  # it would only copy, and a headline has words that its report has not
    batch = collate_pairs(bench.text.encoded(bench.test))
    assert model.log_likelihood(batch).isfinite().all()
    torch.testing.assert_close(model.copies(batch), torch.ones_like(model.copies(batch)))


# Compression

def test_places_are_drawn_without_replacement():
    """By the probabilities that are returned: over all orders they add up to 1."""
    scores = torch.tensor([[0.3, -1.0, 1.2, -torch.inf]])
    places, log_q = compressing.drawn(scores.expand(20_000, -1), torch.full((20_000,), 2), generator=noise())
    seen = {}
    for order, log_p in zip(map(tuple, places.tolist()), log_q.tolist(), strict=True):
        seen.setdefault(order, [0, log_p])[0] += 1
    assert set(seen) == set(permutations(range(3), 2)) and sum(math.exp(log_p) for _, log_p in seen.values()) == pytest.approx(1)
    assert all(count / 20_000 == pytest.approx(math.exp(log_p), abs=0.02) for count, log_p in seen.values())


def test_a_compression_keeps_the_order_of_the_document():
    prompts = collate_prompts([[7, 8, 9], [5, 6]], [(), ()])
    assert compressing.compressions(prompts, torch.tensor([[2, 0], [1, -1]])) == [[7, 9], [6]]


def test_the_bound_is_tight_for_the_posterior_and_below_for_others():
    log_prior, log_document = torch.tensor([0.5, 0.3, 0.2]).log(), torch.tensor([-1.0, -4.0, -2.0])
    log_x = (log_prior + log_document).logsumexp(0)
    for log_q, tight in ((log_prior + log_document - log_x, True), (torch.full((3,), 1 / 3).log(), False)):
        every = log_q.exp()
        exact = (every * (log_document + log_prior - log_q)).sum()
        assert (exact.item() == pytest.approx(log_x.item(), abs=1e-5)) == tight and exact <= log_x + 1e-5
        wrong = (every * (log_document + log_prior + log_q)).sum()
        assert wrong < exact, "the entropy with its sign turned"


def test_a_compressor_learns_what_tells_most(bench):
    """Two steps: it runs, and scores points at minus infinity."""
    back = compressing.reconstructor(bench, steps=2)
    model = compressing.trained_compressor(bench, back, steps=2, prior_weight=1.0)
    lengths = summarising.lengths_of(bench.test)
    found = compressing.compressed(model, bench.test, lengths, bench)
    assert [len(summarising.words_in(summary)) for summary in found] == lengths == list(map(len, found))


# Recorded tables

def test_the_recorded_table_is_whole():
    recorded = studies.read("summarisation")
    assert [row["setting"] for row in recorded["rows"]] == list(summarisation.STUDY.settings)
    found = {key[1:]: mean for key, mean in studies.by(recorded["rows"], "length", "said_by", "measure").items() if not key[0]}
    assert found["copying", "faithful"].mean >= 0.9
    assert found["random words", "ROUGE-1"].mean < found["lead words", "ROUGE-1"].mean
    lived = studies.read("summarisation_people")["rows"]
    assert [row["setting"] for row in lived] == list(study_people.STUDY.settings)
    assert all(len(studies.texts(row["found"])) == study_people.SHOWN for row in lived)
    for row in lived:
        less, low, high = (studies.value(row["found"], said_by="the title", measure=name) for name in study_people.AHEAD)
        own = [studies.value(row["found"], said_by=name, measure="ROUGE-1") for name in ("the title", study_people.OURS)]
        assert low < less < high and less == pytest.approx(own[0] - own[1], abs=1e-6)


def test_where_no_fact_is_known_a_trial_is_of_rouge_alone(bench, said):
    """Abstracts have no grammar; the differences by ROUGE are the same with and without it."""
    ours, theirs, unknown = said["lead words"], said["random words"], replace(bench.text, grammar=None, test=bench.test)
    found = summarising.trial(ours, theirs, bench.test, unknown)
    assert found.rouge == pytest.approx(summarising.trial(ours, theirs, bench.test, bench.text).rouge)
    assert not found.faithful and not found.wrong


def test_names_beside_points_do_not_lie_on_each_other():
    """Points on one line, with long names, as systems that are never faithful."""
    measures = {f"a system with a long name, number {i}": {"x": 10.0 * i, "y": 0.0} for i in range(6)}
    measures["right"] = {"x": 9.0, "y": 1.0}
    axes, words = pictures.against(measures, across="x", up="y", title="")
    axes.figure.canvas.draw()
    low, high = axes.get_ylim()
    assert high > 1.2 and max(axes.get_yticks()) <= 1.2 and all(name in words for name in measures)
    assert {text.get_rotation() for text in axes.texts} == {35.0}


def test_a_summary_of_words_alone_reads_its_sentences():
    assert summaries.sentences(("a", "b", ".", "c")) == [("a", "b", "."), ("c",)]
    assert summarising.is_word("vet's") and not summarising.is_word(":")
