"""The short page above the review form: what is asked, where to look, and what is new since the last round.

In: a gate, the vault.      Out: a page of markdown that leaves the form on the first screen.
The whole econte is on the gate's page among the run's artifacts, and in the rushes room.
"""

from collections.abc import Mapping, Sequence

from assets.plain import counted, shortened
from assets.sheets.production import Ref
from assets.sheets.review import Shown
from assets.store import Gate, Store
from assets.vault import Vault
from flows.deployments.page_html import local, phrase
from flows.deployments.review_page import ASKED, MARKED, Page, refused, room_of, sheet_of
from flows.deployments.thumbnails import image, thumbnails
from flows.review.service import TITLES
from flows.terminal.screen import length

LARGE = 320  # pixels of a picture on screen
MOST = 6  # cuts with pictures, one row of them open: more would push the form off the first screen
PICTURES = 250_000  # bytes
NAMED = 12  # cuts named in one sentence


def dialog(
    gate: Gate,
    vault: Vault,
    before: Gate | None = None,
    *,
    media: str = "",
    title: str = "",
    econte: str = "",
) -> str:
    """The page of the dialog.

    before  the round before, to show a redone cut beside what it was
    media   address of the rushes room; empty: no links
    econte  where the whole econte is, in words; empty: nowhere else
    """
    sheet = sheet_of(gate, vault)
    shown = Page(gate, sheet, room_of(gate, media))
    news = [cut for cut in gate.shows.cuts if cut.news]
    parts = [
        refused(gate),
        f"<h3>{phrase(title or sheet.title or sheet.episode)}: {TITLES[gate.kind]} review, round {gate.round}</h3>",
        f"<p><b>{ASKED[gate.kind]}</b> {counted(len(gate.shows.cuts), 'cut')}, {length(sheet.frames, sheet.rate)}. "
        f"Waits until {local(gate.until)}.</p>",
        _ways(shown.room, econte),
        _marks(gate),
        _pictures(news or list(gate.shows.cuts), before, vault, shown) if shown.drawn else "",
    ]
    return "\n\n".join(part for part in parts if part)


def _marks(gate: Gate) -> str:
    """What to know before an approval: cuts that are stale."""
    stale = [cut.cut for cut in gate.shows.cuts if cut.stale]
    return f"<p>{MARKED} stale: {_named(stale)}.</p>" if stale else ""


def _ways(room: str, econte: str) -> str:
    link = f'<a href="{phrase(room)}"><b>Look at it in the rushes room</b></a>' if room else ""
    ways = ". ".join(part for part in (link, econte) if part)
    return f"<p>{ways}.</p>" if ways else ""


def _pictures(cuts: Sequence[Shown], before: Gate | None, vault: Vault, page: Page) -> str:
    """Large pictures: what a cut was before on the left of what it is now. All but the first can be opened."""
    shown = [cut for cut in cuts if cut.panel is not None][:MOST]
    now: dict[str, Ref] = {cut.cut: cut.panel.image for cut in shown if cut.panel is not None}
    was = {f"{number} before": ref for number, ref in _earlier(before, now).items()}
    small = thumbnails({**now, **was}, vault, PICTURES)
    if not small:
        return ""
    happens = {cut.number: " ".join(line.text for line in cut.lines) or cut.action for cut in page.sheet.cuts}
    cells = [_cell(cut, small, happens.get(cut.cut, ""), page.room) for cut in shown]
    per_row = 1 if was else 2
    rows = [f"<tr>{''.join(cells[at : at + per_row])}</tr>" for at in range(0, len(cells), per_row)]
    left = len(cuts) - per_row
    more = f"{left} more{f', {len(shown) - per_row} of them here' if left > len(shown) - per_row else ''}"
    what = "New since the last round" if page.gate.round > 1 and any(cut.news for cut in cuts) else "The cuts"
    folded = f"\n\n<details><summary>{more}</summary>\n\n{_table(rows[1:])}\n\n</details>" if rows[1:] else ""
    return f"<p>{what}:</p>\n\n{_table(rows[:1])}{folded}"


def _table(rows: Sequence[str]) -> str:
    return "\n".join(("<table>", *rows, "</table>"))


def _cell(cut: Shown, small: Mapping[str, bytes], happens: str, room: str) -> str:
    name = f'<a href="{phrase(room)}#{cut.cut}">{cut.cut}</a>' if room else cut.cut
    said = f"<b>{name}</b> {phrase(cut.news)}<br><small>{phrase(shortened(happens, 80))}</small>"
    now = image(small.get(cut.cut, b""), cut.cut, width=LARGE)
    was = small.get(f"{cut.cut} before")
    if was is None:
        return f"<td>{said}<br>{now}</td>"
    pair = f"<td>before<br>{image(was, cut.cut, width=LARGE)}</td><td>now<br>{now}</td>"
    return f'<td colspan="2">{said}</td></tr>\n<tr>{pair}'


def _earlier(before: Gate | None, now: Mapping[str, Ref]) -> dict[str, Ref]:
    """The panels of the round before, where they were others."""
    if before is None:
        return {}
    was = {cut.cut: cut.panel.image for cut in before.shows.cuts if cut.panel is not None}
    return {number: was[number] for number, ref in now.items() if number in was and was[number] != ref}


def _named(numbers: Sequence[str]) -> str:
    more = f" and {len(numbers) - NAMED} more" if len(numbers) > NAMED else ""
    return f"<b>{', '.join(numbers[:NAMED])}</b>{more}"


def round_before(gate: Gate, store: Store) -> Gate | None:
    """The last decided round of the same gate."""
    decided = [known for known in store.gates(gate.episode, gate.kind) if known.state == "decided"]
    return decided[-1] if decided else None
