"""The econte as one HTML page: it loads nothing from outside, and all text in it is escaped.

In: the econte's scenes and small pictures.      Out: HTML text.
Works in light and dark mode, with a screen reader, and printed on A4.
"""

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from assets.sheets.bible import Language
from stages.deliver.econte import HEADINGS, Row, Scene, Spoken

STYLE = Path(__file__).parent / "contact.css"
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


@dataclass(frozen=True)
class About:
    """The heading of the sheet."""

    title: str
    episode: str
    cuts: int
    length: str
    language: Language


def compose(content: Sequence[Scene], pictures: Mapping[str, bytes], about: About) -> str:
    """The whole page."""
    title = escape(about.title)
    headings = "".join(f'<th scope="col">{escape(text)}</th>' for text in HEADINGS[about.language])
    bodies = "\n".join(_scene(scene, pictures) for scene in content)
    return f"""<!doctype html>
<html lang="{about.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<title>{title}</title>
<style>
{STYLE.read_text(encoding="utf-8")}</style>
</head>
<body>
<main>
<header>
<h1>{title}</h1>
<p>{escape(about.episode)} · {about.cuts} cuts · {escape(about.length)}</p>
</header>
<div class="wide" tabindex="0" role="region" aria-label="{title}">
<table>
<caption>Seconds+frames; running total below.</caption>
<thead><tr>{headings}</tr></thead>
{bodies}
</table>
</div>
</main>
</body>
</html>
"""


def _scene(scene: Scene, pictures: Mapping[str, bytes]) -> str:
    head = f"{escape(scene.name)} · {escape(scene.where)} · {escape(scene.time)}"
    rows = "\n".join(_row(row, pictures.get(row.number)) for row in scene.rows)
    return f'<tbody>\n<tr class="scene"><th scope="rowgroup" colspan="6">{head}</th></tr>\n{rows}\n</tbody>'


def _row(row: Row, picture: bytes | None) -> str:
    number = escape(row.number) + (f'<br><span class="soft">{escape(row.take)}</span>' if row.take else "")
    shot = escape(f"{row.shot}  {row.camera}")
    total = f'<span class="soft">{escape(row.total)}</span>'
    cells = (
        f'<th scope="row" id="{escape(row.number)}">{number}</th>',
        f'<td class="picture">{_picture(row, picture)}<span class="soft">{shot}</span></td>',
        f'<td class="action">{_action(row)}</td>',
        f'<td class="dialogue">{_dialogue(row.dialogue)}</td>',
        f'<td class="sounds">{_sounds(row.sounds)}</td>',
        f'<td class="time"><strong>{escape(row.time)}</strong><br>{total}</td>',
    )
    return f"<tr>{''.join(cells)}</tr>"


def _picture(row: Row, picture: bytes | None) -> str:
    if picture is None:
        return '<div class="none">no panel</div>'
    from PIL import Image

    with Image.open(io.BytesIO(picture)) as opened:
        width, height = opened.size
    data = base64.b64encode(picture).decode("ascii")
    words = escape(f"{row.number}: {row.action or row.caption or row.shot}")
    size = f'width="{width}" height="{height}"'
    return f'<img src="data:image/webp;base64,{data}" {size} alt="{words}">'


def _action(row: Row) -> str:
    parts = [f'<span class="join">{escape(row.join)}</span>'] if row.join else []
    parts += [escape(row.action)] if row.action else []
    parts += [f'<span class="soft">T: {escape(row.caption)}</span>'] if row.caption else []
    return "\n".join(parts)


def _dialogue(lines: Sequence[Spoken]) -> str:
    if not lines:
        return ""
    told = []
    for line in lines:
        mark = f' <span class="soft">({escape(line.mark)})</span>' if line.mark else ""
        told.append(f"<dt>{escape(line.speaker)}{mark}</dt><dd>{escape(line.text)}</dd>")
    return f"<dl>{''.join(told)}</dl>"


def _sounds(sounds: Sequence[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(sound)}</li>' for sound in sounds)}</ul>" if sounds else ""
