"""Training: one loop that knows nothing of the model, steps that do, checkpoints that resume exactly."""
from gensq_lib.training.checkpoint import Checkpoint, cached, load, save
from gensq_lib.training.dialogue import train_conditional_vae, train_seq2seq
from gensq_lib.training.latent_space import finished_latent_space, shipped_latent_space, write_shipped_latent_space
from gensq_lib.training.loop import EarlyStopping, History, TrainingStopped, fit
from gensq_lib.training.recipes import train_language_model, train_vae
from gensq_lib.training.shipped import finished_language_model, shipped_language_model, write_shipped_language_model
from gensq_lib.training.steps import Step, language_model_step, make_optimizer, update, vae_step

__all__ = ["Checkpoint", "EarlyStopping", "History", "Step", "TrainingStopped", "cached", "finished_language_model",
           "finished_latent_space", "fit", "language_model_step", "load", "make_optimizer", "save",
           "shipped_language_model", "shipped_latent_space", "train_conditional_vae", "train_language_model",
           "train_seq2seq", "train_vae", "update", "vae_step", "write_shipped_language_model",
           "write_shipped_latent_space"]
