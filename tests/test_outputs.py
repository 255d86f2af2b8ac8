"""Last layers: each says the probability of every word, and what is faster in training is the same number, or its estimate."""
import pytest
import torch
from torch import nn

from gensq_lib.ground.errors import GensqError
from gensq_lib.models import outputs
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.models.outputs import OUTPUTS, AdaptiveSoftmax, FullSoftmax, Output, SampledSoftmax, output_layer
from gensq_lib.models.parts import log_frequencies
from gensq_lib.models.text_vae import BagOfWordsVAE, TextVAE
from gensq_lib.text.batching import collate
from gensq_lib.text.decoding import greedy

EMBED, VOCAB, TOKENS = 32, 2_400, 300


def layer(name: str) -> Output:
    torch.manual_seed(0)
    return output_layer(name, nn.Embedding(VOCAB, EMBED), tie=False)


def zipf() -> torch.Tensor:
    """Log frequencies of words that are numbered by them; the first four are no words."""
    shares = 1 / torch.arange(1.0, VOCAB + 1)
    return (shares / shares.sum()).log()


@pytest.fixture
def tokens():
    noise = torch.Generator().manual_seed(1)
    return (torch.randn(TOKENS, EMBED, generator=noise),
            torch.multinomial(zipf().exp(), TOKENS, replacement=True, generator=noise))


@pytest.mark.parametrize("name", OUTPUTS)
def test_every_word_has_a_probability_and_given_words_the_same(name, tokens):
    features, targets = tokens
    made = layer(name).eval()
    assert isinstance(made, Output)
    log_p = made.logits(features).log_softmax(-1)
    torch.testing.assert_close(log_p.exp().sum(-1), torch.ones(TOKENS))
    torch.testing.assert_close(made.log_prob_of(features, targets), log_p.gather(1, targets[:, None])[:, 0])
    assert made.logits(features.unflatten(0, (3, 100))).shape == (3, 100, VOCAB)


@pytest.mark.parametrize("name", OUTPUTS)
def test_under_autocast_probabilities_are_fp32_and_add_up_to_one(name, tokens):
    features, targets = tokens
    made = layer(name).eval()
    exact = made.log_prob_of(features, targets)
    with torch.autocast("cpu", torch.bfloat16):
        found = made.log_prob_of(features.bfloat16(), targets)
        total = made.logits(features.bfloat16()).log_softmax(-1).exp().sum(-1)
    assert found.dtype == total.dtype == torch.float32
    torch.testing.assert_close(total, torch.ones(TOKENS))
    assert (found - exact).abs().max() < 0.05, "products of bf16, no sums of it"


def test_torch_alone_rounds_an_adaptive_softmax_under_autocast(tokens):
    """The trap: handed bf16 features it keeps its log-probabilities in bf16, which are known to a hundredth at best."""
    made, (features, targets) = layer("adaptive"), tokens
    head = targets.clamp(max=made.cutoffs[0] - 1)
    exact = nn.AdaptiveLogSoftmaxWithLoss.forward(made, features, head).output
    with torch.autocast("cpu", torch.bfloat16):
        careless = nn.AdaptiveLogSoftmaxWithLoss.forward(made, features.bfloat16(), head).output
        careful = made.log_prob_of(features.bfloat16(), head)
    assert careless.dtype == torch.bfloat16 and careful.dtype == torch.float32
    assert (careless.float() - exact).abs().max() > 3 * (careful - exact).abs().max()


def test_of_many_tokens_some_after_others_give_the_same_numbers_and_gradients(tokens, monkeypatch):
    found = []
    for at_once in (outputs.AT_ONCE, 7 * VOCAB):
        monkeypatch.setattr(outputs, "AT_ONCE", at_once)
        features, made = tokens[0].clone().requires_grad_(), layer("full")
        log_p = made.log_prob_of(features, tokens[1])
        log_p.mean().backward()
        found.append((log_p, features.grad, made.weight.grad, made.bias.grad))
    for whole, pieces in zip(*found, strict=True):
        torch.testing.assert_close(pieces, whole)


def test_logits_of_a_long_batch_are_never_in_memory_together(tokens, monkeypatch):
    sizes = []
    monkeypatch.setattr(outputs, "AT_ONCE", 7 * VOCAB)
    made = layer("full")
    made.register_forward_hook(lambda layer, inputs, found: sizes.append(found.numel()))
    made.log_prob_of(*tokens)
    assert max(sizes) <= 7 * VOCAB and sum(sizes) == TOKENS * VOCAB


@pytest.mark.parametrize("name", OUTPUTS)
def test_a_start_from_frequencies_says_them_where_features_say_nothing(name):
    made = layer(name).eval()
    made.start_from(zipf())
    with torch.no_grad():
        for part in made.parameters():
            if part.dim() > 1:
                part.zero_()
    log_p = made.logits(torch.zeros(1, EMBED)).log_softmax(-1)[0]
    if name == "adaptive":  # of its tails it knows how frequent each is as a whole
        first, second, _ = made.cutoffs
        torch.testing.assert_close(log_p[:first], zipf()[:first])
        torch.testing.assert_close(log_p[first:second].exp().sum(), zipf()[first:second].exp().sum())
    else:
        torch.testing.assert_close(log_p, zipf())


def test_an_adaptive_softmax_wants_frequent_words_first():
    with pytest.raises(GensqError, match="falling frequency"):
        layer("adaptive").start_from(zipf().flip(0))


def test_words_in_the_head_are_cheap_and_rare_ones_narrow():
    made = layer("adaptive")
    assert made.cutoffs == [VOCAB // 20, VOCAB // 4, VOCAB]
    widths = [tail[0].out_features for tail in made.tail]
    assert widths == [EMBED // 4, EMBED // 16]


def test_a_sampled_softmax_is_an_estimate_whose_gradient_comes_near_the_full_one(tokens):
    features, targets = tokens
    full = layer("full")
    sampled = SampledSoftmax(EMBED, VOCAB, num_sampled=64)
    sampled.load_state_dict(full.state_dict() | {"frequency": zipf().exp()})
    with torch.no_grad():
        for made in (full, sampled):
            made.bias.copy_(zipf())
    full.log_prob_of(features, targets).mean().backward()

    def gradient(num: int, repeats: int) -> torch.Tensor:
        sampled.num_sampled, sampled.bias.grad = num, None
        torch.manual_seed(2)
        for _ in range(repeats):
            (sampled.log_prob_of(features, targets).mean() / repeats).backward()
        return sampled.bias.grad

    def apart(found):
        return ((found - full.bias.grad).norm() / full.bias.grad.norm()).item()

    assert apart(gradient(4_096, 40)) < 0.1 < apart(gradient(16, 1))


def test_without_the_correction_a_sampled_softmax_is_another_model(tokens):
    """The trap: words that are drawn more often must count less."""
    features, targets = tokens
    made = SampledSoftmax(EMBED, VOCAB, num_sampled=20_000)
    made.start_from(zipf())
    torch.manual_seed(3)
    right = made.train().log_prob_of(features, targets).mean()
    exact = made.eval().log_prob_of(features, targets).mean()
    made.frequency.fill_(1 / VOCAB)  # as if all words were drawn alike: the corrections are those of another draw
    drawn = torch.multinomial(zipf().exp(), 20_000, replacement=True)
    wrong = -(made.logits(features)[:, drawn].logsumexp(-1) - made.logits(features).gather(1, targets[:, None])[:, 0]).mean()
    assert abs(right - exact) < 0.05 and abs(wrong - exact) > 1


def test_the_target_does_not_count_twice():
    made = SampledSoftmax(EMBED, VOCAB, num_sampled=500)
    made.frequency.zero_()
    made.frequency[7] = 1.0  # only the target is ever drawn
    found = made.train().log_prob_of(torch.randn(5, EMBED), torch.full((5,), 7))
    torch.testing.assert_close(found, torch.zeros(5))


@pytest.mark.parametrize("kind", ["lstm", "gru", "transformer"])
@pytest.mark.parametrize("name", OUTPUTS)
def test_every_decoder_takes_every_output(kind, name):
    options = {"tie": name != "adaptive"} if kind != "transformer" else {"num_heads": 2}
    model = LanguageModel(vocab_size=VOCAB, decoder=kind, embed_dim=EMBED, hidden_dim=8, output=name, **options)
    encoded = [[4, 5, 300, 2_000], [4], [6, 2_399]]  # words of the head and of both tails
    model.decoder.start_from_frequencies(encoded + [[i] * (1 + 2_000 // i) for i in range(4, VOCAB)])
    batch = collate(encoded)
    (-model.log_likelihood(batch).mean()).backward()
    assert all(part.grad is not None for part in model.parameters())
    model.eval()
    with torch.no_grad():
        whole, state, log_p = model.log_likelihood(batch), model.start(None, 3), torch.zeros(3)
        for t in range(batch.targets.shape[1]):
            each, state = model.step(batch.inputs[:, t], state)
            log_p += each.gather(1, batch.targets[:, t, None])[:, 0] * batch.mask[:, t]
    torch.testing.assert_close(log_p, whole)
    assert greedy(model, num=2, max_length=3).log_prob.shape == (2,)


def test_a_vae_with_an_adaptive_softmax_trains_and_says_its_bag_of_words():
    vae = BagOfWordsVAE(vocab_size=VOCAB, embed_dim=EMBED, hidden_dim=8, latent_dim=2, output="adaptive", tie=False)
    encoded = [[4, 5], [6], [4, 7, 8]]
    vae.count_words(iter(encoded))
    torch.testing.assert_close(vae.to_words.bias, log_frequencies(encoded, VOCAB))
    assert isinstance(vae.decoder.to_vocab, AdaptiveSoftmax) and vae.config["output"] == "adaptive"


@pytest.mark.parametrize(("options", "said"), [
    ({"output": "adaptive"}, "tie=False"), ({"output": "adaptive", "tie": False, "vocab_size": 500}, "at least 2,000"),
    ({"output": "adaptive", "tie": False, "embed_dim": 8}, "at least 16"), ({"output": "hierarchical"}, "full")])
def test_what_does_not_go_together_is_said_in_a_sentence(options, said):
    with pytest.raises(GensqError, match=said):
        TextVAE(**{"vocab_size": VOCAB, **options})


def test_a_full_softmax_is_what_it_was():
    """Its weights have the names that finished models carry."""
    assert set(FullSoftmax(EMBED, VOCAB).state_dict()) == {"weight", "bias"}
