"""Sounds: recordings, pictures of them, and the way back; and the mistakes between the steps, each refused or seen."""
import hashlib
import io
import wave
import zipfile
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.signal import stft

from gensq_course.lessons.speech.spectra import log_spectral_distance, mel_filterbank
from gensq_course.report import gate
from gensq_course.shipped import spoken as making
from gensq_course.widgets import sound, sounds
from gensq_lib import sounds as s
from gensq_lib.ground.errors import GensqError
from gensq_lib.sounds.clips import LOUDNESS, WINDOW
from gensq_lib.sounds.features import FLOOR, HOP, NUM_FFT
from gensq_lib.text import corpora
from gensq_lib.text.corpora import files, spoken

DIGEST = "9b46d5ff6e604bcbe218f33fbd534d7b37f54f4b9df78198d9c342aff9e5360e"


def noise(seed=0):
    return torch.Generator().manual_seed(seed)


def tone(hertz=1_000.0, num=WINDOW):
    return 0.3 * torch.sin(2 * torch.pi * hertz * torch.arange(num) / s.RATE)


@pytest.fixture(scope="module")
def clips():
    return corpora.load_sounds("spoken")


@pytest.fixture(scope="module")
def shown(clips):
    return s.pictures(s.windowed(clips.waves[:40:4], generator=noise()))


# The built-in set

def test_the_built_in_set_is_as_it_was_made(clips):
    content = spoken.BUILT_IN.read_bytes()
    assert hashlib.sha256(content).hexdigest() == DIGEST and len(content) < 3_000_000
    assert len(clips) == 10 * len(making.VOICES) * making.TAKES and clips.voices == making.VOICES
    for voice in range(8):
        for digit in range(10):
            assert ((clips.speakers == voice) & (clips.digits == digit)).sum() == 10
    assert all(1_000 < len(sounds) < WINDOW + 400 and sounds.abs().max() <= 1 for sounds in clips.waves)


def test_parts_share_no_clip_and_only_known_shares_speakers(clips):
    parts = clips.parts(3)
    assert {name: len(part) for name, part in parts.items()} == {"train": 560, "known": 140, "new": 100}
    assert 3 not in parts["train"].speakers and 3 not in parts["known"].speakers and set(parts["new"].speakers.tolist()) == {3}
    assert parts["known"].takes.max() < clips.held_out <= parts["train"].takes.min()
    with pytest.raises(GensqError, match="a speaker from 0 to 7, got 8"):
        clips.parts(8)


def test_the_script_that_made_it_asks_for_its_program(monkeypatch, tmp_path):
    monkeypatch.setattr(making.shutil, "which", lambda program: None)
    with pytest.raises(GensqError, match="the program espeak-ng"):
        making.write_spoken(tmp_path / "x.npz")


@pytest.mark.skipif(making.shutil.which("espeak-ng") is None, reason="espeak-ng made the set; nobody else needs it")
def test_a_word_is_cut_to_its_sound():
    found = making.said("seven", making.VOICES[0], speed=150, pitch=50)
    assert 2_000 < len(found) < 7_000 and found.abs().max() == pytest.approx(0.9)
    assert found[:making.MARGIN - 1].abs().max() < 0.1


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut off"])
def test_a_damaged_set_is_a_sentence(content, monkeypatch, tmp_path):
    path = tmp_path / "spoken.npz"
    path.write_bytes(content)
    monkeypatch.setattr(spoken, "BUILT_IN", path)
    with pytest.raises(GensqError, match="the built-in sounds"):
        corpora.load_sounds("spoken")


def test_a_set_with_objects_is_not_unpickled(monkeypatch, tmp_path):
    path = tmp_path / "spoken.npz"
    np.savez(path, rows=np.array([object()], dtype=object), codes=np.zeros(1, np.uint8), voices=np.array(["x"]))
    monkeypatch.setattr(spoken, "BUILT_IN", path)
    with pytest.raises(GensqError, match="the built-in sounds"):
        corpora.load_sounds("spoken")


# Recordings by name

def packed(path, names, inside="recordings/"):
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(inside + name, s.as_wav(tone(num=2_000)))
        archive.writestr("README.md", "other files do not matter")
    listed = "".join(f"{hashlib.sha256(s.as_wav(tone(num=2_000))).hexdigest()}  recordings/{name}\n" for name in sorted(names))
    return hashlib.sha256(listed.encode()).hexdigest()


@pytest.mark.parametrize("inside", ["recordings/", "free-spoken-digit-dataset-26eb9aa/recordings/"])
def test_recordings_are_the_same_whoever_packed_them(inside, monkeypatch, tmp_path):
    names = [f"{digit}_{voice}_{take}.wav" for digit in (0, 7) for voice in ("theo", "jackson") for take in (0, 11)]
    (tmp_path / "fsdd").mkdir()
    digest = packed(tmp_path / "fsdd" / "fsdd_recordings.zip", names, inside)
    monkeypatch.setenv("GENSQ_DATA", str(tmp_path))
    monkeypatch.setattr(spoken, "FSDD", (replace(spoken.FSDD[0], sha256=digest),))
    found = spoken.fsdd()
    assert len(found) == 8 and found.voices == ("jackson", "theo") and set(found.digits.tolist()) == {0, 7}
    assert {name: len(part) for name, part in found.parts(0).items()} == {"train": 2, "known": 2, "new": 4}
    torch.testing.assert_close(found.waves[0], tone(num=2_000), atol=1e-4, rtol=0)


def test_other_recordings_are_refused(monkeypatch, tmp_path):
    (tmp_path / "fsdd").mkdir()
    packed(tmp_path / "fsdd" / "fsdd_recordings.zip", ["0_theo_0.wav"])
    monkeypatch.setenv("GENSQ_DATA", str(tmp_path))
    with pytest.raises(GensqError, match="fsdd_recordings.zip with 16,161,380 bytes"):
        spoken.fsdd()
    (tmp_path / "fsdd" / "fsdd_recordings.zip").write_bytes(b"no archive")
    with pytest.raises(GensqError, match="replace it"):
        spoken.fsdd()


def test_the_archive_is_of_one_commit():
    remote = spoken.FSDD[0]
    assert remote.url.endswith("zip/26eb9aaf76e81b692f806f9140c2d2777410d7a1") and remote.members == "recordings/"
    assert not any(other.members for folder in ("cmn-eng", "sgd", "goemotions") for other in files.remotes_in(folder))


def test_the_gate_looks_at_sounds():
    look = gate.look("spoken", "sounds")
    assert dict(look.rows)["recordings"].startswith("800 of 10 digits")


# Files of samples

def test_samples_survive_a_wav_file():
    there = torch.rand(500, generator=noise()) * 2 - 1
    torch.testing.assert_close(s.from_wav(s.as_wav(there)), there, atol=1 / 32_000, rtol=0)
    assert s.from_wav(s.as_wav(torch.tensor([3.0, -3.0]))).tolist() == [1.0, -1.0]


def of_other_kind(channels=1, width=2, rate=s.RATE):
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setparams((channels, width, rate, 0, "NONE", ""))
        file.writeframes(bytes(40))
    return content.getvalue()


@pytest.mark.parametrize("content, words", [
    (b"RIFF", "a WAV file in"), (b"", "a WAV file in"), (b"junk" * 20, "a WAV file in"),
    (of_other_kind(channels=2), "got 2 of 16 bits"), (of_other_kind(width=1), "1 of 8 bits"),
    (of_other_kind(rate=16_000), "at 16000")])
def test_a_file_of_another_kind_is_a_sentence(content, words):
    with pytest.raises(GensqError, match=words):
        s.from_wav(content)


def test_the_code_of_the_telephone_is_fine_where_it_is_quiet():
    there = torch.linspace(-1, 1, 20_001)
    again = s.expanded(s.companded(there))
    assert (again - there).abs().max() < 0.025 and (again - there)[there.abs() < 0.01].abs().max() < 0.0005
    assert (s.companded(again) == s.companded(there)).all()


# Windows: the length of a file must not give the digit away

def zeros_at_the_ends(rows):
    return (rows == 0).sum(-1)


def filled_with_zeros(waves):
    """The wrong one: at the beginning of the window, and zeros behind it."""
    return torch.stack([torch.nn.functional.pad(each[:WINDOW], (0, WINDOW - len(each[:WINDOW]))) for each in waves])


@pytest.mark.parametrize("window, seen", [
    (lambda waves: s.windowed(waves, generator=noise()), False), (filled_with_zeros, True)], ids=["noise", "zeros"])
def test_nobody_can_count_zeros(window, seen, clips):
    """Trap: padding length gives the digit away."""
    lengths = torch.tensor([len(each) for each in clips.waves[:60]])
    assert bool((zeros_at_the_ends(window(clips.waves[:60])) >= WINDOW - lengths).all()) == seen


def test_windows_are_equally_loud_and_centred():
    found = s.windowed([tone(num=2_000), 5 * tone(num=2_001), 0.01 * tone(num=9_000)], generator=None)
    middle = slice(WINDOW // 2 - 500, WINDOW // 2 + 500)
    assert found[:, middle].square().mean(1).sqrt() == pytest.approx(torch.full((3,), LOUDNESS), rel=0.05)
    assert found[0, :2_072].abs().max() == 0 < found[0, 2_073].abs() and found[0, -2_072:].abs().max() == 0
    assert found[2].abs().min() >= 0 and zeros_at_the_ends(found)[2] < WINDOW // 4
    quiet = s.windowed([tone(num=2_000)], generator=noise(), noise=20.0)[0, :2_000]
    assert quiet.square().mean().sqrt() == pytest.approx(LOUDNESS / 10, rel=0.05)


# Pictures

def test_the_spectrum_is_that_of_scipy():
    sound_ = tone(700.0)[None]
    ours = s.power_spectrum(sound_)[0]
    _, _, theirs = stft(sound_[0].numpy(), nperseg=NUM_FFT, noverlap=NUM_FFT - HOP, window="hann", boundary=None, padded=False)
    theirs = np.abs(theirs * NUM_FFT / 2) ** 2  # scipy divides by the sum of the window
    np.testing.assert_allclose(ours[:, 2:2 + 40], theirs[:, :40], atol=1e-3 * theirs.max())


@pytest.mark.parametrize("hertz", [200.0, 1_000.0, 3_500.0])
def test_a_tone_is_loudest_in_its_band(hertz):
    picture = s.pictures(tone(hertz)[None])[0]
    assert picture.shape == (s.BANDS, s.FRAMES)
    centres = s.filterbank().argmax(1) * s.RATE / NUM_FFT
    loudest = picture[:, 10:30].mean(1).argmax()
    assert abs(centres[loudest] - hertz) <= max(80, 0.15 * hertz)


def test_bands_are_triangles_that_add_up_to_one_between_centres():
    bank = s.filterbank()
    first, last = bank.argmax(1)[[0, -1]]
    torch.testing.assert_close(bank[:, first:last + 1].sum(0), torch.ones(last + 1 - first), atol=1e-5, rtol=0)
    assert (bank >= 0).all() and (bank.sum(1) > 0).all()


def test_the_filterbank_is_that_of_librosa():
    """librosa 0.11.0: filters.mel(sr=8000, n_fft=512, n_mels=32, htk=True, norm=None, fmin=0, fmax=4000)."""
    bank = s.filterbank()
    assert bank.sum(1)[[0, 1, 2, 7, 15, 23, 31]].tolist() == pytest.approx(
        [2.7027, 2.8983, 3.073, 4.1104, 6.5432, 10.3327, 16.3915], abs=2e-4)
    assert [bank[i, j].item() for i, j in ((0, 2), (5, 20), (15, 75), (31, 240))] == pytest.approx(
        [0.75154, 0.61051, 0.0, 0.94865], abs=2e-5)


def test_griffin_lim_comes_as_near_as_librosa(clips):
    """Relative error of the magnitudes; librosa 0.11.0, momentum .99: .086, .063, .040 after 16, 32 and 60 rounds."""
    wanted = s.power_spectrum(s.windowed(clips.waves[:1], generator=noise()))[0].sqrt()

    def miss(rounds):
        again = s.griffin_lim(wanted, generator=noise(), rounds=rounds)
        return ((s.power_spectrum(again[None])[0].sqrt() - wanted).norm() / wanted.norm()).item()
    assert miss(16) > miss(32) > miss(60) and miss(32) <= 0.07


def test_the_exercises_are_the_library(shown):
    bins = torch.linspace(0, s.RATE / 2, NUM_FFT // 2 + 1)
    torch.testing.assert_close(mel_filterbank(bins, s.BANDS), s.filterbank(), atol=1e-5, rtol=0)
    power = 10 ** (shown / 10) - FLOOR
    by_powers = log_spectral_distance(power[:4], power[4:8], FLOOR)
    torch.testing.assert_close(by_powers, s.log_spectral_distance(shown[:4], shown[4:8]), atol=1e-2, rtol=0)


@pytest.mark.parametrize("quantity, decibels", [
    (lambda sound_: s.power_spectrum(sound_), 6.02), (lambda sound_: s.power_spectrum(sound_).sqrt(), 3.01)],
    ids=["power", "magnitude taken for power"])
def test_twice_the_amplitude_is_six_decibels(quantity, decibels):
    """Trap: power and magnitude confused. The wrong one halves every distance."""
    louder = [10 * quantity(factor * tone()[None]).max().log10() for factor in (1, 2)]
    assert (louder[1] - louder[0]).item() == pytest.approx(decibels, abs=0.01)


def test_the_scale_is_of_training_alone(shown):
    """Trap: normalisation fitted on test. What is scaled by its own statistics looks like training, however strange it is."""
    strange = shown[5:] + 12.0
    right, wrong = s.Scale.of(shown[:5]), s.Scale.of(strange)
    assert right.apply(shown[:5]).mean().abs() < 1e-4 and right.apply(strange).mean() > 0.5
    assert wrong.apply(strange).mean().abs() < 1e-4, "a test that fits its own scale cannot see the shift"
    torch.testing.assert_close(right.undo(right.apply(strange)), strange, atol=1e-3, rtol=0)


# And back

def test_a_sound_comes_back_from_its_picture(shown):
    for picture in shown[:3]:
        again = s.pictures(s.sound_of(picture, generator=noise())[None])[0]
        assert s.log_spectral_distance(again, picture) < 5 < s.log_spectral_distance(again.flip(1), picture)


def test_griffin_lim_finds_phases():
    """More rounds come nearer to the magnitudes; phases at random are far off."""
    wanted = s.power_spectrum(s.windowed([tone(440.0, 3_000)], generator=noise()))[0].sqrt()

    def miss(rounds):
        return (s.power_spectrum(s.griffin_lim(wanted, generator=noise(), rounds=rounds)[None])[0].sqrt() - wanted).square().sum()
    assert miss(60) < 0.5 * miss(0)


@pytest.mark.parametrize("given", [
    lambda shown: shown[0], lambda shown: 10 ** (shown[0] / 10), lambda shown: s.decibels(s.magnitudes(shown[0]))],
    ids=["log-mel", "power of bands", "decibels of bins"])
def test_what_griffin_lim_is_fed_wrongly_is_refused(given, shown):
    """Trap: Griffin-Lim fed mel or log-mel."""
    with pytest.raises(GensqError, match=r"magnitudes\(picture\) first"):
        s.griffin_lim(given(shown), generator=noise())


@pytest.mark.parametrize("power, near", [(1, True), (2, False)], ids=["magnitudes", "powers of bins"])
def test_powers_of_bins_cannot_be_refused_and_sound_wrong(power, near, shown):
    again = s.loudened(s.griffin_lim(s.magnitudes(shown[0]) ** power, generator=noise()))
    assert (s.log_spectral_distance(s.pictures(again[None])[0], shown[0]) < 5) == near


# Players

def test_a_player_says_what_it_plays_and_needs_no_network():
    found = sound(tone(num=800), 'six & "seven"').html
    assert "data:audio/wav;base64,UklGR" in found and "six &amp; &quot;seven&quot;" in found and "http" not in found
    assert sounds([sound(tone(num=80), "a"), sound(tone(num=80), "b")]).html.count("<audio controls") == 2
    with pytest.raises(GensqError, match="up to 20 seconds, got 25.0"):
        sound(torch.zeros(25 * s.RATE), "too long")
    assert len(s.in_turn([torch.ones(10), torch.ones(5)], pause=0.001)) == 23
