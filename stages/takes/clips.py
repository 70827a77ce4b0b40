"""Process the pictures of a take between the animator and the encoder.

In: a clip that is drawn while it is read.      Out: such a clip: resized, enlarged, patched, or with progress reports.
"""

from collections.abc import Iterator

import numpy as np

from assets.matter import Clip, Still
from assets.media.picture import resized
from assets.sheets.cutsheet import Cut
from models.lease import Leased
from models.ports import Upscaler
from stages.takes.chaining import Redo
from stages.work_cache import WorkCache


def resized_clip(clip: Clip, size: tuple[int, int]) -> Clip:
    """``clip`` with every picture stretched to ``size``."""
    return Clip(clip.frames, size, clip.rate, lambda: (resized(picture, size) for picture in clip))


def enlarged(clip: Clip, upscaler: Leased[Upscaler], panel: Still, size: tuple[int, int]) -> Clip:
    """``clip`` at ``size``; a held drawing is enlarged once, and frame 0 is the panel itself."""

    def draw() -> Iterator[Still]:
        before: Still | None = None
        large = panel
        # An upscaler that holds memory may displace the animator, so that one draws all of the cut first.
        for picture in list(clip) if upscaler.card.vram_gb else clip:
            if before is not None and not np.array_equal(picture, before):
                large = upscaler.model.upscale(picture, size=size)
            before = picture
            yield large

    return Clip(clip.frames, size, clip.rate, draw)


def patched(clip: Clip, redo: Redo) -> Clip:
    """The old take, with the frames of the span from the new one."""

    def draw() -> Iterator[Still]:
        for frame, (was, now) in enumerate(zip(redo.old, clip, strict=True)):
            yield now if redo.span.start <= frame < redo.span.stop else was

    return Clip(clip.frames, clip.size, clip.rate, draw)


class Watch:
    """Reports the progress of one cut to the work cache: that of model calls, then that of frames; never backwards."""

    def __init__(self, cache: WorkCache, cut: Cut) -> None:
        self._cache, self._cut, self._share = cache, cut.number, 0.0

    def moved(self, share: float) -> None:
        """Raises Stopped in a run that was stopped."""
        self._share = max(self._share, share)
        self._cache.moved("take", self._cut, self._share)

    def over(self, clip: Clip) -> Clip:
        """The same clip, reporting while it is drawn."""

        def draw() -> Iterator[Still]:
            for frame, picture in enumerate(clip):
                if frame % 12 == 0:
                    self.moved(frame / clip.frames)
                yield picture

        return Clip(clip.frames, clip.size, clip.rate, draw)
