"""`gensq corpus look`, `cut`, `sample`, `list` and `score`: see what a text becomes, print sentences, or judge one."""
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from gensq_course.cli.arguments import COUNT, FILE, SEED
from gensq_lib.ground.errors import GensqError


@click.group("corpus", no_args_is_help=False)
def ask_corpus() -> None:
    """See what a text becomes, print sentences, or judge one.

    Texts of your own: file:PATH (a sentence a line), file:PATH#NAME (a column of CSV, TSV or JSONL), words:PATH (tokens with
    spaces between, <unk> among them; or a folder of train, valid and test), chars:PATH (by characters), pairs:PATH (prompt,
    tab, reply, and perhaps a tab and a label), grammar:PATH and dialogue:PATH (edited copies of data/*.grammar).
    """


@ask_corpus.command("look")
@click.argument("name")
def look_at(name: str) -> int:
    """What a corpus becomes, without training: what is kept and left out, vocabulary, unknown words.

    NAME is that of a corpus, or the path of a text of yours (taken for file:PATH).
    """
    from gensq_course.report import gate
    from gensq_lib.text import corpora

    name = named(name)
    print(gate.look(name, corpora.kinds(name)[0]))
    return 0


@ask_corpus.command("cut")
@click.argument("path", type=FILE)
@click.option("-o", "--output", type=FILE, required=True, help="the new file")
@click.option("--force", is_flag=True, help="write over a file that is there")
def cut_text(path: Path, output: Path, force: bool) -> int:
    """Write one sentence a line, from paragraphs, wrapped lines, subtitles or items that a mark parts.

    Wrapped lines are joined, numbers and times of subtitles and terminal codes left out, and the text is cut at . ! ? and their
    Chinese forms. What was done is counted.
    """
    from gensq_course.cli.chat import shown
    from gensq_course.report import cutting

    done = cutting.cut_file(path, output, force=force)
    print(*(f"{what:32}{num:>10,}" for what, num in done.account.items()), sep="\n")
    print(f"Written: {shown(str(output))}. Look at it: gensq corpus look {shown(str(output))}")
    return 0


def named(name: str) -> str:
    """The name of a corpus; a bare path is what it most likely holds."""
    from gensq_lib.text import corpora

    path = os.path.expanduser(name)
    if name in corpora.names() or not os.path.exists(path.partition("#")[0]):
        return name
    return ("words:" if os.path.isdir(path) else "grammar:" if name.endswith(".grammar") else "file:") + name


@ask_corpus.command("sample")
@click.argument("number", type=COUNT, default=20)
@click.option("--both", is_flag=True, help="English, a tab, Chinese")
@click.option("--dialogue", is_flag=True, help="prompts and replies, with mood and persona")
@click.option("--corpus", default="", help="a corpus (default: world, or dialogue)")
@click.option("--seed", type=SEED, default=0, help="another seed, other sentences (default: 0)")
def print_sample(number: int, both: bool, dialogue: bool, corpus: str, seed: int) -> int:
    """Print sentences, one a line (default: 20)."""
    sample = sample_dialogue if dialogue else sample_sentences
    for line in sample(corpus or ("dialogue" if dialogue else "world"), number, both=both, seed=seed):
        print(line)
    return 0


def sample_sentences(name: str, number: int, *, both: bool, seed: int) -> Iterator[str]:
    """Fresh sentences of a grammar, or the first training sentences of a corpus that has none."""
    from gensq_course.report.parameters import check_corpus
    from gensq_lib.ground import runtime
    from gensq_lib.text import corpora

    check_corpus(name)
    found = corpora.found(name, kind="sentences")
    if world := corpora.grammar_of(name):
        languages = world.languages if both else [world.language(found.language)]
        for derivation in world.sample(number, generator=runtime.generator(seed)):
            yield "\t".join(world.show(derivation.words(language), language) for language in languages)
    elif both:
        pairs = corpora.load_pairs(name)
        for pair in pairs.train[:number]:
            yield f"{pairs.show_source(pair.source)}\t{pairs.show_target(pair.target)}"
    else:
        corpus = corpora.load(name, seed=seed)
        yield from map(corpus.show, corpus.train[:number])


def sample_dialogue(name: str, number: int, *, both: bool, seed: int) -> Iterator[str]:
    """Fresh exchanges of a grammar, or training exchanges of real dialogues: prompt, labels, reply, tabs between them."""
    from gensq_course.report.parameters import check_corpus
    from gensq_lib.ground import runtime
    from gensq_lib.text import corpora

    check_corpus(name, like="dialogue")
    if both:
        raise GensqError("expected a corpus with two languages for --both, got dialogues; leave --both out")
    if grammar := corpora.grammar_of(name, "dialogues"):
        show = show_reply = grammar.show
        drawn = grammar.sample(number, generator=runtime.generator(seed))
    else:
        corpus = corpora.load_dialogues(name, seed=seed)
        show, show_reply, drawn = corpus.show_source, corpus.show_target, corpus.train[:number]
    for exchange in drawn:
        yield "\t".join([show(exchange.source), " ".join(exchange.labels), show_reply(exchange.target)])


@ask_corpus.command("list")
@click.argument("number", type=COUNT, default=100)
@click.option("--dialogue", "world", flag_value="dialogue", help="exchanges: prompt, who answers, reply")
@click.option("--crossing", "world", flag_value="crossing", help="sentences of the translation world in three languages")
@click.option("--reports", "world", flag_value="reports", help="reports of a small newspaper, each with a headline")
@click.option("--seed", type=SEED, default=0, help="another seed, other sentences (default: 0)")
def print_list(number: int, world: str | None, seed: int) -> int:
    """Sentences of the built-in world with their Chinese, as the numbered lists of data/README.md."""
    print(listing(number, seed, world=world or "world"), end="")
    return 0


def listing(number: int, seed: int, *, world: str = "world") -> str:
    """A Markdown list: one meaning in every language of a world, or exchanges."""
    import torch

    from gensq_lib.text import grammar

    g, noise = grammar.shipped(world), torch.Generator().manual_seed(seed)
    drawn = g.sample(number, generator=noise)
    lines = map(g.show_exchange, drawn) if isinstance(g, grammar.DialogueGrammar) else (
        " / ".join(g.show(d.words(code), code) for code in g.languages) for d in drawn)
    return "".join(f"{place}. {line}\n" for place, line in enumerate(lines, start=1))


@ask_corpus.command("score")
@click.argument("sentence")
@click.option("--grammar", "path", metavar="PATH", help="another grammar than the built-in world's")
def score_sentence(sentence: str, path: str | None) -> int:
    """Log-probability, validity and attributes of a sentence, English or Chinese."""
    from gensq_lib.text import grammar

    world = grammar.load(path)
    chinese = any("\u4e00" <= character <= "\u9fff" for character in sentence)
    language = "zh" if chinese and "zh" in world.languages else world.languages[0]
    words = world.read(sentence, language)
    parse = world.parse(words, language=language)
    print(f"log-probability  {parse.log_prob:.3f} nats")
    print(f'valid            {"yes" if parse.valid else "no"}')
    if not parse.valid:
        print(f"first mistake    {first_mistake(words, parse.error_at)}")
    for name, value in parse.attributes.items():
        print(f"{name:16} {value}")
    return 0


def first_mistake(words: Sequence[str], index: int | None) -> str:
    """The first word that no sentence of the grammar has there."""
    if index is None or index >= len(words):
        return "the sentence ends too early"
    return f'word {index + 1}, "{words[index]}"'
