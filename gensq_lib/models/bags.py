"""VAEs for bags: the words of a document without their order, or the things that a user took. One network for both.

A batch is a tensor of counts, one row for each document or user and one column for each word or thing ("item" below). The
encoder is a small network into a Gaussian z; the decoder says how likely each item is, and the counts are so many draws
from that: log p(x | z) = sum over items of count * log p(item | z), nats per document *as a sequence* (the number of
orders in which a bag can be written, the multinomial coefficient, has no parameters and is left out everywhere).
"""
import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.distributions import Normal
from torch.nn import functional as F

from gensq_lib.ground.errors import GensqError, border, expect, listed, whole
from gensq_lib.models.parts import LatentModel, gaussian

DECODERS = ("linear", "deep", "mixture", "product")
OF_TOPICS = ("mixture", "product")  # these two read z as shares of topics
READINGS = ("unit", "log")


class BagVAE(LatentModel):
    """q(z | counts), p(z), p(item | z), with tanh in the hidden layers. The four decoders are four models of the field:

    "linear", softmax(W z + b), is NVDM (Miao et al. 2016) and, with users for documents, the linear twin of Mult-VAE;
    "deep" has a hidden layer on this side, too (Mult-VAE, Liang et al. 2018);
    "mixture", a mean of topics weighed by theta = softmax(z), each topic a distribution over words: LDA (Blei et al. 2003)
    with an encoder; "product", softmax(theta B), words that several topics want win: ProdLDA (Srivastava & Sutton 2017).

    `reading` is what the encoder sees: the counts scaled to length 1 ("unit"), or log(1 + count) ("log": it knows how long a
    document is). `input_dropout` drops items that the encoder reads, never those it is judged by. `dropout` is for its hidden
    layer and for theta. `batch_norm` standardises over the batch the posterior's means and log-variances and the logits of a
    product. `concentration` is the alpha of the Dirichlet that p(z) imitates; 0 leaves N(0, I).

    >>> model = BagVAE(num_items=500, latent_dim=8, decoder="product", batch_norm=True, dropout=0.4, concentration=0.1)
    >>> model.shares(counts)  # "batch topic", how much of each topic a document is made of

    Taught in lesson 18.
    """

    encoder_parts = ("encoder", "to_mean", "to_log_var", "norm_mean", "norm_log_var")

    def __init__(self, *, num_items: int, latent_dim: int = 8, hidden_dim: int = 64, decoder: str = "linear",
                 reading: str = "unit", input_dropout: float = 0.0, dropout: float = 0.0, batch_norm: bool = False,
                 concentration: float = 0.0):
        super().__init__()
        if decoder not in DECODERS or reading not in READINGS:
            raise GensqError(f'expected a decoder out of {listed(DECODERS)} and a reading out of {listed(READINGS)}, '
                             f'got "{decoder}" and "{reading}"; choose from these')
        expect(whole(latent_dim, 2 if decoder in OF_TOPICS else 1) and whole(num_items, 2),
               f"expected 2 items and 1 dimension (2 topics) or more, got {num_items!r} and {latent_dim!r}; choose larger ones")
        self.latent_dim, self.num_items, self.kind, self.reading = latent_dim, num_items, decoder, reading
        self.drop_input, self.drop = nn.Dropout(input_dropout), nn.Dropout(dropout)
        self.encoder = nn.Sequential(nn.Linear(num_items, hidden_dim), nn.Tanh(), self.drop)
        # In front of a batch normalisation a bias changes nothing. Its gradient is rounding noise, of which Adam would make steps
        # of full size, and the running mean, which is used at test, would lag behind.
        self.to_mean, self.to_log_var = (nn.Linear(hidden_dim, latent_dim, bias=not batch_norm) for _ in range(2))
        self.norm_mean, self.norm_log_var, self.norm_logits = (
            _norm(size) if batch_norm else nn.Identity() for size in (latent_dim, latent_dim, num_items))
        if decoder == "deep":
            self.decoder = nn.Sequential(nn.Linear(latent_dim, hidden_dim), nn.Tanh(), nn.Linear(hidden_dim, num_items))
        else:  # the weight of one layer is "item latent": its columns are the topics
            self.decoder = nn.Linear(latent_dim, num_items, bias=decoder == "linear")
        mean, variance = laplace_approximation(torch.full((latent_dim,), concentration or 1.0))
        self.register_buffer("prior_mean", mean if concentration else torch.zeros(latent_dim))
        self.register_buffer("prior_stddev", variance.sqrt() if concentration else torch.ones(latent_dim))

    def start_from_counts(self, counts: Float[Tensor, "batch item"]) -> None:
        """Set the output's bias to the log frequency of each item, which training would spend its first steps to find.

        Where the decoder has no bias, every topic starts there, with a little noise: topics that are equal stay equal.
        """
        log_frequency = (1.0 + counts.sum(0)).log() - (1.0 + counts.sum(0)).sum().log()
        last = self.decoder[-1] if self.kind == "deep" else self.decoder
        with torch.no_grad():
            if last.bias is not None:
                last.bias.copy_(log_frequency)
            else:
                last.weight.copy_(log_frequency[:, None] + torch.randn_like(last.weight))

    def posterior(self, batch: Float[Tensor, "batch item"]) -> Normal:
        """q(z | counts). A bag may be empty: then it is the same for all empty bags."""
        read = F.normalize(batch, dim=-1) if self.reading == "unit" else batch.log1p()
        hidden = self.encoder(self.drop_input(read))
        return gaussian(self.norm_mean(self.to_mean(hidden)), self.norm_log_var(self.to_log_var(hidden)))

    def prior(self, condition: object = None) -> Normal:
        """p(z): one row, which broadcasts over any batch."""
        return Normal(self.prior_mean[None], self.prior_stddev[None], validate_args=False)

    def log_probs(self, z: Float[Tensor, "*any latent"]) -> Float[Tensor, "*any item"]:
        """log p(item | z): each row sums to 1 in probabilities."""
        if self.kind not in OF_TOPICS:
            return self.decoder(z).float().log_softmax(-1)
        theta = self.drop(z.softmax(-1))
        if self.kind == "mixture":  # after dropout the shares no longer sum to 1
            theta = theta / theta.sum(-1, keepdim=True).clamp(min=1e-6)
            return (theta @ self.topics() + 1e-10).log()
        logits = self.decoder(theta)
        return self.norm_logits(logits.flatten(0, -2)).view_as(logits).log_softmax(-1)

    def log_likelihood(self, batch: Float[Tensor, "batch item"], z: Float[Tensor, "sample batch latent"]
                       ) -> Float[Tensor, "sample batch"]:
        """log p(x | z): nats per document, of its words in the order in which they stand."""
        return (batch * self.log_probs(z)).sum(-1)

    def topics(self) -> Float[Tensor, "topic item"]:
        """The distribution over words of a document that is of one topic alone.

        "linear" has no such documents: there it is what papers print, the weights of each dimension without the words' bias.
        """
        if self.kind in ("mixture", "linear"):
            return self.decoder.weight.T.softmax(-1)
        corners = torch.eye(self.latent_dim).to(self.prior_mean)
        return self.norm_logits(self.decoder(corners)).softmax(-1) if self.kind == "product" else self.log_probs(corners).exp()

    def shares(self, batch: Float[Tensor, "batch item"]) -> Float[Tensor, "batch topic"]:
        """theta of each document: the shares at the posterior's mean. Of the two decoders of topics, in evaluation."""
        expect(self.kind in OF_TOPICS, f'expected a decoder out of {listed(OF_TOPICS)}, got "{self.kind}", whose z is no shares; '
                                       "take one of these")
        return self.posterior(batch).mean.softmax(-1)


def _norm(size: int) -> nn.BatchNorm1d:
    """Batch normalisation that shifts and does not scale: a learned scale of 0 would be one more way to collapse."""
    norm = nn.BatchNorm1d(size, eps=1e-3, momentum=0.05)
    norm.weight.requires_grad_(False)
    return norm


def laplace_approximation(alpha: Float[Tensor, "topic"]) -> tuple[Float[Tensor, "topic"], Float[Tensor, "topic"]]:
    r"""Mean and variance of the Gaussian over z whose softmax(z) imitates Dirichlet(alpha) (Srivastava & Sutton 2017, eq. 6).

    $\mu_k = \log\alpha_k - \frac1K\sum_i\log\alpha_i$,
    $\Sigma_{kk} = \frac{1}{\alpha_k}(1 - \frac2K) + \frac{1}{K^2}\sum_i\frac{1}{\alpha_i}$. Taught in lesson 18.
    """
    right = alpha.dim() == 1 and (alpha > 0).all()
    expect(right, f"expected positive numbers, one for each topic, got {alpha.tolist()}; alpha is above 0")
    num, inverse = len(alpha), 1 / alpha
    return alpha.log() - alpha.log().mean(), inverse * (1 - 2 / num) + inverse.sum() / num**2


border(globals())
