"""To talk with a model that answers: a sentence in, a reply out. No widget here, no page: only words.

What a person types is text and stays text: it is cut, read, and escaped before it meets a page. Nothing is kept.
"""
import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import nn

from gensq_lib.ground.errors import GensqError, listed, nearest
from gensq_lib.maths.adversarial.policy import increments
from gensq_lib.maths.divergences import reparameterize
from gensq_lib.maths.objectives import evaluating
from gensq_lib.text.corpora import PairCorpus
from gensq_lib.text.decoding import Decoded, sample
from gensq_lib.text.grammar import TURN
from gensq_lib.text.pairs import Prompts, collate_pairs, collate_prompts
from gensq_lib.text.vocab import Sentence, Vocab
from gensq_lib.training.steps import device_of

LONGEST = 300  # characters that are read of what is typed
MAX_LENGTH = 40  # tokens of a reply
TRIES = 8  # draws among which different replies are looked for
UNSURE, SURE = 0.02, 0.5  # nats of a judge's score: below the one a word is not shaded, from the other on at full strength
TURNS = {True: 3, False: 2}  # that a model is shown, this one counted: as long as prompts of a small world, and of people's, are


@dataclass(frozen=True)
class Answer:
    """A reply, two others that it could have been, and what was not understood."""

    text: str
    words: tuple[tuple[str, float], ...]  # the text, cut behind each word, with what a judge gives for it (0 without a judge)
    alternatives: tuple[str, ...]
    unknown: tuple[str, ...]  # words of the person that the model has never seen
    turns: tuple[str, ...]  # of the conversation so far: what the person and the model said, as text
    note: str = ""  # what else there is to say


def replies(model: nn.Module, prompts: Prompts, *, max_length: int = MAX_LENGTH, temperature: float = 1.0,
            generator: torch.Generator) -> Decoded:
    """One sampled reply to each prompt, from any model that answers; one with a z first draws it from its prior."""
    with evaluating(model):
        z = reparameterize(model.prior(prompts), generator=generator)[0] if hasattr(model, "prior") else None
        return sample(model.answering(prompts), num=len(prompts), z=z, max_length=max_length, temperature=temperature,
                      avoid=(Vocab.UNK,), generator=generator)


def answer(model: nn.Module, corpus: PairCorpus, said: str, *, turns: Sequence[str] = (), temperature: float = 1.0,
           judge: nn.Module | None = None, generator: torch.Generator, **labels: str) -> Answer:
    """Answer a sentence: `answer(model, corpus, "Have you seen my keys?", mood="grumpy", persona="baker", generator=g)`.

    `turns` is what was said before, from the last answer.
    """
    chosen, (prompt, unknown) = _labels(corpus, labels), _understood(corpus, said[:LONGEST], turns)
    ids = corpus.source_vocab.encode(prompt)
    prompts = collate_prompts([ids] * TRIES, [corpus.label_ids(chosen)] * TRIES, device=device_of(model))
    drawn = replies(model, prompts, temperature=temperature, generator=generator).sentences(corpus.target_vocab)
    first, *others = dict.fromkeys(filter(None, drawn)) or [()]
    show = corpus.show_target
    cut = f"I read the first {LONGEST} characters." if len(said) > LONGEST else ""
    return Answer(show(first), _scored(judge, corpus, ids, first, chosen), tuple(map(show, others[:2])), unknown,
                  (*turns, said[:LONGEST], show(first)), cut)


def as_html(found: Answer) -> str:
    """A bubble with the reply, each word shaded by its score, and what else could have been said; a softer one for each note.

    A text that was not said word by word, a refusal, is a note, too. All text is escaped. The look is that of `widgets.chat`.
    """
    by_word = bool(found.words) and all(" " not in word.strip() for word, _ in found.words)
    unknown = f"I do not know: {', '.join(found.unknown)}" if found.unknown else ""
    notes = filter(None, ("" if by_word else found.text or "It says nothing.", unknown, found.note))
    softer = (f'<p class="bubble note" dir="auto">{html.escape(text)}</p>' for text in notes)
    return "".join([_bubble(found) if by_word else "", *softer])


def _bubble(found: Answer) -> str:
    """The reply; unfolded, the other replies, and the judge's numbers for those who cannot see the shading."""
    words = "".join(_shaded(word, score) for word, score in found.words)
    also = "".join(f'<li dir="auto">{html.escape(text)}</li>' for text in found.alternatives)
    scores = " · ".join(f"{html.escape(word.strip())} {_number(score)}" for word, score in found.words if score)
    inside = (f"<ul>{also}</ul>" if also else "") + (f"<p>Judge: {scores}</p>" if scores else "")
    more = f"<details><summary>other replies</summary>{inside}</details>" if inside else ""
    return f'<div class="bubble"><p dir="auto"><span class="said-by">model: </span>{words}</p>{more}</div>'


def words_of(corpus: PairCorpus, said: str) -> Sentence:
    """What was said, as words; between turns nothing is said."""
    return tuple(word for word in corpus.read_source(said.replace(TURN, " ").replace("\n", " ")) if word != TURN)


def _labels(corpus: PairCorpus, labels: Mapping[str, str]) -> tuple[str, ...]:
    """One label for each condition; the first value where none is named."""
    for name, value in labels.items():
        allowed = corpus.conditions.get(name)
        if allowed is None or value not in allowed:
            got, choices = (name, corpus.conditions) if allowed is None else (value, allowed)
            raise GensqError(f'expected {"a condition" if allowed is None else name} out of {listed(choices)}, got "{got}"'
                             f"{nearest(got, choices) or '; choose one of these'}")
    return tuple(labels.get(name, values[0]) for name, values in corpus.conditions.items())


def _understood(corpus: PairCorpus, said: str, turns: Sequence[str]) -> tuple[Sentence, tuple[str, ...]]:
    """The prompt, and the words that are not known. A closed vocabulary leaves these out."""
    words = words_of(corpus, said)
    unknown = tuple(dict.fromkeys(corpus.source_vocab.unknown(words)))
    if not set(words) - set(unknown):
        raise GensqError("expected a sentence with a word that the model knows, got none; say something else")
    typed = said.split(TURN)
    longest = TURNS[corpus.grammar is not None]
    before = turns[-(longest - 1):] if len(typed) == 1 else ()  # who writes whole conversations needs no other
    *longer, alone = (_joined(corpus, [*before[i:], *typed]) for i in range(len(before) + 1))
    return next((prompt for prompt in longer if _is_prompt(corpus, prompt)), alone), unknown


def _is_prompt(corpus: PairCorpus, prompt: Sentence) -> bool:
    """In a small world not every conversation goes on: a model that has never seen the like is not shown it."""
    if corpus.grammar is None:
        return True
    try:
        corpus.grammar.understood(prompt)
    except GensqError:
        return False
    return True


def _joined(corpus: PairCorpus, turns: Sequence[str]) -> Sentence:
    """The turns behind each other, without what a closed vocabulary does not know."""
    prompt: list[str] = []
    for turn in turns:
        heard = [w for w in words_of(corpus, turn) if not (corpus.source_vocab.closed and w not in corpus.source_vocab)]
        prompt += [TURN, *heard] if prompt and heard else heard
    return tuple(prompt)


def _scored(judge: nn.Module | None, corpus: PairCorpus, prompt: list[int], reply: Sentence, labels: tuple[str, ...]
            ) -> tuple[tuple[str, float], ...]:
    """What each word adds to the judge's log-odds that a person says this."""
    pieces = _pieces(corpus, reply)
    if judge is None or not reply:
        return tuple((piece, 0.0) for piece in pieces)
    batch = collate_pairs([(prompt, corpus.target_vocab.encode(reply), corpus.label_ids(labels))], device=device_of(judge))
    with evaluating(judge):
        scores = increments(judge.prefix_logits(batch), batch.mask)[0].tolist()
    return tuple(zip(pieces, scores[: len(reply)], strict=True))


def _pieces(corpus: PairCorpus, reply: Sentence) -> list[str]:
    """The reply as it is shown, cut behind each word: "Sure", ",", " Ben", "!"; its words where showing changes what stood."""
    shown = [corpus.show_target(reply[:i]) for i in range(len(reply) + 1)]
    cut = [later.removeprefix(earlier) for earlier, later in pairwise(shown)]
    return cut if "".join(cut) == shown[-1] else [f" {word}" for word in reply]


def _shaded(word: str, score: float) -> str:
    """Orange where the judge doubts, blue where it believes, as strong as it is sure."""
    if abs(score) < UNSURE:
        return html.escape(word)
    kind, weight = "doubted" if score < 0 else "believed", min(abs(score) / SURE, 1.0)
    return f'<span class="{kind}" style="--weight:{weight:.0%}" title="{_number(score)}">{html.escape(word)}</span>'


def _number(score: float) -> str:
    """With its sign, a true minus."""
    return f"{score:+.2f}".replace("-", "−")
