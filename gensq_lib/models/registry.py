"""All models by the name of their class, and the network that a cure for posterior collapse needs.

A new model is its file and one name here.
"""
from typing import Any

from gensq_lib import cures
from gensq_lib.ground.errors import GensqError, listed, nearest
from gensq_lib.models.blind_vae import BlindVAE
from gensq_lib.models.conditional_vae import ConditionalVAE
from gensq_lib.models.cured_vae import BagOfWordsVAE, BatchNormVAE, CommittedRateVAE, LastStateVAE
from gensq_lib.models.dense_vae import DenseVAE, LinearVAE
from gensq_lib.models.gan import ConvolutionalGAN, DenseGAN
from gensq_lib.models.judges import ConvolutionalJudge, PrefixJudge, RecurrentJudge, ReplyJudge
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.models.ngram import NGram
from gensq_lib.models.parts import Model
from gensq_lib.models.seq2seq import Seq2Seq
from gensq_lib.models.text_vae import TextVAE

MODELS: dict[str, type[Model]] = {kind.__name__: kind for kind in (
    LanguageModel, NGram, Seq2Seq, DenseVAE, LinearVAE, TextVAE, BlindVAE, BagOfWordsVAE, BatchNormVAE, CommittedRateVAE,
    LastStateVAE, ConditionalVAE, DenseGAN, ConvolutionalGAN, RecurrentJudge, ConvolutionalJudge, PrefixJudge, ReplyJudge)}


def from_config(config: dict[str, Any]) -> Model:
    """A new model with the sizes of another: `from_config(model.config)`."""
    kind, options = config.get("class", ""), {name: value for name, value in config.items() if name != "class"}
    if kind not in MODELS:
        raise GensqError(f'expected the config of a model out of {listed(MODELS)}, got "{kind}"{nearest(kind, MODELS)}; '
                         "take the config of a model of gensq_lib")
    try:
        return MODELS[kind](**options)
    except TypeError as error:
        raise GensqError(f"expected options of {kind}, got {options}: {error}") from None


def cured_vae(cure: str, **sizes: Any) -> TextVAE:
    """The text VAE that a cure needs, by the name of the cure: `cured_vae("free_bits+bag_of_words", vocab_size=900)`.

    Taught in lesson 06.
    """
    return from_config({"class": cures.network(cure), **sizes})
