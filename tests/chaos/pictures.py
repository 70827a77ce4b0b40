"""Damaged pictures, sounds, films and weights: refused with a sentence, whoever put them there."""

import shutil
import struct
import zlib
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from random import Random

import numpy as np

from assets.errors import SakugaError
from assets.matter import Clip, Sound
from assets.media import sound, video
from assets.media.peaks import peaks
from assets.media.picture import from_png, to_png
from models.house import weights
from tests.chaos import words
from tests.chaos.case import Place, Verdict, Wrong

RATE = Fraction(24)


def prepare(shared: Path, own: Path) -> Path:
    """A sound picture, sound and film to spoil."""
    still = (np.indices((90, 160)).sum(0)[..., None] * np.ones(3) % 256).astype(np.uint8)
    (own / "a.png").write_bytes(to_png(still))
    tone = np.sin(np.arange(24_000, dtype=np.float32) / 9) * 0.5
    (own / "a.flac").write_bytes(sound.to_flac_bytes(Sound(tone, 24_000)))
    clip = Clip(12, (160, 90), RATE, lambda: iter([still] * 12))
    video.encode(clip, own / "a.mp4", size=(160, 90), rate=RATE, quality=video.VideoQuality())
    return own


def play(chance: Random, place: Place) -> Verdict:
    """One damaged or forged file of one of the kinds that are read back."""
    make: Callable[[Random, Place], Verdict] = chance.choice(ALL)
    place.note(make.__name__)
    return make(chance, place)


def picture(chance: Random, place: Place) -> Verdict:
    data = words.spoiled(chance, (place.context / "a.png").read_bytes())
    if chance.random() < 0.4:
        data = chance.choice((_huge_png, _empty, _other))(chance)
    (place.work / "a.png").write_bytes(data)
    still = from_png(place.work / "a.png")
    return _shaped(still)


def heard(chance: Random, place: Place) -> Verdict:
    path = _spoiled(chance, place, "a.flac")
    if chance.random() < 0.5:
        return "ok" if sound.read(path).rate > 0 else "refused"
    peaks(path, per_second=RATE * 4)
    return "ok"


def film(chance: Random, place: Place) -> Verdict:
    path = _spoiled(chance, place, "a.mp4")
    info = video.probe(path)
    seen = sum(1 for _ in video.decode(path)) if info.size[0] * info.size[1] < 4_000_000 else 0
    return "ok" if seen >= 0 else "refused"


def shipped_weights(chance: Random, place: Place) -> Verdict:
    """A folder of weights that is not what its list says is never used."""
    name = chance.choice(("traits", "autoencoder", "people", "foley"))
    folder = place.work / name
    shutil.copytree(weights.LIBRARY / name, folder)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    how = chance.choice(
        ("spoil", "remove", "empty", "list emptied", "line lost", "foreign file", "link", "list climbs")
    )
    path = chance.choice([file for file in files if file.name != weights.SUMS])
    sums = folder / weights.SUMS
    lines = sums.read_text().splitlines(keepends=True)
    place.note(f"{how}: {path.relative_to(place.work)}")
    if how == "spoil":
        path.write_bytes(words.spoiled(chance, path.read_bytes()))
    elif how == "remove":
        path.unlink()
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "list emptied":
        sums.write_text(chance.choice(("", "\n", "#\n", "\x00")))
    elif how == "line lost":
        lines.pop(chance.randrange(len(lines)))
        sums.write_text("".join(lines))
    elif how == "foreign file":
        (path.parent / chance.choice(("more.safetensors", "x.bin", "pytorch_model.bin", "a.py"))).write_bytes(
            b"x" * 100
        )
    elif how == "link":
        path.rename(place.folder / "elsewhere")
        path.symlink_to(place.folder / "elsewhere")
    else:
        sums.write_text(
            "".join(lines)
            + chance.choice(
                ("x", "0" * 64 + "  ../../etc/passwd\n", "0" * 64 + "  /etc/passwd\n", "\ud7ff  \n")
            )
        )
    try:
        weights.folder(name, place.work)
    except SakugaError as error:
        if len(str(error)) > 2000:
            raise Wrong("the refusal of weights is no sentence") from error
        return "refused"
    if how == "link":
        return "ok"
    raise Wrong(f"weights that are not what their list says are used ({how})")


ALL = (picture, heard, film, shipped_weights, shipped_weights)


def _spoiled(chance: Random, place: Place, name: str) -> Path:
    data = words.spoiled(chance, (place.context / name).read_bytes())
    if chance.random() < 0.2:
        data = chance.choice((_empty, _other))(chance)
    path = place.work / name
    path.write_bytes(data)
    return path


def _shaped(still: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]") -> Verdict:
    if still.ndim != 3 or still.shape[2] != 3 or still.dtype != np.uint8:
        raise Wrong(f"a picture of the shape {still.shape} was read")
    return "ok"


def _huge_png(chance: Random) -> bytes:
    """A small file that says it is a very large picture."""
    head = struct.pack(">IIBBBBB", chance.choice((60_000, 2**31 - 1)), 60_000, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\x00" * 1000)
    parts = ((b"IHDR", head), (b"IDAT", body), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _empty(chance: Random) -> bytes:
    return b""


def _other(chance: Random) -> bytes:
    return chance.choice(
        (
            b"GIF89a",
            b"<svg/>",
            b"%PDF-1.4",
            b"\x00" * 5000,
            b"RIFF\xff\xff\xff\xffWAVE",
            chance.randbytes(3000),
        )
    )
