"""The page of candidates for a character's sheet in Prefect.

In: a casting, the vault.      Out: markdown with its pictures inside, so no file server is needed.
Text of the bible is escaped: it cannot become a link or a picture.
"""

import base64
import io
from collections.abc import Sequence
from pathlib import Path

from assets.store.records import Casting
from assets.vault import Vault
from flows.deployments.page_html import inline, local, phrase

PICTURES = 600_000  # bytes on one page: it is one row of Prefect's database, loaded with the dialog
WIDTHS = (1200, 960, 720, 480, 320, 240)


def page(casting: Casting, vault: Vault, *, media: str = "") -> str:
    """``media`` is the address of the rushes room; empty: no link."""
    board = casting.shows
    pictures = _fitted([vault.local(one.sheet) for one in board.candidates])
    room = f"{media}/cast/{casting.name}" if media else ""
    parts = [
        _refusal(casting),
        f"<h2>{phrase(board.title)} of {phrase(casting.show)}: candidates, round {casting.round}</h2>",
        f"<p><b>Which one is {phrase(board.title)}?</b> The approved sheet is locked reference art from then on. Drawn "
        f"by {phrase(board.maker.name)}, profile {phrase(board.profile)}. This waits until {local(casting.until)}.</p>",
        f'<p><a href="{phrase(room)}">Compare them in the rushes room</a></p>' if room else "",
        f"<p>{inline(board.about)}</p>" if board.about else "",
        f"<p>Drawn again: {inline(board.note)}</p>" if board.note else "",
        *(f"<p>{inline(sentence)}</p>" for sentence in board.left_out),
        *(
            f"<h3>Candidate {one.number}</h3><p>{_image(picture, one.number)}<br><small>seed {one.seed}</small></p>"
            for one, picture in zip(board.candidates, pictures, strict=True)
        ),
    ]
    return "\n\n".join(part for part in parts if part)


def _refusal(casting: Casting) -> str:
    if not casting.refusals:
        return ""
    return (
        "<blockquote><b>The last answer was refused: nothing was changed.</b><br>"
        f"{inline(casting.refusals[-1].why)}</blockquote>"
    )


def _image(picture: bytes, number: int) -> str:
    data = base64.b64encode(picture).decode("ascii")
    return f'<img src="data:image/webp;base64,{data}" width="720" alt="Candidate {number}">'


def _fitted(paths: Sequence[Path]) -> list[bytes]:
    """One WebP of each, as wide as possible while all together fit on the page."""
    found: list[bytes] = []
    for width in WIDTHS:
        found = [_webp(path, width) for path in paths]
        if sum(map(len, found)) <= PICTURES:
            break
    return found


def _webp(path: Path, width: int) -> bytes:
    from PIL import Image

    written = io.BytesIO()
    with Image.open(path) as opened:
        small = opened.convert("RGB")
        small.thumbnail((width, width * 4), reducing_gap=2.0)
        small.save(written, "WEBP", quality=70, method=4)
    return written.getvalue()
