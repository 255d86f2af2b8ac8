"""Training: one loop that knows nothing of the model, steps that do, checkpoints that resume exactly."""
from gensq_lib.ground.errors import border
from gensq_lib.training.checkpoint import Checkpoint, cached, load_state, save_state
from gensq_lib.training.loop import EarlyStopping, History, TrainingStopped, fit
from gensq_lib.training.recipes import train_language_model, train_vae
from gensq_lib.training.sizing import PLENTY, ReadingPlan, plan_for
from gensq_lib.training.steps import Step, language_model_step, make_optimizer, update, vae_step

border(globals())
