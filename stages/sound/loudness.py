"""Bring the master to its loudness and encode it. Measured after encoding, because listeners hear that.

In: the mixed master, a target in LUFS and a ceiling in dBTP.
Out: an AAC file (.m4a) as long as the master, and what was measured in it.
Only gain where the peaks allow it; a limiter only where they do not. Stems can follow with the same gain.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from assets.media import ffmpeg
from assets.media.sound import SILENCE_LUFS, Loudness, blocks, measure, writing

BITRATE = "192k"
# AAC moves peaks; the limiter leaves this much, and more after an attempt that still exceeded the ceiling
ENCODER_MARGIN_DB = 0.4
ROUNDS = 6
AIM = (
    0.1  # LU; attempts continue until this near, and ``tolerance`` decides whether the result is good enough
)
# below this there is nothing to hear: raising it would deliver noise
NEAR_SILENCE_LUFS = -50.0
MOST_GAIN_DB = 24.0


@dataclass(frozen=True)
class Encoded(Loudness):
    """The measures of the encoded file, and how it was made."""

    gain_db: float = 0.0
    limited: bool = False  # the master was limited: the stems add up to slightly more
    note: str = ""  # shown to people if the target was not or could not be met


@dataclass(frozen=True)
class _Setting:
    """One attempt: the gain, and the limiter's sample ceiling if it is needed."""

    gain_db: float
    ceiling_db: float | None = None


def encode(
    master: Path, out: Path, *, target_lufs: float = -23.0, tolerance: float = 0.5, peak_dbtp: float = -1.0
) -> Encoded:
    """Encode ``master`` into ``out`` (.m4a, AAC 48 kHz) within ``tolerance`` of the target.

    A master that is (nearly) silent is encoded unchanged. If the target cannot be met, as with a few short
    loud sounds, the nearest result is delivered. In both cases the note says so.
    """
    before = measure(master)
    if before.integrated_lufs <= NEAR_SILENCE_LUFS:
        said = "silent" if before.integrated_lufs <= SILENCE_LUFS else f"{before.integrated_lufs:.1f} LUFS"
        return _written(
            master,
            out,
            _Setting(0.0),
            f"The mix is {said}; it was left as it is, not raised to {target_lufs:g}.",
        )
    setting = _first(before, target_lufs, peak_dbtp)
    heard = _written(master, out, setting)
    for _ in range(ROUNDS):
        better = _corrected(setting, heard, target_lufs, peak_dbtp)
        if better is None:
            break
        setting = better
        heard = _written(master, out, setting)
    return _with_note(heard, target_lufs, tolerance, peak_dbtp)


def _first(before: Loudness, target: float, peak: float) -> _Setting:
    gain = min(MOST_GAIN_DB, target - before.integrated_lufs)
    over = before.true_peak_dbtp + gain > peak
    return _Setting(gain, peak - ENCODER_MARGIN_DB if over else None)


def _corrected(setting: _Setting, heard: Encoded, target: float, peak: float) -> _Setting | None:
    """The settings of the next attempt, or None when this one is right."""
    off = target - heard.integrated_lufs
    over = heard.true_peak_dbtp - peak
    if abs(off) <= AIM and over <= 0:
        return None
    gain = min(MOST_GAIN_DB, setting.gain_db + off)
    ceiling = setting.ceiling_db
    if over > 0:
        ceiling = peak - ENCODER_MARGIN_DB if ceiling is None else ceiling - over - 0.05
    return None if _Setting(gain, ceiling) == setting else _Setting(gain, ceiling)


def _with_note(heard: Encoded, target: float, tolerance: float, peak: float) -> Encoded:
    """``heard``, with a note when it misses the target: a warning, not a failed episode."""
    if abs(heard.integrated_lufs - target) <= tolerance and heard.true_peak_dbtp <= peak:
        return heard
    return replace(
        heard,
        note=f"The sound measures {heard.integrated_lufs:.1f} LUFS and {heard.true_peak_dbtp:.1f} dBTP; "
        f"{target:g} +-{tolerance:g} LUFS and {peak:g} dBTP were asked for. A mix of little but short loud "
        "sounds cannot be that loud: lower them, or the target.",
    )


def _written(master: Path, out: Path, setting: _Setting, note: str = "") -> Encoded:
    filters = [f"volume={setting.gain_db:.3f}dB:precision=float"]
    if setting.ceiling_db is not None:
        # alimiter sees samples only; at four times the rate, samples and true peaks agree within 0.1 dB
        limit = 10 ** (setting.ceiling_db / 20)
        filters += [
            "aresample=192000",
            f"alimiter=limit={limit:.6f}:attack=4:release=60:level=disabled:latency=1",
            "aresample=48000",
        ]
    ffmpeg.run(
        [
            *("-y", *ffmpeg.source(master), "-map", "0:a:0", "-af", ",".join(filters)),
            *("-c:a", "aac", "-b:a", BITRATE, "-ar", "48000", "-map_metadata", "-1", "-fflags", "+bitexact"),
            *("-flags:a", "+bitexact", "-movflags", "+faststart", f"file:{out}"),
        ]
    )
    heard = measure(out)
    return Encoded(
        heard.integrated_lufs,
        heard.true_peak_dbtp,
        heard.range_lu,
        round(setting.gain_db, 3),
        setting.ceiling_db is not None,
        note,
    )


def follow(stems: Mapping[str, Path], folder: Path, *, gain_db: float) -> dict[str, Path]:
    """Write the stems at the delivered gain as 24-bit FLAC into ``folder``. Their sum is the master, except for
    limited peaks.

    Where the gain would clip a stem, it is written as float WAV, which cannot clip.
    """
    gain = 10 ** (gain_db / 20)
    return {stem: _raised(path, folder / path.stem, gain) for stem, path in stems.items()}


def _raised(path: Path, out: Path, gain: float) -> Path:
    peak = max((float(abs(block).max()) for block in blocks(path)), default=0.0)
    fits = peak * gain <= 1.0
    raised = out.with_suffix(".flac" if fits else ".wav")
    with writing(raised, rate=48_000, subtype="PCM_24" if fits else "FLOAT") as file:
        for block in blocks(path):
            file.write(block * gain)
    return raised
