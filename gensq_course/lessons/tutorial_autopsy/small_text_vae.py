"""A text VAE in plain torch that trains, measures itself and writes, in a quarter of a minute: `python small_text_vae.py`.

Only the sentences, of which the true probability is known, come from elsewhere.
"""
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence

from gensq_lib.text import corpora

PAD, BOS, EOS, UNK = range(4)  # as a `Vocab` numbers them


def batch_of(sentences, vocab):
    """Integers "batch time" that end with <eos> and padding; the number of words of each, its <eos> counted."""
    rows = [torch.tensor([*vocab.encode(sentence), EOS]) for sentence in sentences]
    return pad_sequence(rows, batch_first=True), torch.tensor([len(row) for row in rows])


class SmallTextVAE(nn.Module):
    """p(z) = N(0, I), p(x | z) word by word, q(z | x) a Gaussian."""

    def __init__(self, num_words, embed=48, hidden=96, latent=8):
        super().__init__()
        self.embed = nn.Embedding(num_words, embed)
        self.encoder, self.decoder = nn.GRU(embed, hidden, batch_first=True), nn.GRU(embed + latent, hidden, batch_first=True)
        self.mean, self.log_var = nn.Linear(hidden, latent), nn.Linear(hidden, latent)
        self.start, self.to_words = nn.Linear(latent, hidden), nn.Linear(hidden, num_words)

    def posterior(self, x, lengths):
        """Mean and log variance of q(z | x), "batch latent"; packed, so that no padding is read."""
        packed = pack_padded_sequence(self.embed(x), lengths, batch_first=True, enforce_sorted=False)
        last = self.encoder(packed)[1][0]
        return self.mean(last), self.log_var(last)

    def next_words(self, said, z, state):
        """Logits of the word after each of `said`, "batch time vocab", and the state; z stands beside each word."""
        beside = z[:, None].expand(-1, said.shape[1], -1)
        features, state = self.decoder(torch.cat([self.embed(said), beside], -1), state)
        return self.to_words(features), state

    def log_likelihood(self, x, z, hide=0.0):
        """log p(x | z) of each sentence, nats. The decoder reads words one place behind, a share `hide` of them as <unk>."""
        said = F.pad(x, (1, 0), value=BOS)[:, :-1]
        said = torch.where((torch.rand(said.shape) < hide) & (said != BOS), UNK, said)
        logits, _ = self.next_words(said, z, self.start(z).tanh()[None])
        return -(F.cross_entropy(logits.mT, x, reduction="none") * (x != PAD)).sum(1)

    @torch.no_grad()
    def sample(self, num, longest=20):
        """Sentences as integers, "batch time": z from the prior, then word after word."""
        z, said = torch.randn(num, self.mean.out_features), torch.full((num, 1), BOS)
        state = self.start(z).tanh()[None]
        for _ in range(longest):
            logits, state = self.next_words(said[:, -1:], z, state)
            said = torch.cat([said, torch.multinomial(logits[:, -1].softmax(-1), 1)], 1)
        return said[:, 1:]


def loss_of(model, x, lengths, free=0.25, hide=0.1):
    """-log p(x | z) + KL, nats per sentence; of each dimension's KL, averaged over the batch, `free` nats cost nothing."""
    mean, log_var = model.posterior(x, lengths)
    z = mean + (log_var / 2).exp() * torch.randn_like(mean)
    kl = (mean**2 + log_var.exp() - 1 - log_var) / 2
    return kl.mean(0).clamp(min=free).sum() - model.log_likelihood(x, z, hide).mean()


@torch.no_grad()
def bound(model, x, lengths, num=50):
    """The importance-weighted bound on log p(x) of each sentence, nats, from `num` draws of z (Burda et al. 2016)."""
    mean, log_var = model.posterior(x, lengths)
    p, q = torch.distributions.Normal(0.0, 1.0), torch.distributions.Normal(mean, (log_var / 2).exp())
    drawn = [q.sample() for _ in range(num)]
    weights = [model.log_likelihood(x, z) + (p.log_prob(z) - q.log_prob(z)).sum(-1) for z in drawn]
    return torch.stack(weights).logsumexp(0) - torch.tensor(float(num)).log()


def trained(text, steps=1000, rate=0.01, seed=0):
    """A new model after some steps of Adam; the rate rises and falls."""
    torch.manual_seed(seed)
    model = SmallTextVAE(len(text.vocab))
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps)
    for _ in range(steps):
        sentences = [text.train[i] for i in torch.randint(len(text.train), (32,)).tolist()]
        optimizer.zero_grad()
        loss_of(model, *batch_of(sentences, text.vocab)).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()
        schedule.step()
    return model.eval()


if __name__ == "__main__":
    village = corpora.load("village", num_train=20_000)
    vae, test = trained(village), village.test[:500]
    exact = -sum(map(village.grammar.log_prob, test)) / len(test)
    print(f"nats per sentence: exact {exact:.2f}, bound {-bound(vae, *batch_of(test, village.vocab)).mean():.2f}")
    for ids in vae.sample(5).tolist():
        print(village.show(village.vocab.decode(ids)))
