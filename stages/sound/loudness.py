"""Bring the master to its loudness and encode it: measured after encoding, because that is what is heard.

In: the mixed master, a target in LUFS and a ceiling in dBTP.
Out: an AAC file (.m4a) as long as the master, and what was measured in it.
Gain alone where the peaks allow it; a limiter only where they do not. Stems can follow by the same gain.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from assets.media import ffmpeg
from assets.media.sound import SILENCE_LUFS, Loudness, blocks, measure, writing

BITRATE = "192k"
# AAC moves peaks; the limiter leaves it this much, and more after a round that still passed the ceiling
ENCODER_MARGIN_DB = 0.4
ROUNDS = 6
AIM = 0.1  # LU; rounds go on until this near, the tolerance decides whether it was enough
# under this nothing is being said or played: raising it would deliver noise
NEAR_SILENCE_LUFS = -50.0
MOST_GAIN_DB = 24.0


@dataclass(frozen=True)
class Encoded(Loudness):
    """What the encoded file measures, and how it got there."""

    gain_db: float = 0.0
    limited: bool = False  # peaks were held in the master alone: the stems add up to a little more
    note: str = ""  # said to people when the target was not, or could not be, met


@dataclass(frozen=True)
class _Setting:
    """One attempt: gain, and the sample ceiling of the limiter when it is wanted."""

    gain_db: float
    ceiling_db: float | None = None


def encode(
    master: Path, out: Path, *, target_lufs: float = -23.0, tolerance: float = 0.5, peak_dbtp: float = -1.0
) -> Encoded:
    """Encode ``master`` into ``out`` (.m4a, AAC 48 kHz) within ``tolerance`` of the target.

    A master that is (nearly) silent is encoded as it is. Where the target cannot be met, as with a few short
    loud sounds, the nearest is delivered. Either way the note says so.
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
    return _told(heard, target_lufs, tolerance, peak_dbtp)


def _first(before: Loudness, target: float, peak: float) -> _Setting:
    gain = min(MOST_GAIN_DB, target - before.integrated_lufs)
    over = before.true_peak_dbtp + gain > peak
    return _Setting(gain, peak - ENCODER_MARGIN_DB if over else None)


def _corrected(setting: _Setting, heard: Encoded, target: float, peak: float) -> _Setting | None:
    """The next attempt, or None when this one is right."""
    off = target - heard.integrated_lufs
    over = heard.true_peak_dbtp - peak
    if abs(off) <= AIM and over <= 0:
        return None
    gain = min(MOST_GAIN_DB, setting.gain_db + off)
    ceiling = setting.ceiling_db
    if over > 0:
        ceiling = peak - ENCODER_MARGIN_DB if ceiling is None else ceiling - over - 0.05
    return None if _Setting(gain, ceiling) == setting else _Setting(gain, ceiling)


def _told(heard: Encoded, target: float, tolerance: float, peak: float) -> Encoded:
    """``heard``, with a note when it is not what was asked for: an honest warning, not a lost episode."""
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
        # alimiter looks at samples; at four times the rate samples and true peaks are within 0.1 dB
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
    """The stems at the delivered gain, as 24-bit FLAC in ``folder``: together they are the master,
    but for the peaks where the master was limited.

    Where the gain would clip a stem, it is written as float WAV instead, which cannot.
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
