"""Put every picture into a bucket of one size, so that a batch is one tensor and no picture is lost.

In: sizes of pictures, and how they are shown.      Out: bucket sizes, and the batches of an epoch.
A bucket has about ``resolution`` squared pixels and sides that are multiples of ``bucket_step``. The nearest one is
chosen by the ratio alone, measured on a logarithmic scale: a difference of products prefers small buckets.
Batches that are not full are kept; one trainer dropped 76 % of a small set by leaving them out.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isqrt, log
from typing import TypeVar

from assets.errors import InputRefused
from assets.sheets.dataset import Manifest, Showing

LONGEST_RATIO = 4.0

T = TypeVar("T")
Size = tuple[int, int]


@dataclass(frozen=True)
class Batch:
    """Works of one bucket and length that are shown together: numbers into the manifest's works."""

    bucket: Size
    frames: int
    works: tuple[int, ...]


def bucket(size: Size, showing: Showing) -> Size:
    """The bucket of a picture, width and height.

    raises  InputRefused for a picture more than four times as long as it is wide, or the other way round
    """
    width, height = size
    if max(width, height) > LONGEST_RATIO * min(width, height):
        raise InputRefused(
            f"A picture of {width}x{height} is more than {LONGEST_RATIO:g} times as long as it is wide. Cut it first: "
            "a bucket would keep a small part of it."
        )
    area = showing.resolution**2
    if showing.bucket_no_upscale:
        area = min(area, width * height)
    choices = _sizes(area, showing.bucket_step)
    return min(
        choices, key=lambda each: (abs(log(each[0] / each[1]) - log(width / height)), -each[0] * each[1])
    )


def _sizes(area: int, step: int) -> list[Size]:
    """Bucket sizes up to ``area`` pixels: for each width the largest height that fits."""
    smallest = max(step, isqrt(int(area / LONGEST_RATIO)) // step * step)
    largest = max(step, isqrt(int(area * LONGEST_RATIO)) // step * step)
    found = {
        (width, height)
        for width in range(smallest, largest + 1, step)
        if (height := area // width // step * step) >= step
    }
    return sorted(found) or [(step, step)]


def batches(manifest: Manifest, size: int, epoch: int) -> tuple[Batch, ...]:
    """The batches of one epoch: every work exactly ``repeats`` times, in an order that depends on seed and epoch."""
    rng = random.Random(f"{manifest.seed} {epoch}")
    by_shape: dict[tuple[Size, int], list[int]] = {}
    for number, each in enumerate(manifest.works):
        by_shape.setdefault((each.bucket, each.frames), []).extend([number] * each.work.repeats)
    made = [
        Batch(its_size, frames, tuple(part))
        for (its_size, frames), numbers in sorted(by_shape.items())
        for part in _parts(_shuffled(numbers, rng), size)
    ]
    return tuple(_shuffled(made, rng))


def report(sizes: Sequence[Size]) -> str:
    """How many pictures each bucket holds, as lines."""
    counts = {each: sizes.count(each) for each in sorted(set(sizes))}
    return "\n".join(f"{width}x{height}: {count}" for (width, height), count in counts.items())


def _parts(numbers: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), size):
        yield numbers[start : start + size]


def _shuffled(items: Sequence[T], rng: random.Random) -> list[T]:
    mixed = list(items)
    rng.shuffle(mixed)
    return mixed
