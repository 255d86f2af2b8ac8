"""Where the time goes: what torch's profiler saw, summed up by the part of the model that asked for it."""
import os
from collections import Counter
from collections.abc import Iterable, Sequence

os.environ.setdefault("KINETO_LOG_LEVEL", "99")  # the profiler says on stderr that it starts and stops

from torch.autograd.profiler_util import FunctionEvent
from torch.profiler import profile

from gensq_course.lessons.scaling_up.layers import Learnt
from gensq_lib import training
from gensq_lib.models.outputs import AdaptiveSoftmax, Output, SampledSoftmax
from gensq_lib.text.batching import Batch
from gensq_lib.training.steps import device_of

OUTPUT, RECURRENT, OPTIMISER, REST = "output layer", "recurrent layers", "optimiser", "everything else"
RECURRENT_WORDS = ("lstm", "gru", "rnn")


def seconds_of(events: Iterable[FunctionEvent], widths: set[int]) -> dict[str, float]:
    """Of each part, by the clock; of a profile made with `record_shapes=True`. `widths`: how many scores there are together."""
    spent = Counter({OUTPUT: 0.0, RECURRENT: 0.0, OPTIMISER: 0.0, REST: 0.0})
    for event in events:
        spent[part(event, widths)] += event.self_cpu_time_total / 1e6
    return dict(spent)


def shares_of_time(events: Iterable[FunctionEvent], *, vocab_size: int) -> dict[str, float]:
    """The share of each part, where every position meets all words."""
    spent = seconds_of(events, {vocab_size})
    return {name: each / sum(spent.values()) for name, each in spent.items()}


def of_a_step(learnt: Learnt, batches: Sequence[Batch]) -> dict[str, float]:
    """Milliseconds of each part of the library's training step, in fp32; a first step is done before, unwatched."""
    step = training.language_model_step(learnt.model, learnt.optimizer, mixed=False)
    widths = widths_of(learnt.model.decoder.to_vocab)
    here = [batch.to(device_of(learnt.model)) for batch in batches]
    step(lambda: here[0], 0)
    with profile(record_shapes=True) as found:
        for i, batch in enumerate(here[1:]):
            step(lambda batch=batch: batch, i)
    return {name: 1000 * each / (len(here) - 1) for name, each in seconds_of(found.events(), widths).items()}


def widths_of(layer: Output) -> set[int]:
    """How many scores there are together: of all words, of a head and its tails, or of the words drawn and the target."""
    if isinstance(layer, AdaptiveSoftmax):
        return {layer.head.out_features, *(tail[1].out_features for tail in layer.tail)}
    if isinstance(layer, SampledSoftmax):
        return {layer.out_features, layer.num_sampled, layer.num_sampled + 1}
    return {layer.out_features}


def part(event: FunctionEvent, widths: set[int]) -> str:
    """By the optimiser's own mark, by names of recurrent kernels, and by tables that are as wide as the output layer.

    The gradient of a word embedding has that width, too; it is told by its name.
    """
    names = list(called(event))
    if any(name.startswith("optimizer.") for name in names):
        return OPTIMISER
    if any(word in name for name in names for word in RECURRENT_WORDS):
        return RECURRENT
    wide = any(widths & {*shape} for shape in event.input_shapes or () if isinstance(shape, list | tuple))
    return OUTPUT if wide and not any("embedding" in name for name in names) else REST


def called(event: FunctionEvent | None) -> Iterable[str]:
    """The names of an operation and of those that called it."""
    while event is not None:
        yield event.name.lower()
        event = event.cpu_parent
