"""Short sounds: recordings of spoken digits, their log-mel pictures, and the way back from a picture to a sound."""
from gensq_lib.ground.errors import border
from gensq_lib.sounds.clips import RATE, Clips, in_turn, loudened, windowed
from gensq_lib.sounds.features import (
    BANDS, FRAMES, Scale, bands_of, decibels, filterbank, log_spectral_distance, pictures, power_spectrum)
from gensq_lib.sounds.inversion import griffin_lim, magnitudes, sound_of
from gensq_lib.sounds.wav import as_wav, companded, expanded, from_wav

border(globals())
