"""A dialogue GAN in plain torch: replies by likelihood, then on against a judge. `python small_dialogue_gan.py`, half a minute.

Only the dialogues, of which every valid reply is known, come from elsewhere.
"""
import copy

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

from gensq_lib.text import corpora

PAD, BOS, EOS = range(3)  # as a `Vocab` numbers them


def batch_of(pairs, text):
    """Prompts behind their labels, and replies that end with <eos>: integers "batch time" twice."""
    vocab, labels = text.target_vocab, [label for some in text.conditions.values() for label in some]
    asked = [[*(len(vocab) + labels.index(label) for label in pair.labels), *vocab.encode(pair.source)] for pair in pairs]
    said = [[*vocab.encode(pair.target), EOS] for pair in pairs]
    return tuple(pad_sequence([torch.tensor(row) for row in rows], batch_first=True) for rows in (asked, said))


class Speaker(nn.Module):
    """p(reply | prompt, labels): a reader in both directions, attention, a writer whose words are those that it reads."""

    def __init__(self, num_words, num_labels, embed=64, hidden=96):
        super().__init__()
        self.num_words = num_words
        self.embed = nn.Embedding.from_pretrained(0.3 * torch.randn(num_words + num_labels, embed), freeze=False)
        self.reader = nn.GRU(embed, hidden // 2, batch_first=True, bidirectional=True)
        self.writer, self.mix = nn.GRU(embed, hidden, batch_first=True), nn.Linear(2 * hidden + embed, embed)

    def read(self, asked):
        """What the writer may look at, and its first state; packed, so that no padding is read."""
        words, padding = self.embed(asked), asked == PAD
        packed = pack_padded_sequence(words, (~padding).sum(1), batch_first=True, enforce_sorted=False)
        features, last = self.reader(packed)
        memory, _ = pad_packed_sequence(features, batch_first=True, total_length=asked.shape[1])
        return (padding, words, memory), torch.cat([*last], -1)[None]

    def next_words(self, said, known, state):
        """Logits of the word after each of `said`, "batch time vocab", and the state."""
        padding, words, memory = known
        h, state = self.writer(self.embed(said), state)
        looks = (h @ memory.mT).masked_fill(padding[:, None], -1e9).softmax(-1)
        return self.mix(torch.cat([h, looks @ memory, looks @ words], -1)) @ self.embed.weight[:self.num_words].T, state

    def log_likelihood(self, asked, said):
        """log p of each reply, nats; the writer reads words one place behind."""
        logits, _ = self.next_words(F.pad(said, (1, 0), value=BOS)[:, :-1], *self.read(asked))
        return -(F.cross_entropy(logits.mT, said, reduction="none") * (said != PAD)).sum(1)

    @torch.no_grad()
    def sample(self, asked, longest=24):
        """A reply to each prompt, integers "batch time", with padding behind its <eos>."""
        (known, state), said = self.read(asked), torch.full((len(asked), 1), BOS)
        for _ in range(longest):
            logits, state = self.next_words(said[:, -1:], known, state)
            ended, word = (said == EOS).any(1, keepdim=True), torch.multinomial(logits[:, -1].softmax(-1), 1)
            said = torch.cat([said, word.masked_fill(ended, PAD)], 1)
        return said[:, 1:]


class SmallJudge(nn.Module):
    """The logit of "somebody said this" of each pair, "batch"; a network of its own, which reads no padding before a word."""

    def __init__(self, num_words, embed=64, hidden=96):
        super().__init__()
        self.embed, self.reader = nn.Embedding(num_words, embed), nn.GRU(embed, hidden, batch_first=True)
        self.verdict = nn.Linear(hidden, 1)

    def forward(self, asked, said):
        words = torch.cat([asked, said], 1)
        words = words.gather(1, (words == PAD).int().argsort(dim=1, stable=True))  # the reply behind its prompt, padding last
        features = self.reader(self.embed(words))[0].masked_fill((words == PAD)[..., None], -1.0)
        return self.verdict(features.amax(1))[:, 0]


def update(optimizer, loss):
    """One step of one player."""
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(optimizer.param_groups[0]["params"], 5.0)
    optimizer.step()


def trained(text, start=None, steps=450, rate=4e-3, weight=0.0, replies=4, truth=None, seed=0):
    """A new speaker, or a copy of `start`, after some steps of likelihood, and a judge; the rate falls in the second half.

    With a `weight` it is a game. The judge pays for replies by REINFORCE: each reply's reward less the mean reward of the
    others to its prompt. Then it learns to tell them from what was said. `truth(asked, said)`, if given, pays in its place.
    """
    torch.manual_seed(seed)
    speaker = copy.deepcopy(start) or Speaker(len(text.target_vocab), sum(map(len, text.conditions.values())))
    judge = SmallJudge(speaker.embed.num_embeddings)
    mine, theirs = torch.optim.Adam(speaker.parameters(), lr=rate), torch.optim.Adam(judge.parameters(), lr=2e-3)
    for i in range(steps):
        asked, said = batch_of([text.train[k] for k in torch.randint(len(text.train), (64,)).tolist()], text)
        loss = -speaker.log_likelihood(asked, said).mean()
        if weight:
            prompts, real = (rows[:16].repeat_interleave(replies, 0) for rows in (asked, said))
            fake = speaker.sample(prompts)
            reward = (truth(prompts, fake) if truth else judge(prompts, fake).sigmoid().detach()).view(-1, replies)
            gain = (reward - (reward.sum(1, keepdim=True) - reward) / (replies - 1)).flatten()
            loss = loss - weight * (gain * speaker.log_likelihood(prompts, fake)).mean()
            update(theirs, F.softplus(-judge(prompts, real)).mean() + F.softplus(judge(prompts, fake)).mean())
        mine.param_groups[0]["lr"] = rate * min(1, 2.1 - 2 * i / steps)
        update(mine, loss)
    return speaker.eval(), judge


if __name__ == "__main__":
    doorstep = corpora.load_dialogues("doorstep", num_train=10_000)
    start, _ = trained(doorstep)
    after, _ = trained(doorstep, start, steps=40, rate=3e-4, weight=1.0)
    for name, speaker in {"likelihood": start, "after the game": after}.items():
        said = map(doorstep.target_vocab.decode, speaker.sample(batch_of(doorstep.test, doorstep)[0]).tolist())
        valid = [doorstep.grammar.valid(reply, pair.source, **dict(zip(doorstep.conditions, pair.labels)))
                 for reply, pair in zip(said, doorstep.test)]
        print(f"{name}: {sum(valid) / len(valid):.3f} of the replies are valid")
    for pair in doorstep.test[:3]:
        reply = doorstep.target_vocab.decode(after.sample(batch_of([pair], doorstep)[0])[0].tolist())
        print(doorstep.show_source(pair.source), "-", doorstep.show_target(reply))
