"""Join finished segments and the sound into the episode, without encoding again.

In: segment files in order, one .m4a (or none).      Out: one MP4, checked after it was written.
Knows nothing about cuts or takes.  Picture and sound are copied; the same input gives the same bytes.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from assets import files
from assets.errors import ModelFailed, ShapeRefused
from assets.media import ffmpeg
from assets.media.mp4 import Track, tracks
from assets.media.video import BITEXACT, VideoInfo, probe, timescale
from assets.plain import one_line, shortened

# Keys that players read from the standard place; any other key needs a table of its own.
_PLAIN_KEYS = frozenset(
    {"title", "show", "comment", "artist", "album", "date", "genre", "description", "synopsis", "copyright"}
)
# Most characters of one value. An argument holds 128 kB and no zero byte, and players show only a few lines.
_LONGEST = 4000


def join(
    segments: Sequence[Path],
    sound: Path | None,
    out: Path,
    *,
    rate: Fraction,
    metadata: Mapping[str, str] | None = None,
) -> VideoInfo:
    """Write ``segments`` one after another to ``out``, with ``sound`` as its audio track.

    raises  ShapeRefused, before anything is written, naming the segment or the sound that does not fit;
              ModelFailed when the written file does not hold exactly what was requested
    """
    known = [probe(segment) for segment in segments]
    _check_alike(segments, known, rate)
    frames = sum(info.frames for info in known)
    if sound is not None:
        _check_sound(sound, frames, rate)
    with files.scratch() as folder, files.replacing(out, durable=False) as draft:
        listing = folder / "segments.txt"
        names = [_linked(folder, number, segment) for number, segment in enumerate(segments)]
        listing.write_text("".join(f"file {name}\n" for name in names), encoding="ascii")
        ffmpeg.run(_arguments(listing, sound, draft, rate, metadata or {}))
        return _verified(draft, frames, rate, sound is not None, out)


def _check_alike(segments: Sequence[Path], known: Sequence[VideoInfo], rate: Fraction) -> None:
    if not segments:
        raise ShapeRefused("There is no segment to join. Render at least one cut first.")
    first = known[0]
    for path, info in zip(segments, known, strict=True):
        if info.rate != rate:
            raise ShapeRefused(f"{path.name} runs at {info.rate} frames a second; the episode at {rate}.")
        if info.size != first.size:
            raise ShapeRefused(
                f"{path.name} is {_sides(info)}; {segments[0].name}, the first segment, is {_sides(first)}. "
                "Render it again at the episode's size."
            )
        if (info.codec, info.setup) != (first.codec, first.setup):
            raise ShapeRefused(
                f"{path.name} was encoded with other settings than {segments[0].name}, so they cannot be "
                "joined by copy. Render it again with the same preset, keyframes and encoder version."
            )


def _check_sound(sound: Path, frames: int, rate: Fraction) -> None:
    heard = next((track for track in tracks(sound) if track.kind == "soun"), None)
    if heard is None:
        raise ShapeRefused(f"{sound.name} has no sound. Mix the episode to .m4a first.")
    if not _in_step(heard, frames, rate):
        raise ShapeRefused(
            f"{sound.name} lasts {float(heard.seconds):.3f} s, the picture {float(frames / rate):.3f} s "
            f"({frames} frames at {rate}); they may differ by one frame. Mix it again for this timeline."
        )


def _in_step(heard: Track, frames: int, rate: Fraction) -> bool:
    return abs(heard.seconds - frames / rate) <= 1 / rate


def _linked(folder: Path, number: int, segment: Path) -> str:
    """Link ``segment`` under a plain name beside the list: a list of paths cannot hold a line end."""
    name = f"{number:06d}.mp4"
    (folder / name).symlink_to(segment.resolve())
    return name


def _arguments(
    listing: Path, sound: Path | None, draft: Path, rate: Fraction, metadata: Mapping[str, str]
) -> list[str]:
    ticks = timescale(rate) / rate
    # The concat reader adds up durations in microseconds. At 24000/1001 that drifts off the frame grid, so every
    # packet is moved back to it. There are no B-frames: order is time.
    grid = f"setts=ts=N*{ticks}:duration={ticks}:time_base=1/{timescale(rate)}"
    args = ["-y", *ffmpeg.FENCE, "-f", "concat", "-safe", "0", "-i", f"file:{listing}"]
    args += [*ffmpeg.source(sound), "-map", "0:v:0", "-map", "1:a:0"] if sound else ["-map", "0:v:0"]
    args += ["-c", "copy", "-bsf:v", grid, "-video_track_timescale", str(timescale(rate)), *BITEXACT]
    for key, value in sorted(metadata.items()):
        args += ["-metadata", f"{key}={shortened(one_line(value), _LONGEST)}"]
    own_table = "+use_metadata_tags" if set(metadata) - _PLAIN_KEYS else ""
    return [*args, "-movflags", f"+faststart{own_table}", "-f", "mp4", f"file:{draft}"]


def _verified(draft: Path, frames: int, rate: Fraction, with_sound: bool, out: Path) -> VideoInfo:
    info = probe(draft)
    found = (info.frames, info.rate, info.has_audio)
    if found != (frames, rate, with_sound):
        raise ModelFailed(
            f"{out.name} should hold {frames} frames at {rate} {'with' if with_sound else 'without'} sound; "
            f"it holds {info.frames} at {info.rate}, sound: {info.has_audio}. It was not kept."
        )
    if with_sound and abs(info.sound_seconds - info.seconds) > 1 / rate:
        raise ModelFailed(
            f"{out.name}: the picture lasts {info.seconds:.3f} s and the sound {info.sound_seconds:.3f} s "
            "after joining; they may differ by one frame. It was not kept."
        )
    return info


def _sides(info: VideoInfo) -> str:
    return f"{info.size[0]}x{info.size[1]}"
