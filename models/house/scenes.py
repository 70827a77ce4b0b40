"""Training pictures: random shots drawn by the cel rig, with a caption of every attribute.

In: seeds.      Out: pictures (frame 0 and some later drawings of the same shot) and their captions, in
shards on disk; a manifest that says how they were made, with their hashes.
Every picture is our own: the rig is code of this repository and uses no picture of anybody else.
Knows nothing about networks. The camera does not move: camera moves are made in compositing.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from assets import files
from assets.errors import InputRefused, SetupMissing
from assets.matter import Still
from assets.sheets.cutsheet import Camera
from models.cel.sampling import caption, sample
from models.ports import Shot

SIZE = (512, 288)
LARGE = (1024, 576)  # target of the decoder: twice the sides of the encoder's input
SHARD = 64  # shots in one file
CLIP = 16  # drawings of a clip, on twos at 24 frames a second
CLIP_EVERY = 4  # every fourth shot is drawn as a clip, the others as two drawings
LARGE_FROM = 1_000_000  # first seed of the large pictures
HELD_OUT = 900_000_000  # seeds from here on are never used for training
RECIPE = 1  # increase when the same seed gives other pictures
_QUALITY = 96  # of the JPEGs: below 92 the model learns the ringing along ink lines


@dataclass(frozen=True)
class Scene:
    """The drawings of one shot.

    frames    frame numbers in the shot, the first being 0
    pictures  (n, 288, 512, 3) uint8 sRGB
    """

    seed: int
    caption: str
    frames: tuple[int, ...]
    pictures: NDArray[np.uint8]


def shot_of(seed: int, size: tuple[int, int] = SIZE) -> Shot:
    """The shot of a seed, without camera move."""
    shot = sample(seed, size=size)
    camera = Camera(move="fix", angle=shot.cut.camera.angle)
    return replace(shot, cut=shot.cut.model_copy(update={"camera": camera}))


def frames_of(seed: int) -> tuple[int, ...]:
    """Frame 0 and a later one, or for every fourth seed a clip on twos."""
    if seed % CLIP_EVERY == 0:
        return tuple(range(0, 2 * CLIP, 2))
    return (0, 2 * Random(seed).randrange(1, 24))


def draw(seed: int, *, large: bool = False) -> Scene:
    """Draw the scene of ``seed``; the same seed gives the same pictures. ``large``: its last drawing at large size."""
    from models.cel.shooting import Shooting

    shot = shot_of(seed, LARGE if large else SIZE)
    shooting = Shooting(shot, seed=seed, frames=49, mouths=_speech(shot, seed))
    frames = frames_of(seed)[-1:] if large else frames_of(seed)
    pictures = np.stack([shooting.still(frame) for frame in frames])
    return Scene(seed, caption(shot), frames, pictures)


def _speech(shot: Shot, seed: int) -> dict[str, NDArray[np.float32]]:
    """Half of the people talk: syllables of about a sixth of a second, with pauses."""
    rng = np.random.default_rng(seed)
    spoken = {}
    for person in shot.cast:
        if rng.random() < 0.5:
            time = np.arange(49) / float(shot.rate)
            wave = np.sin(2 * np.pi * (rng.uniform(3, 6) * time + rng.random()))
            rests = np.sin(2 * np.pi * (rng.uniform(0.4, 0.9) * time + rng.random())) > -0.5
            spoken[person.id] = (np.clip(0.5 + 0.6 * wave, 0, 1) * rests).astype(np.float32)
    return spoken


def write_shard(
    folder: Path, number: int, *, first: int = 0, large: bool = False, shots: int = SHARD
) -> Path:
    """Draw ``shots`` scenes from seed ``first + number * shots`` on; an existing shard is kept."""
    path = folder / f"scenes-{number:05d}.npz"
    if path.exists():
        return path
    blobs: list[bytes] = []
    told = []
    start = first + number * shots
    for seed in range(start, start + shots):
        scene = draw(seed, large=large)
        blobs += [jpeg(one) for one in scene.pictures]
        told.append({"seed": seed, "caption": scene.caption, "frames": scene.frames})
    folder.mkdir(parents=True, exist_ok=True)
    ends = np.cumsum([len(blob) for blob in blobs])
    with files.replacing(path) as draft, draft.open("wb") as opened:
        np.savez(
            opened, data=np.frombuffer(b"".join(blobs), np.uint8), ends=ends, told=np.array(json.dumps(told))
        )
    return path


def read_shard(path: Path) -> Iterator[Scene]:
    """The scenes of a shard, in order."""
    with np.load(path, allow_pickle=False) as held:
        data, stops, told = held["data"], held["ends"], json.loads(str(held["told"]))
    starts, at = [0, *stops[:-1]], 0
    for item in told:
        count = len(item["frames"])
        pictures = np.stack([picture(data[starts[n] : stops[n]]) for n in range(at, at + count)])
        yield Scene(item["seed"], item["caption"], tuple(item["frames"]), pictures)
        at += count


def shards(folder: Path) -> list[Path]:
    """Every finished shard; refused when there is none."""
    found = sorted(path for path in folder.glob("scenes-*.npz") if ".draft" not in path.name)
    if not found:
        raise SetupMissing(f"There are no training pictures in {folder}. Draw some first: `scenes --help`.")
    return found


def manifest(folder: Path) -> dict[str, object]:
    """What the pictures are and their hashes: the statement of origin."""
    files = shards(folder)
    root = hashlib.sha256()
    for path in files:
        root.update(hashlib.sha256(path.read_bytes()).digest())
    return {
        "what": "pictures drawn by the cel rig of this repository from random shots, with captions",
        "origin": "all of it is our own: drawn by code, from seeds; no picture, photo or scan of anybody",
        "licence": "Apache-2.0",
        "recipe": {"version": RECIPE, "module": "models.house.scenes", "size": list(SIZE), "shard": SHARD},
        "shots": len(files) * SHARD,
        "sha256": root.hexdigest(),
    }


def jpeg(picture: Still) -> bytes:
    """The picture as a JPEG good enough for training."""
    import cv2

    done, coded = cv2.imencode(
        ".jpg",
        picture[:, :, ::-1],
        [
            cv2.IMWRITE_JPEG_QUALITY,
            _QUALITY,
            cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
            cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
        ],
    )
    if not done:
        raise InputRefused(f"A picture of shape {picture.shape} cannot be written as JPEG.")
    return coded.tobytes()


def picture(coded: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture of a JPEG. Raises SetupMissing when it cannot be read."""
    import cv2

    read = cv2.imdecode(coded, cv2.IMREAD_COLOR)
    if read is None:
        raise SetupMissing("A training picture cannot be read; delete its shard and draw it again.")
    return np.asarray(read[:, :, ::-1], np.uint8)
