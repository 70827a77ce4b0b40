"""Measure the house models: traits read back, distance to the rig, steadiness of takes.

In: held-out shots.      Out: shares and distances beside their references.
Every measure is given with two references: the rig's own pictures (the best possible) and the pictures after the
autoencoder alone (the result of a perfect denoiser).
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from assets.matter import Still
from models.cel.sampling import caption
from models.house import people, scenes
from models.house.people import PeopleJudge, Spot
from models.house.traits import TraitJudge, said
from models.ports import Shot


def held_out(count: int, *, size: tuple[int, int] = scenes.SIZE) -> list[Shot]:
    """Shots whose seeds are never used for training."""
    return [scenes.shot_of(scenes.HELD_OUT + number, size) for number in range(count)]


def accuracy(judge: TraitJudge, pictures: Sequence[Still], shots: Sequence[Shot]) -> dict[str, list[bool]]:
    """Per trait of the scene and picture: whether the judge reads the word of the shot."""
    read = judge.read(np.stack(list(pictures)))
    return {
        trait: [
            int(found[number].argmax()) == said(caption(shot))[trait] for number, shot in enumerate(shots)
        ]
        for trait, found in read.items()
    }


def recognised(
    judge: PeopleJudge, pictures: Sequence[Still], shots: Sequence[Shot], heads: Sequence[Mapping[str, Spot]]
) -> dict[str, list[bool]]:
    """Per trait and visible person: whether the judge reads the word of their look."""
    hits: dict[str, list[bool]] = {trait: [] for trait in people.TRAITS}
    for picture, shot, spots in zip(pictures, shots, heads, strict=True):
        for trait, word, found in people.readings(judge, picture, shot, spots):
            hits[trait].append(int(found.argmax()) == word)
    return hits


def distance(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Frechet distance of two sets of features, (n, d): |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^1/2).

    Heusel et al., NeurIPS 2017. The distance grows for small sets: compare only sets of one size.
    """
    apart = one.mean(0) - other.mean(0)
    first, second = (np.cov(found, rowvar=False).astype(np.float64) for found in (one, other))
    # tr((C1 C2)^1/2) from the eigenvalues of a product of two symmetric matrices, all real and >= 0.
    shared = np.sqrt(np.clip(np.linalg.eigvals(first @ second).real, 0, None)).sum()
    return float(apart @ apart + np.trace(first) + np.trace(second) - 2 * shared)


def steadiness(pictures: Iterable[Still], panel: Still) -> dict[str, float]:
    """Of a clip's drawings, all of one size with their panel; every number is a mean, of 255 where it is a difference.

    motion   length of the flow from one drawing to the next, in pixels (Farneback, SCIA 2003)
    warp     difference to a drawing after the one before is moved along that flow (Lai et al., ECCV 2018)
    flicker  difference of a drawing to the mean of its neighbours: jumps that return
    first    difference of the first drawing and the panel
    """
    import cv2

    frames = list(pictures)
    moved, left = [], []
    for before, after in pairwise(frames):
        was, now = (cv2.cvtColor(one, cv2.COLOR_RGB2GRAY) for one in (before, after))
        start: NDArray[np.float32] = np.zeros((*was.shape, 2), np.float32)
        flow = np.asarray(cv2.calcOpticalFlowFarneback(now, was, start, 0.5, 4, 15, 3, 5, 1.1, 0), np.float32)
        rows, columns = np.indices(was.shape, np.float32)
        warped = cv2.remap(before, columns + flow[:, :, 0], rows + flow[:, :, 1], cv2.INTER_LINEAR, None)
        moved.append(float(np.hypot(flow[:, :, 0], flow[:, :, 1]).mean()))
        left.append(float(np.abs(after.astype(np.float32) - warped).mean()))
    jumps = [
        float(np.abs(now - (before.astype(np.float32) + after) / 2).mean())
        for before, now, after in zip(frames, frames[1:], frames[2:], strict=False)
    ]
    return {
        "motion": float(np.mean(moved or [0])),
        "warp": float(np.mean(left or [0])),
        "flicker": float(np.mean(jumps or [0])),
        "first": float(np.abs(frames[0].astype(np.float32) - panel).mean()),
    }
