"""What happens when the device runs out of memory: free memory step by step and try again, then say what would help.

In: a call that draws a picture.      Out: its result, or ModelFailed.
No step changes the picture. What would change it is not done but named in the error.
"""

import logging
from collections.abc import Callable
from typing import TypeVar

from assets.errors import ModelFailed
from models.card import Card
from models.diffusion import placement
from models.diffusion.options import Offload
from models.diffusion.placement import ORDER, Placed
from models.memory import is_out_of_memory

Result = TypeVar("Result")

_log = logging.getLogger(__name__)
_DOES = {
    "model": "only the part at work stays on the GPU (offload: model)",
    "group": "only the layer at work stays on the GPU (offload: group)",
}


class Ladder:
    """The steps that are left for one placed pipeline. A step stays taken for later pictures."""

    def __init__(self, placed: Placed, card: Card, *, climbs: bool = True) -> None:
        self._placed, self._card, self._climbs = placed, card, climbs
        self.taken: list[str] = []

    def run(self, call: Callable[[], Result], what: str) -> Result:
        """``call()``, again after each step while memory is short.

        call    makes its own generator, so that every try draws the same picture
        raises  ModelFailed when no step is left
        """
        retried = False
        while True:
            try:
                return call()
            except BaseException as error:
                placement.forgotten(self._placed.pipe)
                if not is_out_of_memory(error):
                    raise
                failure = error
            if not self._climbs:
                raise ModelFailed(self._told(what)) from failure
            placement.collected()
            step = None if not retried else self._next()
            if retried and step is None:
                raise ModelFailed(self._told(what)) from failure
            retried = True
            self._take(step, what)

    def _next(self) -> Offload | None:
        return next(iter(self._left()), None)

    def _left(self) -> list[Offload]:
        """Smaller placements than the present one, from fastest to smallest."""
        return [one for one in self._placed.offers if ORDER.index(one) > ORDER.index(self._placed.offload)]

    def _take(self, step: Offload | None, what: str) -> None:
        does = _DOES[step] if step else "unused memory is given back"
        _log.warning(
            "%s: out of memory while %s made %s; now %s. Trying again.",
            self._placed.device,
            self._card.name,
            what,
            does,
        )
        self.taken.append(step or "collect")
        if step:
            self._placed.place(step)

    def _told(self, what: str) -> str:
        placed = self._placed
        helps = [f"offload: {one}" for one in self._left()]
        helps += ["tiles: 512 (large pictures)", "fp8: true", "a smaller size in the profile"]
        tried = f" Tried: {', '.join(self.taken)}." if self.taken else ""
        return (
            f"{placed.device} ran out of memory while the {self._card.port} {self._card.name} made {what}. It holds "
            f"{placement.described(placed.pipe)}.{tried} What would help, as options of {self._card.name} in the "
            f"profile: {'; '.join(helps)}. Or another device for it: `devices: {{{self._card.port}: cuda:1}}`."
        )
