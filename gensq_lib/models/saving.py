"""Models in files of numbers (safetensors): nothing in them can run, and each says how its model is made.

A file holds every weight once, and one entry of metadata, which is JSON: the config of the model and what it was made from.
"""
import itertools
import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from gensq_lib.ground.errors import GensqError
from gensq_lib.ground.places import atomic_write
from gensq_lib.models.parts import Model
from gensq_lib.models.registry import from_config

FACTS = "facts"  # the one entry of metadata: with several, their order and so the bytes would change from run to run


def save_model(path: Path | str, model: Model, *, facts: dict[str, Any]) -> None:
    """Weights, config and facts (JSON: steps, seed, corpus ...), written whole or not at all."""
    weights = {name: tensor.detach().cpu().contiguous() for name, tensor in _weights(model).items()}
    if not weights:
        raise GensqError(f"expected a model with weights to save, got a {type(model).__name__}; fit it again where it is needed")
    metadata = {FACTS: json.dumps({**facts, "config": model.config}, sort_keys=True)}
    with atomic_write(path) as temporary:
        save_file(weights, temporary, metadata=metadata)


def saved_facts(path: Path | str) -> dict[str, Any]:
    """What the model of a file was made from, and its "config"."""
    try:
        with safe_open(path, framework="pt") as file:
            found = json.loads((file.metadata() or {}).get(FACTS, "{}"))
    except (OSError, ValueError, SafetensorError) as error:
        raise GensqError(f"expected a model saved by gensq in {path}, got: {error}; save it again") from None
    if not isinstance(found, dict):
        raise GensqError(f"expected a model saved by gensq in {path}, got other metadata; save it again")
    return found


def load_model(path: Path | str, *, config: dict[str, Any] | None = None, renamed: dict[str, str] | None = None) -> Model:
    """The model in a file, on the CPU and ready to use.

    For files that do not say how their model is made: its `config`, and the new name of weights that were `renamed`.
    """
    config = saved_facts(path).get("config", config)
    if not isinstance(config, dict):
        raise GensqError(f"expected {path} to say how its model is made, got no config; save it again")
    model = from_config(config)
    with safe_open(path, framework="pt") as file:
        found = {(renamed or {}).get(name, name): file.get_tensor(name) for name in file.keys()}
    weights = _weights(model)
    if {name: tensor.shape for name, tensor in found.items()} != {name: tensor.shape for name, tensor in weights.items()}:
        raise GensqError(f"expected the weights of a {type(model).__name__} in {path}, got others; save it again")
    with torch.no_grad():
        for name, tensor in found.items():
            weights[name].copy_(tensor)
    return model.eval()


def _weights(model: Model) -> dict[str, Tensor]:
    """Parameters and buffers; one that has two names, as in a tied output layer, once."""
    return dict(itertools.chain(model.named_parameters(), model.named_buffers()))
