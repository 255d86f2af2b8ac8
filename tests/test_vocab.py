"""Words and integers: a bijection, with specials that no text can spell."""
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gensq_lib.ground.errors import GensqError
from gensq_lib.text.vocab import Vocab

WORD = st.one_of(st.text(min_size=1, max_size=6), st.sampled_from(Vocab.SPECIALS))
SENTENCES = st.lists(st.lists(WORD, max_size=6).map(tuple), max_size=8)


class SpelledSpecials(Vocab):
    """Planted: the specials are looked up like words, so that a reader's "<eos>" ends a sentence."""

    def encode(self, sentence):
        return [self.words.index(word) if word in self.words else self.UNK for word in sentence]


def keeps_text_as_text(make):
    vocab = make(["the", "<eos>", "<pad>", "<bos>", "<unk>", "end"])
    sentence = ("the", "<eos>", "<pad>", "<bos>", "<unk>", "end")
    return vocab.decode(vocab.encode(sentence)) == sentence


def test_specials_in_a_readers_text_are_text():
    assert keeps_text_as_text(Vocab)


def test_planted_specials_are_refused():
    assert not keeps_text_as_text(SpelledSpecials)


@given(SENTENCES)
def test_decode_is_the_inverse_of_encode(sentences):
    vocab = Vocab.from_sentences(sentences)
    for sentence in sentences:
        ids = vocab.encode(sentence)
        assert vocab.decode(ids) == sentence and all(len(Vocab.SPECIALS) <= i < len(vocab) for i in ids)


@given(st.lists(WORD, max_size=20))
def test_words_and_integers_are_a_bijection(words):
    vocab = Vocab(words)
    assert [vocab.encode((word,)) for word in vocab.words[4:]] == [[i] for i in range(4, len(vocab))]
    assert set(vocab.words[4:]) == set(words) and len(set(vocab.words[4:])) == len(vocab) - 4


def test_specials_come_first():
    assert (Vocab.PAD, Vocab.BOS, Vocab.EOS, Vocab.UNK) == (0, 1, 2, 3)
    assert Vocab(["a"]).words == (*Vocab.SPECIALS, "a") and len(Vocab([])) == 4 and "<pad>" not in Vocab([])


@given(SENTENCES, st.integers(1, 3), st.integers(0, 5))
def test_the_kept_words_are_the_most_frequent(sentences, min_count, max_size):
    kept = Vocab.from_sentences(sentences, min_count=min_count, max_size=max_size).words[4:]
    counts = Counter(word for sentence in sentences for word in sentence)
    expected = sorted((w for w in counts if counts[w] >= min_count), key=lambda w: (-counts[w], w))
    assert list(kept) == expected[: max_size or len(expected)]


@given(SENTENCES, st.randoms())
def test_the_order_of_sentences_does_not_matter(sentences, rng):
    words = Vocab.from_sentences(sentences).words
    rng.shuffle(sentences)
    assert Vocab.from_sentences(sentences).words == words


def test_an_unknown_word_is_unk_only_in_an_open_vocabulary():
    sentence = ("the", "yeti", "sleeps", "yeti")
    assert Vocab(["the", "sleeps"]).encode(sentence) == [4, Vocab.UNK, 5, Vocab.UNK]
    with pytest.raises(GensqError, match='got "yeti"'):
        Vocab(["the", "sleeps"], closed=True).encode(sentence)
    assert Vocab(["the", "sleeps"]).unknown(sentence) == ["yeti", "yeti"]


@pytest.mark.parametrize("ids, words", [
    ([4, 5, Vocab.EOS, 4], ("a", "b")), ([Vocab.BOS, 4, Vocab.PAD, 5], ("a", "b")), ([Vocab.EOS, 4], ()), ([], ()),
    ([4, Vocab.UNK, 5], ("a", "<unk>", "b"))])
def test_decode_stops_at_eos_and_leaves_padding_out(ids, words):
    assert Vocab(["a", "b"]).decode(ids) == words


@pytest.mark.parametrize("ids, got", [([99], "got 99"), ([5, -1], "got -1"), ([4, 6], "got 6")])
def test_integers_of_another_vocabulary_are_refused(ids, got):
    vocab = Vocab(["a", "b"])
    with pytest.raises(GensqError, match=f"expected integers from 0 to 5, {got}; take the vocabulary"):
        vocab.decode(ids)
    assert vocab.decode([4, vocab.PAD, 5, vocab.EOS, *ids]) == ("a", "b"), "what follows <eos> is not read"
