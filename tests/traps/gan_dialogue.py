"""A trap of models that answer, by its number in the list for GANs: 23."""
import torch

from gensq_course.talk.chat import replies
from gensq_course.studies.answering import Bench, rates
from gensq_lib.models.conditional_vae import ConditionalVAE
from gensq_lib.models.seq2seq import Seq2Seq
from gensq_lib.text import corpora
from gensq_lib.text.pairs import collate_pairs
from traps.trap import Trap, noise


def bench():
    text = corpora.load_dialogues("doorstep", num_train=20, num_prompts=5)
    return Bench(text, text.test[:12], 0, hidden_dim=8)


# 23: a z that has collapsed, behind replies that look well


def collapsed(world):
    """q(z | prompt, reply) is p(z | prompt), and the decoder does not read z; what it says is as varied as before."""
    torch.manual_seed(0)
    model = ConditionalVAE(**world.sizes, latent_dim=2).eval()
    model.decoder.start_from(Seq2Seq(**world.sizes))
    with torch.no_grad():
        for mine, known in zip(model.to_posterior.parameters(), model.to_prior.parameters(), strict=True):
            mine.zero_()[..., : known.shape[-1]].copy_(known)
    return model


def says_that_z_is_unused(used):
    world = bench()
    assert abs(used(collapsed(world), world)) < 1e-4
    torch.manual_seed(0)
    alive = ConditionalVAE(**world.sizes, latent_dim=2).eval()
    alive.to_posterior[-1].bias.data += 1.0
    assert used(alive, world) > 0.1


def different_replies(model, world):
    """Drawn again and again for one prompt: words are drawn, too."""
    batch = collate_pairs(world.text.encoded(world.test[:1]))
    drawn = replies(model, batch.prompts.repeated(20), max_length=8, generator=noise()).sentences(world.text.target_vocab)
    return len(set(drawn)) - 1


def overlap_with_the_reference(model, world):
    """Of the words said, the share that stands in the one reply that was written down, as BLEU counts them."""
    said = [e.target for e in world.answered(model, world.test)]
    return sum(len(set(a) & set(e.target)) for a, e in zip(said, world.test, strict=True)) / sum(map(len, said))


TRAPS = [
    Trap(23, "collapse behind replies that look well", says_that_z_is_unused,
         lambda model, world: rates(model, world).sum().item(),
         {"different replies": different_replies, "overlap with the reference": overlap_with_the_reference}),
]
