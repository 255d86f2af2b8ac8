"""`gensq corpus sample` and `gensq corpus score`: print sentences, or judge one."""
import argparse
from collections.abc import Sequence

from gensq_course.cli.arguments import count
from gensq_lib.ground.errors import GensqError


def add_corpus(commands: argparse._SubParsersAction) -> None:
    """`gensq corpus sample` and `gensq corpus score`."""
    corpus = commands.add_parser("corpus", help="print sentences, or judge one").add_subparsers(required=True, metavar="ACTION")
    sample = corpus.add_parser("sample", help="print sentences, one a line")
    sample.add_argument("number", nargs="?", type=count, default=20, metavar="N")
    sample.add_argument("--both", action="store_true", help="English, a tab, Chinese")
    sample.add_argument("--dialogue", action="store_true", help="prompts and replies, with mood and persona")
    sample.add_argument("--corpus", default="", help="a corpus (default: world, or dialogue)")
    sample.add_argument("--seed", type=count, default=0)
    sample.set_defaults(command=sample_corpus)
    score = corpus.add_parser("score", help="log-probability, validity and attributes of a sentence")
    score.add_argument("sentence", help="English or Chinese")
    score.add_argument("--grammar", metavar="PATH", help="another grammar than the built-in world's")
    score.set_defaults(command=score_sentence)


def sample_corpus(options: argparse.Namespace) -> int:
    """Fresh sentences of a grammar, or the first training sentences of a corpus that has none."""
    from gensq_lib.ground import runtime
    from gensq_lib.text import corpora, grammar

    if options.dialogue:
        return sample_dialogue(options)
    options.corpus = options.corpus or "world"
    world = grammar.load() if options.corpus == "world" else None
    if options.corpus.startswith("grammar:"):
        world = grammar.load(options.corpus.partition(":")[2])
    if world is None:
        corpus = corpora.load(options.corpus, seed=options.seed)
        if options.both:
            raise GensqError(f'expected a corpus with two languages for --both, got "{options.corpus}"; leave --both out')
        for sentence in corpus.train[: options.number]:
            print(corpus.show(sentence))
        return 0
    for derivation in world.sample(options.number, generator=runtime.generator(options.seed)):
        shown = [world.show(derivation.words(language), language) for language in world.languages]
        print("\t".join(shown if options.both else shown[:1]))
    return 0


def sample_dialogue(options: argparse.Namespace) -> int:
    """Fresh exchanges of a grammar, or training exchanges of real dialogues: prompt, labels, reply, tabs between them."""
    from gensq_lib.ground import runtime
    from gensq_lib.text.corpora import dialogues

    if options.both:
        raise GensqError("expected a corpus with two languages for --both, got dialogues; leave --both out")
    name = options.corpus or "dialogue"
    dialogues.check(name)
    if g := dialogues.grammar_of(name):
        show, drawn = g.show, g.sample(options.number, generator=runtime.generator(options.seed))
    else:
        corpus = dialogues.load(name, seed=options.seed)
        show, drawn = corpus.show, corpus.train[: options.number]
    for exchange in drawn:
        print(show(exchange.prompt), " ".join(exchange.labels), show(exchange.reply), sep="\t")
    return 0


def score_sentence(options: argparse.Namespace) -> int:
    """What the grammar knows about a sentence."""
    from gensq_lib.text import grammar

    world = grammar.load(options.grammar)
    chinese = any("\u4e00" <= character <= "\u9fff" for character in options.sentence)
    language = "zh" if chinese and "zh" in world.languages else world.languages[0]
    words = world.read(options.sentence, language)
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
