"""The picture judge measures sharpness, steadiness, motion and likeness of a take.

In: a Clip, its Shot, its panel, the loudness of its speakers.      Out: measures, all finite.
It reads only a sample of frames, reduced to 256 pixels wide, and a patch of every frame around a speaking
mouth, so that judging takes much less time than drawing.

sharpness               1 - exp(-V / 400), V the variance of the Laplacian of 8-bit luma at 720 lines
                        (Pech-Pacheco et al., ICPR 2000); the constant puts a crisp drawing near 0.9.
flicker                 mean |L(t) - (L(t-s) + L(t+s)) / 2| / 255 over blocks of 16 x 16 pixels: brightness
                        that jumps and returns. Steady change costs nothing (second difference).
warping_error           mean |I(t) - warp(I(t-s))| / 255 where forward and backward flow agree
                        (Lai et al., ECCV 2018, eq. 7; occlusion test of Ruder et al., 2016).
motion                  mean optical flow from step to step, as a share of the picture's width (DIS flow,
                        Kroeger et al., ECCV 2016).
first_frame_similarity  SSIM of luma between panel and frame 0 (Wang et al., 2004), bounded to 0..1.
identity                likeness of the people to their character sheets (models/likeness.py)
line_sync               whether mouths open when their voices are loud (models/lips.py)
A step is two frames: drawings change on twos, and the two frames of a drawing are alike.
"""

from collections.abc import Iterator
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from assets.matter import Clip, Still
from models.card import Card
from models.ports import Mouths, Shot

STEP = 2
SAMPLES = 6  # triples over the clip: with 12 and more the measures change by less than a tenth
WIDTH = 256
BLOCK = 16

Luma = NDArray[np.uint8]
Flow = NDArray[np.float32]


class PictureJudge:
    """Port Judge. No weights; OpenCV on the CPU."""

    card = Card(
        name="picture",
        port="judge",
        adapter_version=3,
        gpu_share=0,
        summary=(
            "Sharpness, flicker, warping error, motion, likeness to panel and character sheets, line sync, "
            "by classical measures."
        ),
        licence="Apache-2.0",
        concurrent=True,
    )

    def __init__(self, cv2: Any) -> None:
        self._cv2 = cv2

    @classmethod
    def load(cls, device: str) -> Self:
        import cv2

        return cls(cv2)

    def unload(self) -> None:
        """Do nothing: no weights are held."""

    def judge(
        self, shot: Shot, clip: Clip, *, panel: Still, mouths: Mouths | None = None
    ) -> dict[str, float]:
        # Both import the whole cel rig, and reading the card needs none of it.
        from models.likeness import Likeness
        from models.lips import Lips

        people = Likeness(shot, len(clip), self._cv2) if shot.cut.staged else None
        lips = Lips(shot, len(clip), mouths, self._cv2) if mouths else None
        first, sharp = None, []
        steady: list[tuple[float, float, float]] = []
        for start, triple in _triples(clip, _starts(len(clip))):
            if first is None:
                first = triple[0]
            sharp.append(self._sharpness(triple[0]))
            if people is not None:
                people.see(start, triple[0])
            if len(triple) == 3:
                steady.append(self._steadiness([self._small(picture) for picture in triple]))
        flicker, warping, motion = np.mean(steady, axis=0) if steady else (0.0, 0.0, 0.0)
        measures = {
            "sharpness": float(np.mean(sharp)) if sharp else 0.0,
            "flicker": float(flicker),
            "warping_error": float(warping),
            "motion": min(1.0, float(motion)),
            "first_frame_similarity": self._likeness(panel, first) if first is not None else 0.0,
        }
        if people is not None and people.identity is not None:
            measures["identity"] = people.identity
        if lips is not None and lips.box is not None:
            for frame, picture in enumerate(clip.some(range(len(clip)), lips.box)):
                lips.see(frame, picture)
        if lips is not None and lips.line_sync is not None:
            measures["line_sync"] = lips.line_sync
        return measures

    def _small(self, picture: Still) -> Luma:
        high, wide = picture.shape[:2]
        size = (WIDTH, max(BLOCK, round(high * WIDTH / wide)))
        small: Luma = self._cv2.resize(self._luma(picture), size, interpolation=self._cv2.INTER_AREA)
        return small

    def _luma(self, picture: Still) -> Luma:
        luma: Luma = self._cv2.cvtColor(picture, self._cv2.COLOR_RGB2GRAY)
        return luma

    def _sharpness(self, picture: Still) -> float:
        luma = self._luma(picture)
        if luma.shape[0] != 720:
            size = (max(2, round(luma.shape[1] * 720 / luma.shape[0])), 720)
            luma = self._cv2.resize(luma, size, interpolation=self._cv2.INTER_LINEAR)
        edges = self._cv2.Laplacian(luma, self._cv2.CV_16S)
        _, deviation = self._cv2.meanStdDev(edges)
        return float(1 - np.exp(-(float(deviation[0, 0]) ** 2) / 400))

    def _steadiness(self, frames: list[Luma]) -> tuple[float, float, float]:
        before, now, after = frames
        blocks = [self._blocks(frame) for frame in frames]
        flicker = float(np.mean(np.abs(blocks[1] - (blocks[0] + blocks[2]) / 2)) / 255)
        # A new one each time: it keeps buffers, and takes are judged side by side.
        flow = self._cv2.DISOpticalFlow_create(self._cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
        back = flow.calc(now, before, None)
        forth = flow.calc(before, now, None)
        ahead = flow.calc(now, after, None)
        motion = float(np.mean(np.hypot(ahead[..., 0], ahead[..., 1]))) / WIDTH
        return flicker, self._warping(before, now, back, forth), motion

    def _blocks(self, frame: Luma) -> NDArray[np.float32]:
        high, wide = frame.shape
        size = (max(1, wide // BLOCK), max(1, high // BLOCK))
        blocks: NDArray[np.float32] = self._cv2.resize(
            frame.astype(np.float32), size, interpolation=self._cv2.INTER_AREA
        )
        return blocks

    def _warping(self, before: Luma, now: Luma, back: Flow, forth: Flow) -> float:
        high, wide = now.shape
        x, y = np.meshgrid(np.arange(wide, dtype=np.float32), np.arange(high, dtype=np.float32))
        at_x, at_y = x + back[..., 0], y + back[..., 1]
        came = self._cv2.remap(before, at_x, at_y, self._cv2.INTER_LINEAR)
        there = self._cv2.remap(forth, at_x, at_y, self._cv2.INTER_LINEAR)
        miss = ((back + there) ** 2).sum(axis=-1)
        agree = miss < 0.01 * ((back**2).sum(axis=-1) + (there**2).sum(axis=-1)) + 0.5
        agree &= (at_x >= 0) & (at_x < wide) & (at_y >= 0) & (at_y < high)
        if not agree.any():
            return 1.0
        return float(np.mean(np.abs(now.astype(np.float32) - came)[agree]) / 255)

    def _likeness(self, panel: Still, first: Still) -> float:
        a, b = self._small(panel).astype(np.float32), self._small(first).astype(np.float32)
        if a.shape != b.shape:
            b = self._cv2.resize(b, (a.shape[1], a.shape[0]), interpolation=self._cv2.INTER_AREA)
        mean_a, mean_b = self._blurred(a), self._blurred(b)
        var_a = self._blurred(a * a) - mean_a**2
        var_b = self._blurred(b * b) - mean_b**2
        both = self._blurred(a * b) - mean_a * mean_b
        c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
        top = (2 * mean_a * mean_b + c1) * (2 * both + c2)
        low = (mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2)
        return min(1.0, max(0.0, float(np.mean(top / low))))

    def _blurred(self, picture: NDArray[np.float32]) -> NDArray[np.float32]:
        blurred: NDArray[np.float32] = self._cv2.GaussianBlur(picture, (11, 11), 1.5)
        return blurred


def _starts(frames: int) -> list[int]:
    """Start frames of the triples: spread over the clip, never overlapping, the first at frame 0."""
    span = 2 * STEP + 1
    count = max(1, min(SAMPLES, frames // span))
    room = max(0, frames - span)
    return sorted({round(n * room / max(1, count - 1)) for n in range(count)}) if count > 1 else [0]


def _triples(clip: Clip, starts: list[int]) -> Iterator[tuple[int, list[Still]]]:
    """The frames at each start, one step later and two steps later; fewer at the end of the clip."""
    triples = [[at for at in range(start, start + 3 * STEP, STEP) if at < len(clip)] for start in starts]
    wanted = [at for triple in triples for at in triple]
    waiting, kept = iter(triples), list[Still]()
    triple = next(waiting)
    for at, picture in zip(wanted, clip.some(wanted), strict=True):
        kept.append(picture)
        if at == triple[-1]:
            yield triple[0], kept
            triple, kept = next(waiting, triple), []
