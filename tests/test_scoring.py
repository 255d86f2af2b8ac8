"""What a decoder makes of given words: the probabilities of what it draws, and sentences that go on from a beginning."""
import math

import pytest
import torch
from tiny_language import LONGEST, all_sentences, tiny_generator

from gensq_lib.ground import runtime
from gensq_lib.maths.stats import estimate
from gensq_lib.text.decoding import sample
from gensq_lib.text.scoring import completed, log_likelihood_at


def test_what_is_drawn_is_scored_alike():
    model = tiny_generator()
    drawn = sample(model, num=200, max_length=LONGEST, generator=runtime.generator("draw"))
    batch = drawn.batch()
    torch.testing.assert_close(model.log_likelihood(batch), drawn.log_prob, atol=1e-5, rtol=1e-5)
    assert (batch.inputs[:, 0] == 1).all() and (batch.lengths == batch.mask.sum(1)).all()


@pytest.mark.parametrize("temperature", [1.0, 0.7, 1.5])
def test_probabilities_at_a_temperature_add_up_and_are_those_of_the_sampler(temperature):
    model, everything = tiny_generator(), all_sentences()
    log_p = log_likelihood_at(model, everything, temperatures=[temperature, 1.0])
    assert log_p[0].exp().sum().item() == pytest.approx(1.0, abs=1e-5)
    torch.testing.assert_close(log_p[1], model.log_likelihood(everything), atol=1e-5, rtol=1e-5)
    drawn = sample(model, num=3000, max_length=LONGEST, temperature=temperature, generator=runtime.generator("t"))
    mine = log_likelihood_at(model, drawn.batch(), temperatures=[temperature])[0]
    assert mine.mean().item() == pytest.approx((log_p[0].exp() * log_p[0]).sum().item(), abs=4 * estimate(mine).error)


def test_what_is_never_said_is_avoided_in_the_score_too():
    model = tiny_generator()
    drawn = sample(model, num=3000, max_length=LONGEST, temperature=0.8, avoid=(4,), generator=runtime.generator("t"))
    batches = all_sentences(), drawn.batch()
    log_p, mine = (log_likelihood_at(model, batch, temperatures=[0.8], avoid=(4,))[0] for batch in batches)
    said = log_p[log_p.isfinite()]
    assert len(said) == 4 and said.exp().sum().item() == pytest.approx(1.0, abs=1e-5), "of one word, none to three times"
    assert mine.mean().item() == pytest.approx((said.exp() * said).sum().item(), abs=4 * estimate(mine).error)


def test_a_completed_sentence_keeps_its_beginning_and_is_drawn_from_the_model():
    model, everything = tiny_generator(), all_sentences()
    batch = everything.select(torch.full((4000,), 3))  # word 4, word 4, <eos>
    done = completed(model, batch, 1, max_length=LONGEST, generator=runtime.generator("rest"))
    assert (done.targets[:, 0] == 4).all()
    log_p = model.log_likelihood(everything).detach()
    starts = everything.targets[:, 0] == 4
    share = (log_p[starts & (everything.lengths == 2)].exp().sum() / log_p[starts].exp().sum()).item()
    assert (done.lengths == 2).float().mean().item() == pytest.approx(share, abs=4 * math.sqrt(share * (1 - share) / 4000))
    whole = completed(model, batch, 3, max_length=LONGEST, generator=runtime.generator("rest"))
    assert (whole.targets == batch.targets).all() and (whole.lengths == batch.lengths).all()
