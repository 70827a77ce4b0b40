import numpy as np

from models.sound import resampling


def test_torchaudio_opens_and_resamples_beside_a_cpu_torch():
    time = np.arange(24_000) / 24_000
    tone = (0.5 * np.sin(2 * np.pi * 1000 * time)).astype(np.float32)

    up = resampling.resample(tone, 24_000, 48_000)

    wanted = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(48_000) / 48_000)
    assert len(up) == 48_000
    assert np.abs(up - wanted)[500:-500].max() < 1e-3


def test_resampling_leaves_no_image_above_the_old_limit():
    time = np.arange(24_000) / 24_000
    tone = (0.5 * np.sin(2 * np.pi * 10_000 * time)).astype(np.float32)

    spectrum = np.abs(np.fft.rfft(resampling.resample(tone, 24_000, 48_000) * np.hanning(48_000)))

    assert spectrum[13_500:].max() < spectrum.max() * 10 ** (-70 / 20)


def test_the_same_rate_and_silence_pass_through():
    tone = np.ones(10, np.float32)

    assert resampling.resample(tone, 48_000, 48_000) is tone
    assert len(resampling.resample(np.zeros(0, np.float32), 24_000, 48_000)) == 0
