"""Check what an engine sent back before it is believed: whole, and what was asked for.

In: bytes, what was asked for.      Out: a Still, a Clip or a Sound; Damaged if it is not whole, ModelFailed if it
is another thing than was asked for.
Engines ignore fields they do not know, so an answer alone proves nothing.
"""

from collections.abc import Iterator
from functools import partial
from itertools import chain, islice
from pathlib import Path

import numpy as np

from assets import files
from assets.errors import BlobDamaged, InputRefused, ModelFailed, SakugaError, ShapeRefused
from assets.matter import Clip, Sound, Still
from assets.media import picture as pictures
from assets.media import sound as sounds
from assets.media.video import VideoInfo, decode, probe
from models.engines.dialect import ClipAsked
from models.engines.work import Damaged

HERTZ = 48_000
STARTS = 24.0
"""Mean difference of 255 between a first frame and its panel above which it is another picture: coding and the
model's colour shift stay below 12."""
ARRIVES = 12.0
"""The same for a last frame; a frame that is twice as near to it as the panel is has arrived too."""


def still(data: bytes, size: tuple[int, int], engine: str) -> Still:
    """A PNG of exactly ``size``."""
    try:
        made = pictures.from_png(data)
    except InputRefused as error:
        raise Damaged(f"a picture of {len(data):,} bytes that cannot be read ({error})") from error
    if (made.shape[1], made.shape[0]) != size:
        raise ModelFailed(
            f"{engine} was asked for {size[0]}x{size[1]} and made {made.shape[1]}x{made.shape[0]}. Set a size that its "
            "model makes (storyboard.size with an upscaler, or the profile's size)."
        )
    return made


def clip(data: bytes, asked: ClipAsked, engine: str) -> Clip:
    """An MP4 with exactly the frames, rate and size, that begins with the panel and arrives at the last picture."""
    with files.scratch() as folder:
        path = _written(data, folder)
        try:
            info = probe(path)
            ends = list(islice(decode(path), 0, 1)) + list(decode(path, start=info.frames - 1))
        except (SakugaError, EOFError) as error:
            raise Damaged(f"a clip of {len(data):,} bytes that cannot be read ({error})") from error
    _check_shape(info, asked, engine)
    _check_ends(ends[0], ends[1], asked, engine)
    return Clip(asked.frames, asked.size, asked.rate, partial(_pictures, data, asked.first))


def drawings(data: list[bytes], asked: ClipAsked, engine: str) -> Clip:
    """A clip that came as one PNG per frame."""
    made = [still(one, asked.size, engine) for one in data]
    if len(made) != asked.frames:
        raise ModelFailed(f"{engine} was asked for {asked.frames} frames and made {len(made)} pictures.")
    _check_ends(made[0], made[-1], asked, engine)
    return Clip(asked.frames, asked.size, asked.rate, lambda: iter([asked.first.copy(), *made[1:]]))


def sound(data: bytes, seconds: float, engine: str) -> Sound:
    """A FLAC or WAV of ``seconds``, at 48 kHz in stereo, with a peak of at most 1."""
    try:
        made = sounds.from_bytes(data)
    except ShapeRefused as error:
        raise ModelFailed(f"{engine} made a sound that cannot be used: {error}") from error
    except BlobDamaged as error:
        raise Damaged(f"a sound of {len(data):,} bytes that cannot be read ({error})") from error
    if abs(made.seconds - seconds) > max(0.25, 0.02 * seconds):
        raise ModelFailed(
            f"{engine} was asked for {seconds:g} s of sound and made {made.seconds:.2f} s. Its model has a longest "
            "length; loop shorter ambiences, or choose another foley."
        )
    return Sound(_stereo(made, round(seconds * HERTZ)), HERTZ)


def _written(data: bytes, folder: Path) -> Path:
    path = folder / "clip.mp4"
    path.write_bytes(data)
    return path


def _pictures(data: bytes, first: Still) -> Iterator[Still]:
    """The panel, then the engine's frames: the first of them is the panel after lossy coding."""
    with files.scratch() as folder:
        yield from chain([first], islice(decode(_written(data, folder)), 1, None))


def _check_shape(info: VideoInfo, asked: ClipAsked, engine: str) -> None:
    found = {"frames": info.frames, "frames a second": info.rate, "size": "{}x{}".format(*info.size)}
    wanted = {"frames": asked.frames, "frames a second": asked.rate, "size": "{}x{}".format(*asked.size)}
    wrong = [f"{found[name]} {name}, not {wanted[name]}" for name in wanted if found[name] != wanted[name]]
    if wrong:
        raise ModelFailed(
            f"{engine} made a clip with {'; '.join(wrong)}. It ignores what it does not know: set side_step, "
            "frame_step, max_frames and rates in the profile to what its model makes."
        )


def _check_ends(begins: Still, ends: Still, asked: ClipAsked, engine: str) -> None:
    if (apart := _apart(begins, asked.first)) > STARTS:
        raise ModelFailed(
            f"{engine} made a clip that does not begin with the panel (mean difference {apart:.0f} of 255): its model "
            "or version ignores the first picture. Choose an image-to-video model."
        )
    if asked.last is None:
        return
    apart, way = _apart(ends, asked.last), _apart(asked.first, asked.last)
    if apart > max(ARRIVES, way / 2):
        raise ModelFailed(
            f"{engine} made a clip that does not arrive at the last picture (mean difference {apart:.0f} of 255): its "
            "model or version ignores it. Take last_frame out of accepts, or use a newer version."
        )


def _apart(one: Still, other: Still) -> float:
    return float(np.abs(one.astype(np.int16) - other).mean())


def _stereo(made: Sound, length: int) -> sounds.Samples:
    """Two channels at 48 kHz, exactly ``length`` samples."""
    from models.sound.resampling import resample

    channels = [made.samples] * 2 if made.samples.ndim == 1 else [made.samples[:, 0], made.samples[:, 1]]
    out = np.zeros((length, 2), np.float32)
    for number, channel in enumerate(channels):
        heard = resample(np.ascontiguousarray(channel), made.rate, HERTZ)[:length]
        out[: len(heard), number] = heard
    peak = float(np.abs(out).max()) if length else 0.0
    return out / peak if peak > 1 else out
