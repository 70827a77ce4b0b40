"""Paint the keyframes at which the windows of a long cut begin, with the same inputs as its panel.

In: a cut, its panel, the painter, a seed.      Out: pictures, and the data that decides their bytes.
Knows nothing about windows or the animator.
"""

from dataclasses import dataclass, replace
from typing import Any

from assets.matter import Still
from assets.media.picture import resized
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.production import Panel
from assets.vault import Vault
from models.lease import Leased
from models.ports import Painter, Prompt, Shot
from stages.shots.shot import equipped, ingredients, shot


@dataclass(frozen=True)
class KeyframePainter:
    """The painter of one cut's keyframes.

    painted_at  the size it paints at; the animator's size may be larger or smaller
    note        why the take was ordered again
    """

    painter: Leased[Painter]
    cutsheet: Cutsheet
    panel: Panel
    painted_at: tuple[int, int]
    note: str = ""

    def paint(self, near: Still, seed: int, vault: Vault) -> Still:
        """A keyframe in the size of ``near``, with its composition if the painter accepts a layout."""
        card, at = self.painter.card, self.painted_at
        given = equipped(self._shot, self.cutsheet, card, vault)
        layout = resized(near, at) if "layout" in card.accepts else None
        picture = self.painter.model.paint(given, seed=seed, layout=layout)
        return resized(picture, (near.shape[1], near.shape[0]))

    def ingredients(self) -> dict[str, Any]:
        """The data that decides the keyframes, besides seeds and the pictures they replace."""
        asked = ingredients(self._shot, self.cutsheet, self.painter.card)
        return {"painter": self.painter.identity(), "size": list(self.painted_at), **asked}

    @property
    def _cut(self) -> Cut:
        return self.cutsheet.cut(self.panel.cut)

    @property
    def _shot(self) -> Shot:
        """As for the panel, with the note of a retake if there is one."""
        what = shot(self.cutsheet, self._cut, self.painted_at, self.painter.card, self.note)
        if self.note or not self.panel.prompt or not what.prompt.text:
            return what
        return replace(what, prompt=Prompt(self.panel.prompt, what.prompt.negative))
