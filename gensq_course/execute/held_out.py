"""The committed held-out sentences of the built-in world, drawn anew after an edit of its grammar."""
import hashlib

from gensq_lib.ground.places import atomic_write
from gensq_lib.ground.runtime import generator
from gensq_lib.text import grammar
from gensq_lib.text.corpora import world
from gensq_lib.text.grammar import Grammar


def write_held_out(g: Grammar | None = None) -> None:
    """Draw the committed pairs, and write down what they and the training sentences were made from."""
    g = g or grammar.load()
    folder = g.path.parent
    for part in world.HELD_OUT:
        sides = zip(*(world.drawn_part(g, code, part) for code in g.languages), strict=True)
        with atomic_write(folder / f"world.{part}.tsv") as path:
            path.write_text("".join("\t".join(map(" ".join, both)) + "\n" for both in sides), "utf-8", newline="\n")
    names = [g.path.name, *(f"world.{part}.tsv" for part in world.HELD_OUT)]
    facts = [(world.file_digest(folder / name), name) for name in names]
    facts.append((train_sha256(g), world.TRAIN))
    with atomic_write(folder / world.FACTS) as path:
        path.write_text("".join(f"{sha256}  {name}\n" for sha256, name in facts), "utf-8", newline="\n")


def train_sha256(g: Grammar) -> str:
    """Of the training sentences of seed 0: the same on every machine, or the world is another one."""
    drawn = g.sentences(world.NUM_TRAIN, generator=generator(0, "train"))
    return hashlib.sha256("".join(" ".join(sentence) + "\n" for sentence in drawn).encode()).hexdigest()
