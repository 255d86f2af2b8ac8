"""Lesson 08: by hand once, imported ever after."""

import torch
from answers.curing_collapse import norm

from gensq_course.checks import registry
from gensq_lib.models.text_vae import BatchNormVAE


def test_by_hand_and_the_library_agree(vae, batch):
    """What the lesson writes out is what `BatchNormVAE` does."""
    torch.manual_seed(0)
    model = BatchNormVAE(vocab_size=14, embed_dim=6, hidden_dim=10, latent_dim=3, gamma=0.6).train()
    plain = super(BatchNormVAE, model).posterior(batch).mean
    by_hand = registry.exercise(norm).reference(plain, 0.6)
    assert torch.allclose(model.posterior(batch).mean, by_hand, atol=2e-2)
