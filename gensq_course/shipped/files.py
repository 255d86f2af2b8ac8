"""Models in files: all models of the library by the name of their class, made from their config, saved and loaded.

Files hold numbers (safetensors): nothing in them can run. Every weight stands there once, and one entry of metadata, which is
JSON: the config of the model, what it was made from, and a hash of the weights, so that a damaged file is not taken for a model.
"""
import hashlib
import itertools
import json
import os
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from gensq_lib.ground.errors import GensqError, expect, listed, nearest, whole
from gensq_lib.ground.places import atomic_write
from gensq_lib.models.conditional_vae import ConditionalVAE
from gensq_lib.models.dense_vae import DenseVAE, LinearVAE
from gensq_lib.models.gan import ConvolutionalGAN, DenseGAN
from gensq_lib.models.judges import ConvolutionalJudge, PrefixJudge, RecurrentJudge, ReplyJudge
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.models.masked_diffusion import MaskedDenoiser
from gensq_lib.models.ngram import NGram
from gensq_lib.models.parts import Model
from gensq_lib.models.seq2seq import Seq2Seq
from gensq_lib.models.speech import SpeechClassifier, SpeechVAE
from gensq_lib.models.text_vae import VAES
from gensq_lib.text.vocab import Vocab

DTYPES = (torch.float16, torch.float32, torch.float64, torch.int64)
LARGEST_HEADER = 20_000_000  # bytes: the facts of a model with the largest vocabulary take a hundredth
FACTS = "facts"  # the one entry of metadata: with several, their order and so the bytes would change from run to run
MODELS: dict[str, type[Model]] = {kind.__name__: kind for kind in (
    LanguageModel, NGram, Seq2Seq, DenseVAE, LinearVAE, *VAES.values(), ConditionalVAE, DenseGAN, ConvolutionalGAN,
    RecurrentJudge, ConvolutionalJudge, PrefixJudge, ReplyJudge, SpeechVAE, SpeechClassifier, MaskedDenoiser)}


def from_config(config: dict[str, Any]) -> Model:
    """A new model with the sizes of another: `from_config(model.config)`."""
    kind, options = config.get("class", ""), {name: value for name, value in config.items() if name != "class"}
    if not isinstance(kind, str) or kind not in MODELS:
        raise GensqError(f'expected the config of a model out of {listed(MODELS)}, got "{kind}"{nearest(str(kind), MODELS)}; '
                         "take the config of a model of gensq_lib")
    try:
        return MODELS[kind](**options)
    except GensqError:
        raise
    except (TypeError, ValueError, RuntimeError, ArithmeticError) as error:
        raise GensqError(f"expected options of {kind}, got {options}: {error}") from None


def save_model(path: Path | str, model: Model, *, facts: dict[str, Any], half: bool = False) -> None:
    """Weights, config and facts (JSON: steps, seed, corpus ...), written whole or not at all; in float16 where `half`."""
    weights = {name: tensor.detach().cpu().to(torch.float16 if half else tensor.dtype).contiguous()
               for name, tensor in _weights(model).items()}
    if not weights:
        raise GensqError(f"expected a model with weights to save, got a {type(model).__name__}; fit it again where it is needed")
    if spoilt := [name for name, tensor in weights.items() if not tensor.isfinite().all()]:
        raise GensqError(f"expected finite weights to save, got others in {spoilt[0]}; train again with a lower rate")
    metadata = {FACTS: json.dumps({**facts, "config": model.config, "weights": digest(weights)}, sort_keys=True)}
    with atomic_write(path) as temporary:
        save_file(weights, temporary, metadata=metadata)


def saved_facts(path: Path | str) -> dict[str, Any]:
    """What the model of a file was made from, its "config", and the hash of its "weights"."""
    if not os.path.isfile(path):  # a pipe would be waited for
        raise GensqError(f"expected a model saved by gensq in {path}, got no ordinary file; save it again or mend the path")
    try:
        _check_header(path)
        with safe_open(path, framework="pt") as file:
            found = json.loads((file.metadata() or {}).get(FACTS, "{}"))
    except (OSError, ValueError, RecursionError, SafetensorError) as error:
        raise GensqError(f"expected a model saved by gensq in {path}, got: {error}; save it again") from None
    if not isinstance(found, dict):
        raise GensqError(f"expected a model saved by gensq in {path}, got other metadata; save it again")
    return found


def load_model(path: Path | str) -> Model:
    """The model in a file, on the CPU and ready to use."""
    facts = saved_facts(path)
    if not isinstance(facts.get("config"), dict):
        raise GensqError(f"expected {path} to say how its model is made, got no config; save it again")
    with safe_open(path, framework="pt") as file:
        found = {name: file.get_tensor(name) for name in file.keys()}
    _check_sizes(facts["config"], found, path)
    model = from_config(facts["config"])
    weights = _weights(model)
    same = {name: tensor.shape for name, tensor in found.items()} == {name: tensor.shape for name, tensor in weights.items()}
    if not same or any(tensor.dtype not in DTYPES for tensor in found.values()):
        raise GensqError(f"expected the weights of a {type(model).__name__} in {path}, got others; save it again")
    if facts.get("weights") != digest(found):
        raise GensqError(f"expected the weights that were saved in {path}, got others: the file is damaged; save it again")
    with torch.no_grad():
        for name, tensor in found.items():
            weights[name].copy_(tensor)
    return model.eval()


def _check_header(path: Path | str) -> None:
    """A header of any length would be read into memory."""
    with open(path, "rb") as file:
        size = int.from_bytes(file.read(8), "little")
    if size > LARGEST_HEADER:
        raise ValueError(f"a header of {size:,} bytes, more than {LARGEST_HEADER:,}")


def _check_sizes(config: dict[str, Any], weights: dict[str, Tensor], path: Path | str) -> None:
    """A model is made before its weights are compared: sizes that no weight of the file has would fill the memory."""
    largest = max((size for tensor in weights.values() for size in tensor.shape), default=0)
    sizes = [size for value in config.values() for size in (value if isinstance(value, list) else [value]) if whole(size)]
    expect(max(sizes, default=0) <= largest and config.get("num_layers", 1) in range(len(weights) + 1),
           f"expected the weights of a {config.get('class')!s:.40} in {path}, got such of other sizes; save it again")


def digest(weights: dict[str, Tensor]) -> str:
    """A hash of the names and of every number."""
    found = hashlib.sha256()
    for name, tensor in sorted(weights.items()):
        found.update(name.encode() + tensor.contiguous().numpy().tobytes())
    return found.hexdigest()[:16]


def vocabulary_digest(vocab: Vocab) -> str:
    """A hash of the words in their order: weights mean nothing without it."""
    return hashlib.sha256("\n".join(vocab.words).encode()).hexdigest()[:16]


def _weights(model: Model) -> dict[str, Tensor]:
    """Parameters and buffers; one that has two names, as in a tied output layer, once."""
    return dict(itertools.chain(model.named_parameters(), model.named_buffers()))
