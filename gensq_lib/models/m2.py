"""A classifier of sentences, and M2 (Kingma et al. 2014), in which the label is a second latent variable that is sometimes seen.

y ~ p(y), z ~ N(0, I), x ~ p(x | y, z). Where the label is known, L(x, y) is a bound on log p(x, y). Where it is not,
q(y | x) stands for it, and the bound on log p(x) sums over all labels, each weighed by how likely it is.
"""
from collections.abc import Iterable, Sequence
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.distributions import Categorical, Normal
from torch.nn.functional import one_hot

from gensq_lib.ground.errors import expect
from gensq_lib.maths.objectives import elbo_terms, label_summed_out
from gensq_lib.models.parts import LatentModel, Model, WordModel, for_each_sample, gaussian
from gensq_lib.models.recurrent import RecurrentDecoder, RecurrentEncoder
from gensq_lib.text.batching import Batch
from gensq_lib.text.labelled import LabelledBatch, with_every_label
from gensq_lib.text.vocab import Vocab


class SentenceClassifier(Model):
    """q(y | x): an encoder that reads the sentence in both directions, and one layer. Taught in lesson 10."""

    def __init__(self, *, vocab_size: int, num_classes: int, embed_dim: int = 64, hidden_dim: int = 96, dropout: float = 0.0):
        super().__init__()
        expect(num_classes > 1, f"expected 2 classes or more, got {num_classes}; take labels that differ")
        self.encoder = RecurrentEncoder(embed=nn.Embedding(vocab_size, embed_dim, padding_idx=Vocab.PAD), hidden_dim=hidden_dim,
                                        dropout=dropout)
        self.dropout, self.to_label = nn.Dropout(dropout), nn.Linear(hidden_dim, num_classes)

    def summary(self, batch: Batch | LabelledBatch) -> Float[Tensor, "batch hidden"]:
        """Each sentence as one vector; labels that stand beside it are not looked at."""
        return self.encoder(batch.targets, batch.lengths)

    def log_labels(self, summary: Float[Tensor, "batch hidden"]) -> Float[Tensor, "batch class"]:
        """log q(y | x) of sentences that are read already."""
        return self.to_label(self.dropout(summary)).float().log_softmax(-1)

    def label_posterior(self, batch: Batch | LabelledBatch) -> Categorical:
        """q(y | x)."""
        return Categorical(logits=self.log_labels(self.summary(batch)), validate_args=False)


class M2(LatentModel, WordModel):
    """p(y) p(z) p(x | y, z) with q(y | x) and q(z | x, y). y and z enter the decoder's first state and every step: without that
    a recurrent decoder ignores them (Xu et al. 2017).

    Given labelled sentences it is a `LatentVariableModel` like any other, of log p(x | y); `labelled_bound` adds log p(y).

    >>> model = M2(vocab_size=900, num_classes=3)
    >>> model.unlabelled_bound(batch)  # "batch", at most log p(x), nats per sentence

    Taught in lesson 10.
    """

    encoder_parts = ("classifier", "to_gaussian")

    def __init__(self, *, vocab_size: int, num_classes: int, embed_dim: int = 64, hidden_dim: int = 96, latent_dim: int = 4,
                 dropout: float = 0.0):
        super().__init__()
        expect(latent_dim >= 1, f"expected latent_dim >= 1, got {latent_dim}; 1 is the smallest z")
        self.latent_dim, self.num_classes = latent_dim, num_classes
        self.decoder = RecurrentDecoder(vocab_size=vocab_size, embed_dim=embed_dim, hidden_dim=hidden_dim,
                                        latent_dim=num_classes + latent_dim, dropout=dropout)
        self.classifier = SentenceClassifier(vocab_size=vocab_size, num_classes=num_classes, embed_dim=embed_dim,
                                             hidden_dim=hidden_dim, dropout=dropout)
        self.to_gaussian = nn.Linear(hidden_dim + num_classes, 2 * latent_dim)
        self.register_buffer("log_prior", torch.full((num_classes,), -torch.tensor(float(num_classes)).log()))

    def set_prior(self, shares: Float[Tensor, "class"]) -> None:
        """p(y); until then all labels are as likely."""
        right = shares.shape == self.log_prior.shape and (shares > 0).all()
        expect(right, f"expected a share above 0 for each of {self.num_classes} classes, got {shares.tolist()}; add 1 to counts")
        self.log_prior.copy_((shares / shares.sum()).log())

    def count_words(self, encoded: Iterable[Sequence[int]]) -> None:
        """Start from the frequencies of the words of a corpus."""
        self.decoder.start_from_frequencies(encoded)

    def label_posterior(self, batch: Batch | LabelledBatch) -> Categorical:
        """q(y | x)."""
        return self.classifier.label_posterior(batch)

    def posterior(self, batch: LabelledBatch) -> Normal:
        """q(z | x, y)."""
        return self._given(self.classifier.summary(batch), batch.labels)

    def _given(self, summary: Float[Tensor, "batch hidden"], labels: Int[Tensor, "batch"]) -> Normal:
        seen = torch.cat([summary, one_hot(labels, self.num_classes)], -1)
        return gaussian(*self.to_gaussian(seen).chunk(2, -1))

    def token_log_likelihood(self, batch: LabelledBatch, z: Float[Tensor, "sample batch latent"]
                             ) -> Float[Tensor, "sample batch time"]:
        """log p(x_t | x_<t, y, z), 0 on padding."""
        labels = one_hot(batch.labels, self.num_classes).to(z).expand(len(z), -1, -1)
        return for_each_sample(self.decoder.token_log_likelihood, batch.text, torch.cat([labels, z], -1))

    def start(self, z: Float[Tensor, "batch latent"], num: int) -> Any:
        """The state before the first word; z has the label in front, one number for each class."""
        return self.decoder.start(z, num)

    def labelled_bound(self, batch: LabelledBatch, **draws: Any) -> Float[Tensor, "batch"]:
        """L(x, y) <= log p(x, y): the ELBO of log p(x | y), and log p(y). `draws` are `num_samples` and `generator`."""
        return elbo_terms(self, batch, **draws).elbo + self.log_prior[batch.labels]

    def bounds(self, batch: Batch, **draws: Any) -> tuple[Float[Tensor, "batch class"], Float[Tensor, "batch class"]]:
        """L(x, y) for every label, and log q(y | x): the sentence is read once, and written once for each label, in one pass."""
        summary, every = self.classifier.summary(batch), with_every_label(batch, self.num_classes)
        q = self._given(summary.repeat(self.num_classes, 1), every.labels)
        elbo = elbo_terms(self, every, q=q, **draws).elbo.view(self.num_classes, len(batch)).T
        return elbo + self.log_prior, self.classifier.log_labels(summary)

    def unlabelled_bound(self, batch: Batch, **draws: Any) -> Float[Tensor, "batch"]:
        """U(x) <= log p(x): the label summed out."""
        return label_summed_out(*self.bounds(batch, **draws))
