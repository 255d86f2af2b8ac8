"""Tables and pictures of lesson 12: facts of a summary, what is copied and from where, measures over lengths, a newsroom."""
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gensq_course import widgets
from gensq_course.lessons.dialogue_gan.pictures import Picture
from gensq_course.lessons.summarisation.study_people import AHEAD
from gensq_course.studies import extracts, summarising, translating
from gensq_course.studies.answering import Bench
from gensq_course.studies.rows import Row, by, value, values
from gensq_lib import plots
from gensq_lib.diagnostics.facts import headline_facts
from gensq_lib.ground.errors import GensqError
from gensq_lib.maths.objectives import evaluating
from gensq_lib.maths.stats import Estimate, estimate
from gensq_lib.models.seq2seq import Seq2Seq
from gensq_lib.text.corpora import PairCorpus
from gensq_lib.text.pairs import Pair, collate_pairs
from gensq_lib.text.vocab import Sentence

NO_HEADLINE, LOOKS = "words, no headline", 2
ROOM = 0.5  # of the height of a picture, above it, for names
Writers = Mapping[str, Callable[[list[Pair]], list[Sentence]]]  # who writes -> what they write of each document


def fact_rows(said: Mapping[str, Sentence], pair: Pair, text: PairCorpus) -> widgets.Table:
    """A row for each summary of one report: the facts that it has right, those it has wrong, those it leaves out."""
    rows = []
    for name, summary in said.items():
        found = headline_facts(summary, pair.source, text.grammar)
        verdict = ("faithful" if found.faithful else "not faithful") if found.headline else NO_HEADLINE
        parts = (", ".join(part) or "-" for part in (found.right, found.wrong, found.missing))
        rows.append([name, text.show_target(summary), *parts, verdict])
    columns = ["who writes", "summary", "✓ right", "✗ wrong", "left out", "verdict"]
    return widgets.table(rows, columns, text.show_source(pair.source))


def where_from(model: Seq2Seq, pair: Pair, text: PairCorpus) -> widgets.Table:
    """Before each word of a summary: how likely a copy was, and the words of the document with the highest weights."""
    batch = collate_pairs(text.encoded([pair]))
    with evaluating(model):
        weights, copied = model.looks(batch)[0].tolist(), model.copies(batch)[0].tolist()
    rows = []
    for word, gate, row in zip((*pair.target, "<eos>"), copied, weights, strict=False):
        most = sorted(range(len(pair.source)), key=lambda i, row=row: -row[i])[:LOOKS]
        rows.append([word, f"{gate:.2f}", *(f"{pair.source[i]} (word {i + 1}): {row[i]:.2f}" for i in most)])
    return widgets.table(rows, ["word", "copied", "looks most at", "and at"],
                         "Before each word: the probability of a copy, and where the attention lies")


def over_lengths(rows: Sequence[Row], measure: str, **words: str) -> Picture:
    """A measure of everybody who may write so many words and no other number."""
    found = by([row for row in rows], "said_by", "length", measure=measure)
    lengths = sorted({length for _, length in found if length})
    curves = {name: [found[name, length].mean for length in lengths]
              for name in dict.fromkeys(name for name, length in found if length)}
    axes = plots.curves_over(lengths, curves, xlabel="words of every summary", ylabel=measure, **words)
    return axes, f"{measure} of summaries of {', '.join(map(str, lengths))} words: " + "; ".join(
        f"{name} {', '.join(f'{y:.2f}' for y in ys)}" for name, ys in curves.items()) + "."


def against(measures: Mapping[str, Mapping[str, float]], *, across: str, up: str, **words: str) -> Picture:
    """A point for each system, its name beside it; names are slanted, so that those of neighbours do not lie on each other."""
    axes = plots.frontier({name: ([found[across]], [found[up]]) for name, found in measures.items()}, xlabel=across, ylabel=up,
                          **words)
    axes.get_legend().remove()
    low, high = axes.get_ylim()
    axes.set_yticks([tick for tick in axes.get_yticks() if low <= tick <= high])
    axes.set_ylim(low, high + ROOM * (high - low))
    for name, found in measures.items():
        axes.annotate(name, (found[across], found[up]), textcoords="offset points", xytext=(4, 5), fontsize="small", rotation=35,
                      rotation_mode="anchor")
    return axes, f"{up} over {across}: " + "; ".join(
        f"{name} {found[up]:.2f} at {found[across]:.1f}" for name, found in measures.items()) + "."


def paired(rows: Sequence[Row], ours: str, theirs: str, *, length: int | None = None) -> list[str]:
    """ROUGE-1, faithful, wrong fact of the first less the second, paired by seed: mean and 95 % interval."""
    found = []
    for measure in ("ROUGE-1", "faithful", "wrong fact"):
        gains = [value(row["found"], said_by=ours, length=length, measure=measure)
                 - value(row["found"], said_by=theirs, length=length, measure=measure) for row in rows]
        found.append(with_interval(estimate(gains)))
    return found


def shortly(found: Estimate) -> str:
    """For a table with many columns: of ROUGE one decimal, of shares and facts two."""
    digits = 1 if found.mean > 10 else 2
    return f"{found.mean:.{digits}f} ± {found.error:.{digits}f}"


def over_abstracts(rows: Sequence[Row], said_by: str) -> list[str]:
    """Recorded, for each seed: ROUGE-1 less that of the model, mean and 95 % interval over test abstracts; "" for itself."""
    found = [[values(row["found"], said_by=said_by, measure=measure) for measure in AHEAD] for row in rows]
    return [mean_and_bounds(mean[0], low[0], high[0]) if mean else "" for mean, low, high in found]


def with_interval(gain: Estimate) -> str:
    """A difference in words."""
    return mean_and_bounds(gain.mean, *gain.interval)


def mean_and_bounds(mean: float, low: float, high: float) -> str:
    """A number and its interval."""
    return f"{mean:+.3g} ({low:+.3g} to {high:+.3g})"


def newsroom(bench: Bench, writer: Seq2Seq, others: Writers) -> Callable[..., Any]:
    """For an explorer: type a report or choose one, see what everybody makes of it, fact by fact, and what the writer copies."""
    text = bench.text

    def show(report: str, **labels: str) -> widgets.Picture:
        words = text.read_source(report)
        if unknown := [word for word in words if text.source_vocab.closed and word not in text.source_vocab] or not words:
            raise GensqError(f"expected words of this newspaper, got {unknown if words else 'nothing'}; choose an example")
        asked = Pair(words, (), tuple(labels.values()))
        said = {"copying": translating.likeliest(writer, [asked], bench, width=summarising.WIDTH)[0]}
        said |= {name: write([Pair(words, said["copying"], asked.labels)])[0] for name, write in others.items()}
        return one_document(said, asked, writer, text)
    return show


def one_document(said: Mapping[str, Sentence], pair: Pair, writer: Seq2Seq, text: PairCorpus) -> widgets.Picture:
    """Below a document everybody's summary, with its facts where they are known, and where the writer copied its own from."""
    shown = fact_rows(said, pair, text) if text.grammar else widgets.table(
        [[name, text.show_target(summary)] for name, summary in said.items()], ["who writes", "summary"],
        text.show_source(pair.source))
    return widgets.together(shown, where_from(writer, Pair(pair.source, said["copying"], pair.labels), text))


def extractors(bench: Bench, scores: Mapping[str, extracts.Scores]) -> Writers:
    """They take as many words as the headline beside them has."""
    return {name: lambda pairs, score=score: extracts.extracts(score, pairs, extracts.lengths_of(pairs))
            for name, score in scores.items()}
