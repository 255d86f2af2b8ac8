"""Where the time goes: what torch's profiler saw, summed up by the part of the model that asked for it."""
import os
from collections import Counter
from collections.abc import Iterable

os.environ.setdefault("KINETO_LOG_LEVEL", "99")  # the profiler says on stderr that it starts and stops

from torch.autograd.profiler_util import FunctionEvent

OUTPUT, RECURRENT, OPTIMISER, REST = "output layer", "recurrent layers", "optimiser", "everything else"
RECURRENT_WORDS = ("lstm", "gru", "rnn")


def shares_of_time(events: Iterable[FunctionEvent], *, vocab_size: int) -> dict[str, float]:
    """The share of each part, by the clock; of a profile that was made with `record_shapes=True`."""
    spent = Counter({OUTPUT: 0.0, RECURRENT: 0.0, OPTIMISER: 0.0, REST: 0.0})
    for event in events:
        spent[part(event, vocab_size)] += event.self_cpu_time_total
    return {name: each / spent.total() for name, each in spent.items()}


def part(event: FunctionEvent, vocab_size: int) -> str:
    """By the optimiser's own mark, by names of recurrent kernels, and by tables that are as wide as the vocabulary.

    The gradient of a word embedding has that width, too; it is told by its name.
    """
    names = list(called(event))
    if any(name.startswith("optimizer.") for name in names):
        return OPTIMISER
    if any(word in name for name in names for word in RECURRENT_WORDS):
        return RECURRENT
    wide = any(vocab_size in shape for shape in event.input_shapes or () if isinstance(shape, list | tuple))
    return OUTPUT if wide and not any("embedding" in name for name in names) else REST


def called(event: FunctionEvent | None) -> Iterable[str]:
    """The names of an operation and of those that called it."""
    while event is not None:
        yield event.name.lower()
        event = event.cpu_parent
