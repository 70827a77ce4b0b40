"""The contact sheet: the episode's econte as pictures to print and as one HTML page.

In: a Cutsheet and the panel of each cut.      Out: PNG sheets and a self-contained HTML page.
A cut without a panel is shown as a crossed-out frame, so that missing panels are visible.
"""

import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from assets import files
from assets.errors import InputRefused
from assets.sheets.cutsheet import Cutsheet
from assets.sheets.production import Take
from assets.timing import koma, seconds_of
from stages.deliver import econte_sheet, page
from stages.deliver.econte import scenes

if TYPE_CHECKING:
    from PIL.Image import Image

OWN_SHEET = re.compile(r"contact(-\d+)?\.png")
THUMB = (320, 180)


def write(
    cutsheet: Cutsheet,
    panels: Mapping[str, Path],
    folder: Path,
    *,
    title: str,
    takes: Mapping[str, Take] | None = None,
    counts: Mapping[str, int] | None = None,
) -> dict[str, Path]:
    """Write ``contact.png`` (and ``contact-2.png``, ``contact-3.png``... when it is long) and ``contact.html``.

    panels   PNG files by cut number
    takes    the selected take of each cut, named beside it
    counts   how many takes each cut has
    returns  ``png``, the first sheet, and ``html``
    """
    folder.mkdir(parents=True, exist_ok=True)
    pictures = dict(_pictures(cutsheet, panels))
    content = scenes(cutsheet, takes or {}, counts)
    length = f"{koma(cutsheet.frames, cutsheet.rate)} ({seconds_of(cutsheet.frames, cutsheet.rate):.1f} s)"
    about = page.About(
        title=title or cutsheet.title or cutsheet.episode,
        episode=cutsheet.episode,
        cuts=len(cutsheet.cuts),
        length=length,
        language=cutsheet.language,
    )
    sheets = econte_sheet.draw(content, pictures, about, _moves(cutsheet))
    html = folder / "contact.html"
    files.write(html, page.compose(content, pictures, about))
    return {"png": _save(sheets, folder), "html": html}


def _pictures(cutsheet: Cutsheet, panels: Mapping[str, Path]) -> Iterator[tuple[str, bytes]]:
    """Thumbnails as WebP, 6 kB each; as raw pixels, an hour of cuts would fill memory."""
    from PIL import Image

    for cut in cutsheet.cuts:
        if (path := panels.get(cut.number)) is None:
            continue
        try:
            with Image.open(path) as picture:
                small = picture.convert("RGB")
        except OSError as error:
            raise InputRefused(
                f"The panel of {cut.number}, {path}, cannot be read as a picture ({error}). Draw it again."
            ) from error
        small.thumbnail(THUMB, reducing_gap=2.0)
        packed = BytesIO()
        small.save(packed, "WEBP", quality=86, method=2)
        yield cut.number, packed.getvalue()


def _moves(cutsheet: Cutsheet) -> dict[str, str]:
    return {cut.number: cut.camera.move for cut in cutsheet.cuts}


def _save(sheets: "Iterator[Image]", folder: Path) -> Path:
    """Draw each sheet only when needed, and free it after saving."""
    # The first sheet always has the same name, so that a link to it never breaks.
    names: list[str] = []
    for number, sheet in enumerate(sheets, 1):
        names.append("contact.png" if number == 1 else f"contact-{number}.png")
        with files.replacing(folder / names[-1]) as draft:
            sheet.save(draft, "PNG", compress_level=4)
    for old in folder.iterdir():
        if OWN_SHEET.fullmatch(old.name) and old.name not in names:
            old.unlink()  # a sheet of an earlier, longer version of this episode
    return folder / names[0]
