"""Near and far: jump cuts, equal sizes, runs of close-ups, places never shown.

In: cuts in order.      Out: notices. Knows nothing about left and right.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import groupby

from assets.sheets.cutsheet import Cut
from assets.sheets.look import ShotSize
from stages.filmgrammar.notice import TRAVELLING, Notice, cast_of, neighbours

_CLOSE: frozenset[ShotSize] = frozenset(("close", "extreme_close"))
_WIDE: frozenset[ShotSize] = frozenset(("extreme_long", "long", "full"))
# Five close-ups in a row: in our own shows, an argument reaches four.
_MOST_CLOSE = 4
# Many scenes open on a detail and then show the place.
_OPENING = 3


def jump_cut(cuts: Sequence[Cut], rate: Fraction) -> Iterator[Notice]:
    """The same people at the same size and angle: the picture seems to skip."""
    for before, cut in _alike(cuts):
        if before.camera.angle == cut.camera.angle:
            yield Notice(
                cut=cut.number,
                rule="jump_cut",
                text=f"the same people at the same size and angle as {before.number}. Go nearer or farther "
                f"than {cut.size}, change the angle, or put another picture between.",
            )


def same_size(cuts: Sequence[Cut], rate: Fraction) -> Iterator[Notice]:
    """The same people at the same size; only the angle differs."""
    for before, cut in _alike(cuts):
        if before.camera.angle != cut.camera.angle:
            yield Notice(
                cut=cut.number,
                rule="same_size",
                text=f"{cut.size} again on the people of {before.number}; another angle alone reads as a "
                "slip. Change the size by a step.",
            )


def close_ups(cuts: Sequence[Cut], rate: Fraction) -> Iterator[Notice]:
    """Too many close-ups in a row: closeness has no effect, and the place is lost."""
    for (_, close), run in groupby(cuts, key=lambda cut: (cut.scene, cut.size in _CLOSE)):
        faces = list(run)
        if close and len(faces) > _MOST_CLOSE:
            yield Notice(
                cut=faces[_MOST_CLOSE].number,
                rule="close_ups",
                text=f"{len(faces)} close-ups in a row from {faces[0].number} to {faces[-1].number}. Step "
                "back to a medium or wider cut here, and keep the close-up for the line that needs it.",
            )


def no_establishing(cuts: Sequence[Cut], rate: Fraction) -> Iterator[Notice]:
    """A new place that is not shown in the first cuts."""
    seen: set[str] = set()
    for _, run in groupby(cuts, key=lambda cut: cut.scene):
        scene = list(run)
        place, first = scene[0].place, [cut for cut in scene[:_OPENING] if cut.place == scene[0].place]
        # A card or a single picture is a scene only on paper.
        told = any(cut.size in _WIDE for cut in first) or len(scene) == 1 or place in seen
        if not told:
            yield Notice(
                cut=scene[0].number,
                rule="no_establishing",
                text=f"{place} is new, and none of its first {len(first)} cuts is wide enough to show it. "
                "Make this one long, or add a long cut before it.",
            )
        seen.update(cut.place for cut in scene)


def _alike(cuts: Sequence[Cut]) -> Iterator[tuple[Cut, Cut]]:
    """Neighbours with the same people in the same place at the same size, without a camera move."""
    for before, cut in neighbours(cuts):
        same = cast_of(before) == cast_of(cut) != () and before.place == cut.place
        moved = before.camera.move in TRAVELLING or cut.camera.move in TRAVELLING
        if same and before.size == cut.size != "insert" and not moved and not (before.text or cut.text):
            yield before, cut
