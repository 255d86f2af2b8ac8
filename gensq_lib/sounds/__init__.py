"""Short sounds: recordings of spoken digits, their log-mel pictures, and the way back from a picture to a sound.

On torch's Fourier transforms and Python's `wave` alone. librosa 0.11 would bring numba and llvmlite (210 MB), torchaudio is in
maintenance and has no release for our torch. The filterbank is librosa's `mel(htk=True, norm=None)`, the spectrum its `stft` away
from the ends; Griffin-Lim comes as near to the magnitudes of a clip as librosa's (a test holds both to its figures).
"""
from gensq_lib.ground.errors import border
from gensq_lib.sounds.clips import RATE, WORDS, Clips, in_turn, loudened, windowed
from gensq_lib.sounds.features import (
    BANDS, FRAMES, Scale, bands_of, decibels, filterbank, log_spectral_distance, pictures, power_spectrum)
from gensq_lib.sounds.inversion import griffin_lim, magnitudes, sound_of
from gensq_lib.sounds.wav import as_wav, companded, expanded, from_wav

border(globals())
