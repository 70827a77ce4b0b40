"""Write the roughs of an episode for an artist to draw over: pairs from which the house painter learns a style.

In: an episode's cut sheet.      Out: for each cut NUMBER.layout.png and NUMBER.txt; the artist adds NUMBER.png.
"""

from pathlib import Path

from assets import files
from assets.errors import InputRefused
from assets.media.picture import to_png
from assets.sheets.cutsheet import Cutsheet
from models.cel import engine
from models.cel.sampling import caption
from models.house import latents
from models.house.layout import Layouts
from models.house.scenes import LARGE
from stages.shots.shot import shot


def write(cutsheet: Cutsheet, folder: Path) -> list[str]:
    """The numbers of the cuts that were written; a file that is there already is kept.

    raises  InputRefused if no cut shows anybody
    """
    engine.check()
    cuts = [cut for cut in cutsheet.cuts if cut.staged]
    if not cuts:
        raise InputRefused(
            f"The episode {cutsheet.episode} shows nobody in any cut: there is nothing to draw."
        )
    folder.mkdir(parents=True, exist_ok=True)
    for cut in cuts:
        depicted = shot(cutsheet, cut, latents.SIZE)
        layout, words = folder / f"{cut.number}.layout.png", folder / f"{cut.number}.txt"
        if not layout.exists():
            files.write(layout, to_png(Layouts(depicted, seed=0, frames=1, size=LARGE).rough(0)))
        if not words.exists():
            files.write(words, caption(depicted) + "\n")
    return [cut.number for cut in cuts]
