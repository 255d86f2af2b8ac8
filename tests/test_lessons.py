"""What a lesson writes out by hand and what the library has must be one thing (rule 12 of the house)."""
import json
from pathlib import Path

import nbformat
import pytest
import torch
from torch import nn

from gensq_course.execute import running
from gensq_course.report.lessons import source
from gensq_course.report.records import collect
from gensq_lib.maths.objectives import elbo_terms
from gensq_lib.models.text_vae import TextVAE
from gensq_lib.text.batching import Batch

LESSONS = Path(__file__).parents[1] / "notebooks"


def from_lesson(lesson: str, *cell_ids: str) -> dict:
    """What the named cells of a lesson define."""
    book = json.loads((LESSONS / f"{lesson}.ipynb").read_text(encoding="utf-8"))
    found = {"torch": torch, "nn": nn}
    for cell in book["cells"]:
        if cell["id"] in cell_ids:
            exec(source(cell), found)
    return found


def test_pictures_of_the_readme_are_those_of_the_lessons():
    """docs/waterfall.png is what the committed lesson shows; `gensq execute` renews both."""
    from gensq_course.execute.executed import PICTURES, picture

    for file, (lesson, cell) in PICTURES.items():
        book = (LESSONS / f"{lesson}.ipynb").read_text(encoding="utf-8")
        assert (LESSONS.parent / file).read_bytes() == picture(book, cell), f"run: gensq execute {lesson}"
        assert file in (LESSONS.parent / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", sorted((LESSONS.parent / "docs" / "results").glob("[0-9]*.json")), ids=lambda p: p.stem)
def test_the_recorded_table_has_a_row_that_was_run_again(file):
    """The committed lesson is seed 0 of its recorded table, run another time: rounding may differ, the message may not."""
    row = next(run for run in json.loads(file.read_text(encoding="utf-8"))["runs"] if run["seed"] == 0)
    again = collect(nbformat.read(LESSONS / f"{file.stem}.ipynb", as_version=4))["recorded"]
    assert set(row["recorded"]) == set(again)
    for name in {"nll_iwae", "nll_lm", "distortion", "kl", "nll_exact", "nll_ngram", "nll_lstm", "elbo_path", "sine_ratio",
                 "nll_pca", "nll_factor_analysis", "nll_vae_pixel"} & set(again):
        assert again[name] == pytest.approx(row["recorded"][name], rel=0.02), name


def same_weights(by_hand: nn.Module, ours: TextVAE) -> None:
    """Copy the hand-written model into the library's, whose extra layer is set to do nothing."""
    pairs = [(by_hand.words_read, ours.encoder.embed), (by_hand.reader, ours.encoder.forwards),
             (by_hand.to_mean, ours.to_mean), (by_hand.to_log_var, ours.to_log_var),
             (by_hand.words_written, ours.decoder.embed), (by_hand.to_state, ours.decoder.to_state),
             (by_hand.writer, ours.decoder.rnn), (by_hand.to_vocab, ours.decoder.to_vocab)]
    for source_part, target in pairs:
        target.load_state_dict(source_part.state_dict())
    nn.init.eye_(ours.decoder.to_embed.weight)
    nn.init.zeros_(ours.decoder.to_embed.bias)


@torch.no_grad()
def test_the_hand_written_text_vae_is_the_library_s(batch: Batch):
    lesson = from_lesson("06_text_vae", "by-hand-code", "ex-kl-solution", "ex-likelihood-solution")
    torch.manual_seed(0)
    by_hand = lesson["TextVAEByHand"](14, 8, 8, 3)
    ours = TextVAE(vocab_size=14, embed_dim=8, hidden_dim=8, latent_dim=3, bidirectional=False, pool="last", tie=False)
    same_weights(by_hand, ours)
    mean, log_var = by_hand.encode(batch)
    torch.testing.assert_close(ours.posterior(batch).mean, mean)
    torch.testing.assert_close(ours.posterior(batch).stddev.log() * 2, log_var)
    terms = elbo_terms(ours, batch, generator=torch.Generator().manual_seed(0))
    log_probs = by_hand.decode(batch, terms.z[0])
    likelihood = lesson["sentence_log_likelihood_solution"](log_probs, batch.targets, batch.lengths)
    torch.testing.assert_close(likelihood, terms.reconstruction)
    torch.testing.assert_close(lesson["kl_to_prior_solution"](mean, log_var), terms.kl.sum(-1))


def test_word_dropout_of_the_lesson_is_the_library_s(batch: Batch):
    from gensq_lib.cures import drop_words
    from gensq_lib.text.vocab import Vocab

    lesson = from_lesson("06_text_vae", "ex-drop-solution")
    lesson["drop_words_solution"].__globals__["Vocab"] = Vocab
    ours, theirs = (f(batch.inputs, 0.5, generator=torch.Generator().manual_seed(1))
                    for f in (drop_words, lesson["drop_words_solution"]))
    assert torch.equal(ours, theirs)


def test_importance_weighting_of_the_lesson_is_the_library_s():
    from gensq_lib.maths.objectives import log_mean_exp

    lesson = from_lesson("06_text_vae", "ex-iwae-solution")
    log_joint, log_q = torch.randn(2, 7, 5, generator=torch.Generator().manual_seed(1)) * 300 - 500
    torch.testing.assert_close(lesson["importance_nll_solution"](log_joint, log_q), -log_mean_exp(log_joint - log_q))


@pytest.mark.slow
def test_the_text_vae_lesson_runs_on_a_reader_s_file(tmp_path, monkeypatch):
    """No grammar, no truth: what needs it is left out, the rest runs, and nothing is claimed."""
    lines = [f"the {a} {b} the {c} ." for a in ("cat", "dog", "cow") for b in ("sees", "likes", "hears", "finds", "draws")
             for c in ("man", "sun", "tree", "house", "river", "moon", "star", "road", "pond")]
    (tmp_path / "mine.txt").write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.setenv("GENSQ_PROGRESS", "0")
    outcome = running.run("06_text_vae", parameters={"corpus": f"file:{tmp_path / 'mine.txt'}", "budget": "smoke"},
                         output=tmp_path / "report")
    assert outcome.status == "passed", outcome.message
    recorded = outcome.metrics["recorded"]
    assert "ledger: LM's NLL" in recorded and "ledger: invalid mass" not in recorded
    assert set(outcome.metrics["claims"]) == {"mutual_information", "by_hand_information", "stranger_misleads"}
    assert not any(claim["asserted"] for claim in outcome.metrics["claims"].values())


def test_gradient_estimates_of_the_lesson_are_the_library_s():
    from torch.distributions import Normal

    from gensq_course.lessons.reparameterization import gradients

    lesson = from_lesson("03_reparameterization", "ex-score-solution", "ex-baseline-solution", "ex-path-solution")
    z, mean, stddev = torch.linspace(-2, 3, 6), torch.tensor(0.4), torch.tensor(1.5)
    library, = gradients.per_sample(lambda own: gradients.score_function(Normal(own, stddev).log_prob(z), z**3), mean,
                                    num_samples=6)
    torch.testing.assert_close(lesson["score_gradient_solution"](z**3, z, mean, stddev), library)
    value = z.view(3, 2) ** 2
    torch.testing.assert_close(lesson["leave_one_out_solution"](value), gradients.leave_one_out(value))
    along, = gradients.per_sample(lambda own: (mean + (own / 2).exp() * z) ** 2, torch.tensor(0.7), num_samples=6)
    slope = 2 * (mean + torch.tensor(0.35).exp() * z)
    torch.testing.assert_close(lesson["pathwise_gradient_solution"](slope, z, torch.tensor(0.7)), along)


def test_the_hand_written_dense_vae_is_the_library_s():
    import math

    from gensq_lib.models.dense_vae import DenseVAE

    lesson = from_lesson("04_dense_vae", "by-hand-code", "ex-level-solution", "ex-gaussian-solution", "ex-bernoulli-solution")
    lesson["math"] = math
    images, z = torch.rand(5, 64), torch.randn(5, 3)
    by_hand, ours = lesson["DenseVAEByHand"](3, 8), DenseVAE(data_dim=64, latent_dim=3, hidden_dim=8)
    ours.load_state_dict(by_hand.state_dict())
    torch.testing.assert_close(by_hand.encode(images)[1].exp(), ours.posterior(images).variance)
    gaussian = lesson["gaussian_log_likelihood_solution"](images, by_hand.decoder(z), by_hand.log_noise)
    torch.testing.assert_close(gaussian, ours.log_likelihood(images, z[None])[0])
    torch.testing.assert_close(lesson["level_nll_solution"](gaussian, 64, 17), 64 * math.log(17) - gaussian)
    coin = DenseVAE(data_dim=64, latent_dim=3, hidden_dim=8, likelihood="bernoulli")
    theirs = lesson["bernoulli_log_likelihood_solution"](images, coin.decoder(z))
    torch.testing.assert_close(theirs, coin.log_likelihood(images, z[None])[0])
