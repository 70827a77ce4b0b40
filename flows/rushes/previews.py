"""Draw a small preview of a cut that is being edited.

In: a cut sheet, a cut's number, its episode.      Out: a WebP.
The cel rig draws it in well under a second. Where another painter draws the panels, the rig shows the framing and the
staging only, and the page says so.
"""

import io
from threading import Lock

from assets.errors import InputRefused
from assets.sheets.cutsheet import Cutsheet
from flows.episode.choices import AdapterChoice
from flows.episode.cut_edits import Editable
from flows.episode.profile import Profile
from models.lease import lease
from models.ports import Painter
from stages.shots.shot import equipped, seed_of, shot

RIG = AdapterChoice(name="cel")
WIDTH = 640
QUALITY = 80
WAITS_S = 20.0


def draws(profile: Profile) -> dict[str, object]:
    """Who draws the preview, and whether it is the painter of the panels."""
    return {"by": _painter(profile).name, "same": profile.machines.painter.name == RIG.name}


class Previewer:
    """Draws one preview at a time: a page asks again while somebody chooses, and the panels' machine is shared."""

    def __init__(self) -> None:
        self._turn = Lock()

    def draw(self, sheet: Cutsheet, number: str, episode: Editable) -> bytes:
        """The cut as its panel would be, about 640 pixels wide."""
        from PIL import Image

        if not self._turn.acquire(timeout=WAITS_S):
            raise InputRefused("Other previews are being drawn. Try again in a moment.")
        try:
            profile, cut = episode.profile, sheet.cut(number)
            chosen = _painter(profile)
            with lease(Painter, chosen.name, "cpu", options=chosen.options) as painter:
                asked = shot(sheet, cut, _size(profile), painter.card)
                given = equipped(asked, sheet, painter.card, episode.workspace.vault)
                still = painter.model.paint(given, seed=seed_of(number, 1, profile.storyboard.seed))
        finally:
            self._turn.release()
        written = io.BytesIO()
        Image.fromarray(still).save(written, "WEBP", quality=QUALITY, method=2)
        return written.getvalue()


def _painter(profile: Profile) -> AdapterChoice:
    chosen = profile.machines.painter
    return chosen if chosen.name == RIG.name else RIG


def _size(profile: Profile) -> tuple[int, int]:
    width, height = profile.size
    return WIDTH, max(2, round(WIDTH * height / width / 2) * 2)
