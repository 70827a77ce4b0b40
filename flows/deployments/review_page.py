"""The page above the review form: the econte of the episode as it waits at a gate.

In: a gate, the vault.      Out: one page of markdown with its pictures inside, so no file server is needed.
Knows nothing of Prefect. Script text is escaped: it cannot become a link or a picture.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assets.plain import counted
from assets.sheets.cutsheet import Cutsheet
from assets.sheets.review import Shown
from assets.store import Gate
from assets.timing import koma
from assets.vault import Vault
from flows.deployments.page_html import PICTURE, inline, local, phrase, table
from flows.deployments.thumbnails import image, moving, thumbnails
from flows.review.boards import SAME
from flows.review.service import TITLES
from flows.terminal.screen import length
from stages.deliver.econte import Row, Scene, scenes

# Bytes of pictures on the page. The page is one row of Prefect's database and is loaded with the dialog.
PICTURES = 600_000
NEWS = 40  # cuts named in one sentence; with more, each cut shows its own note

MARKED = "⚠"
ASKED = {
    "script": "Is this the episode to draw? Read the cuts; edit the script or the cut sheet to change them.",
    "storyboard": "Is this the episode to animate? Nothing has been animated yet.",
    "takes": "Are these the takes to cut together? Approving locks every take that is shown.",
    "final": "Is this the episode to deliver?",
}


@dataclass(frozen=True)
class Page:
    """What every part of a review's page shows: the gate, its cut sheet, and where the rushes room is.

    room   address of the episode in the rushes room; empty: no links
    """

    gate: Gate
    sheet: Cutsheet
    room: str

    @property
    def drawn(self) -> bool:
        """Whether there are pictures: a script has none."""
        return self.gate.kind != "script"


def room_of(gate: Gate, media: str) -> str:
    """The address of the gate's episode in the rushes room at ``media``; empty where that is empty."""
    return f"{media}/episodes/{gate.episode.partition('/')[2]}" if media else ""


def page(gate: Gate, vault: Vault, *, media: str = "", title: str = "") -> str:
    """The whole page. ``media`` is the address of the rushes room; empty: no links."""
    board = gate.shows
    sheet = sheet_of(gate, vault)
    pictures = _pictures(gate, sheet, vault)
    cuts = {cut.cut: cut for cut in board.cuts}
    shown = Page(gate, sheet, room_of(gate, media))
    parts = [
        refused(gate),
        f"<h2>{phrase(title or sheet.title or sheet.episode)}: {TITLES[gate.kind]} review, "
        f"round {gate.round}</h2>",
        f"<p><b>{ASKED[gate.kind]}</b> {counted(len(cuts), 'cut')}, {length(sheet.frames, sheet.rate)}. "
        f"This waits until {local(gate.until)}. "
        "Your answer goes into the form behind Resume, in this run's menu.</p>",
        f'<p><a href="{phrase(shown.room)}">Play it in the rushes room</a></p>' if shown.room else "",
        _news(gate),
        *(_scene(scene, cuts, pictures, shown) for scene in scenes(sheet, {})),
        "<p>Below a cut's number are its length in seconds+frames and the running total.</p>",
    ]
    return "\n\n".join(part for part in parts if part)


def _pictures(gate: Gate, sheet: Cutsheet, vault: Vault) -> dict[str, bytes]:
    """Moving pictures at the take gates if they fit on one page, else the panels."""
    cuts = gate.shows.cuts
    if gate.kind in ("takes", "final"):
        clips = {cut.cut: cut.shown.clip for cut in cuts if cut.shown is not None}
        found = moving(clips, vault, sheet.rate, PICTURES)
        if found:
            return found
    panels = {cut.cut: cut.panel.image for cut in cuts if cut.panel is not None}
    return thumbnails(panels, vault, PICTURES) if panels else {}


def sheet_of(gate: Gate, vault: Vault) -> Cutsheet:
    """The cut sheet as it was when the gate opened."""
    ref = gate.shows.sheet
    return Cutsheet.from_raw(json.loads(vault.get(ref)), f"the cut sheet of {gate.episode}")


def refused(gate: Gate) -> str:
    """Why the last answer was refused; empty where none was."""
    if not gate.refusals:
        return ""
    last = gate.refusals[-1]
    return (
        f"<blockquote><b>The last answer was refused: nothing was changed.</b><br>{inline(last.why)}<br>"
        "The form has its values again.</blockquote>"
    )


def _news(gate: Gate) -> str:
    cuts = [cut for cut in gate.shows.cuts if cut.news]
    new = ", ".join(f"<b>{cut.cut}</b> {phrase(cut.news)}" for cut in cuts)
    html = f"<p>New since the last round: {new}.</p>" if cuts and len(cuts) <= NEWS else ""
    if any(cut.news.startswith(SAME) for cut in cuts):
        html += (
            "<p>A painter that draws exactly what the cut sheet says draws the same picture again. Change the cut in "
            "cutsheet.yaml (size, camera, staging) to see another picture.</p>"
        )
    return html


def _scene(scene: Scene, cuts: Mapping[str, Shown], pictures: Mapping[str, bytes], page: Page) -> str:
    head = f"<h3>{phrase(scene.name)} · {phrase(scene.where)} · {scene.time}</h3>"
    headings = ("Cut", *((PICTURE,) if page.drawn else ()), "What happens", "State")
    rows = (tuple(_row(row, cuts[row.number], pictures.get(row.number, b""), page)) for row in scene.rows)
    return f"{head}\n\n{table(headings, rows)}"


def _row(row: Row, cut: Shown, picture: bytes, page: Page) -> Iterator[str]:
    shot = " ".join(part for part in (row.join, row.shot, row.camera) if part)
    words = [f"{line.speaker}{f' ({line.mark})' if line.mark else ''}: {line.text}" for line in row.dialogue]
    sounds = [f"Sounds: {', '.join(row.sounds)}"] if row.sounds else []
    yield f"<b>{row.number}</b><br>{row.time}<br><small>{row.total}</small>"
    if page.drawn:
        shown = image(picture, row.number)
        linked = f'<a href="{phrase(page.room)}#{row.number}">{shown}</a>' if page.room else shown
        yield f"{phrase(shot)}<br>{linked}"
    happens = [part for part in (row.action, row.caption, *words, *sounds) if part]
    yield "<br>".join(inline(part) for part in happens)
    yield "<br>".join(state(cut, page.sheet))


def state(cut: Shown, sheet: Cutsheet) -> Iterator[str]:
    """The marks and measures of one cut, each a small piece of HTML."""
    if cut.news:
        yield f"<b>{phrase(cut.news)}</b>"
    if cut.locked:
        yield "🔒 locked"
    if cut.stale:
        yield f"{MARKED} stale: {phrase(cut.why)}"
    for take in sorted(cut.takes, key=lambda take: take.number != cut.selected):
        shown = take.number == cut.selected
        yield f"<b>take {take.number}</b>, shown" if shown and len(cut.takes) > 1 else f"take {take.number}"
        if take.frames != cut.frames:
            yield f"<small>{koma(take.frames, sheet.rate)} long</small>"
        if take.reason:
            yield f"<small>{inline(take.reason)}</small>"
        if take.measures:
            yield f"<small>{describe_measures(take.measures)}</small>"


def describe_measures(measures: Mapping[str, float]) -> str:
    """The measures in words, one per line, because the column is narrow."""
    return "<br>".join(f"{phrase(name.replace('_', ' '))} {value:.3g}" for name, value in measures.items())
