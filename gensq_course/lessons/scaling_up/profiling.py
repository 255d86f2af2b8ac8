"""Where the processor's time goes: what torch's profiler saw, summed up by the part of the model that asked for it."""
from collections import Counter
from collections.abc import Callable

from torch.autograd.profiler_util import FunctionEvent
from torch.profiler import ProfilerActivity, profile

OUTPUT, RECURRENT, OPTIMISER, REST = "output layer", "recurrent layers", "optimiser", "everything else"
RECURRENT_WORDS = ("lstm", "gru", "rnn")


def time_by_part(work: Callable[[], object], *, vocab_size: int) -> dict[str, float]:
    """Milliseconds of processor time in each part while `work` runs once; one thread, or the sum over threads."""
    with profile(activities=[ProfilerActivity.CPU], record_shapes=True) as found:
        work()
    spent = Counter({OUTPUT: 0.0, RECURRENT: 0.0, OPTIMISER: 0.0, REST: 0.0})
    for event in found.events():
        spent[part(event, vocab_size)] += event.self_cpu_time_total / 1000
    return dict(spent)


def part(event: FunctionEvent, vocab_size: int) -> str:
    """By the optimiser's own mark, by names of recurrent kernels, and by tables that are as wide as the vocabulary.

    A gradient of the word embedding has that width, too; it is told by its name.
    """
    names = [event.name.lower()]
    above = event.cpu_parent
    while above is not None:
        names.append(above.name.lower())
        above = above.cpu_parent
    if any(name.startswith(("optimizer.", "optimizer.step")) for name in names):
        return OPTIMISER
    if any(word in name for name in names for word in RECURRENT_WORDS):
        return RECURRENT
    wide = any(vocab_size in shape for shape in event.input_shapes or () if isinstance(shape, list | tuple))
    return OUTPUT if wide and not any("embedding" in name for name in names) else REST
