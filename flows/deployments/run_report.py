"""The pages of a run in Prefect: the result, and the econte of each scene that changed.

In: a delivered episode.      Out: pages of markdown with their pictures inside, so no file server is needed.
Knows nothing of Prefect. Script text is escaped: it cannot become a link or a picture.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from assets.plain import counted
from assets.sheets.production import Done, Panel, Picked, Report, Take
from assets.timing import koma
from assets.vault import Vault
from flows.deployments.page_html import PICTURE, bullets, code, inline, phrase, table
from flows.deployments.thumbnails import image, thumbnails
from flows.episode.delivery import Delivered
from flows.episode.selection import RANKING
from flows.terminal.screen import TITLES, length
from stages.deliver.econte import Row, Scene, scenes

# Bytes of pictures on one page. The page is stored in a database row and sent to a browser, and a scene
# of sixty cuts must still open at once.
PICTURES = 300_000
MOST_LISTED = 30  # most changes and warnings on the page; the report has all of them
ELSEWHERE = ": see report.json"


@dataclass(frozen=True)
class Board:
    """One scene's page before it is written. Its key stays the same in every run."""

    key: str
    about: str
    scene: Scene
    changed: bool  # this run made something in it


def key_of(delivered: Delivered) -> str:
    """The key of the result's page. Prefect's keys are lower-case letters, digits and dashes."""
    return f"episode-{delivered.report.episode}".lower().replace("_", "-")


def _key(name: str) -> str:
    """A scene's name in the characters of a key; other characters are replaced, and a checksum is added."""
    plain = re.sub(r"[^a-z0-9-]+", "-", name.lower())
    return plain if plain == name.lower() and len(plain) <= 40 else f"{plain[:40]}-{crc32(name.encode()):08x}"


def boards(delivered: Delivered) -> list[Board]:
    """The page of every scene, in order."""
    found = []
    counts = {pick.cut: pick.of for pick in delivered.report.takes}
    for scene in scenes(delivered.made.cutsheet, delivered.made.takes, counts):
        changed = any(done.outcome == "made" for done in _in(scene, delivered.report.work))
        key = f"{key_of(delivered)}-{_key(scene.name)}"
        found.append(Board(key, f"{scene.name} {scene.where}: econte", scene, changed))
    return found


def econte(board: Board, delivered: Delivered) -> str:
    """The scene cut by cut: picture, what happens in it, its length, and what this run did."""
    made, scene = delivered.made, board.scene
    pictures = _pictures([row.number for row in scene.rows], made.panels, delivered.workspace.vault)
    picked = {pick.cut: pick for pick in delivered.report.takes}
    rows = (
        _row(
            row,
            pictures.get(row.number, b""),
            _of(row.number, delivered.report.work),
            _choice(made.takes[row.number], picked[row.number]),
        )
        for row in scene.rows
    )
    head = f"<h2>{phrase(scene.name)} · {phrase(scene.where)} · {scene.time}</h2>"
    headings = ("Cut", PICTURE, "What happens", "Time", "This run")
    note = "<p>Time is seconds+frames, with the running total below it.</p>"
    return "\n\n".join((head, table(headings, rows), note))


def result(delivered: Delivered, links: Mapping[str, str]) -> str:
    """The result of the episode; ``links`` are the addresses of the scenes' pages, by key."""
    report, sheet = delivered.report, delivered.made.cutsheet
    time = f"{koma(report.frames, report.rate)} ({length(report.frames, report.rate)})"
    size = f"{report.size[0]}x{report.size[1]} at {report.rate}"
    files = ((phrase(name), code(path)) for name, path in whereabouts(report).items())
    cuts = counted(len(sheet.cuts), "cut")
    parts = (
        f"<h2>{phrase(sheet.title or report.episode)}</h2>",
        f"<p>{phrase(report.episode)} · {cuts} · {time} · {size} · {phrase(report.profile)}</p>",
        f"<p>{_work_summary(report.work)}</p>",
        _warned(report.warnings),
        "<h3>Scenes</h3>",
        table((PICTURE, "Where", "Cuts", "Time", "Pieces of work"), _scenes(delivered, links)),
        "<h3>Files</h3>",
        table((), files),
        _why(report.work),
        "<h3>Cost</h3>",
        f"<p>{report.wall_seconds:.1f} s, of them {report.machine_seconds:.1f} s inside models and encoders. "
        f"{_loudness(report.loudness)}</p>",
        table(("Stage", "Pieces", "This run", "Seconds"), _stages(report.work)),
    )
    return "\n\n".join(part for part in parts if part)


def whereabouts(report: Report) -> dict[str, str]:
    """Each file's full path: the reader does not know the worker's folder."""
    return {name: str(Path(path).absolute()) for name, path in report.files.items()}


def _work_summary(work: Sequence[Done]) -> str:
    if not any(done.outcome == "made" for done in work):
        return "Nothing had changed: no model was called and nothing was encoded."
    return f"Pieces of work: {_counted(work)}."


def _counted(work: Iterable[Done]) -> str:
    counts: dict[str, int] = {}
    for done in work:
        counts[done.outcome] = counts.get(done.outcome, 0) + 1
    return ", ".join(f"{count} {outcome}" for outcome, count in counts.items())


def _warned(warnings: Sequence[str]) -> str:
    return "<h3>Please look at</h3>\n\n" + bullets(warnings, MOST_LISTED, ELSEWHERE) if warnings else ""


def _why(work: Sequence[Done]) -> str:
    redone = [
        f"{TITLES[done.step]} {done.name}: {done.why}"
        for done in work
        if done.outcome == "made" and done.why != "first time"
    ]
    return "<h3>Redone, and why</h3>\n\n" + bullets(redone, MOST_LISTED, ELSEWHERE) if redone else ""


def _loudness(loudness: Mapping[str, float]) -> str:
    if "integrated_lufs" not in loudness:
        return ""
    return f"{loudness['integrated_lufs']:.1f} LUFS, {loudness['true_peak_dbtp']:.1f} dBTP."


def _scenes(delivered: Delivered, links: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    shown = boards(delivered)
    firsts = [board.scene.rows[0].number for board in shown]
    pictures = _pictures(firsts, delivered.made.panels, delivered.workspace.vault)
    for board, first in zip(shown, firsts, strict=True):
        scene, name = board.scene, phrase(board.scene.name)
        linked = f'<a href="{phrase(links[board.key])}">{name}</a>' if board.key in links else name
        cuts = f"{len(scene.rows)} ({first} to {scene.rows[-1].number})"
        counted = _counted(_in(scene, delivered.report.work))
        picture = image(pictures.get(first, b""), first)
        yield f"{linked}<br>{picture}", phrase(scene.where), cuts, scene.time, counted


def _stages(work: Sequence[Done]) -> Iterator[tuple[str, ...]]:
    for step, title in TITLES.items():
        mine = [done for done in work if done.step == step]
        if mine:
            yield title, str(len(mine)), _counted(mine), f"{sum(done.seconds for done in mine):.1f}"


def _in(scene: Scene, work: Sequence[Done]) -> list[Done]:
    return [done for row in scene.rows for done in _of(row.number, work)]


def _of(number: str, work: Iterable[Done]) -> list[Done]:
    """The work done for one cut: its lines (C002/1, C002/2), its panel, its take."""
    steps = ("voice", "panel", "take")
    return [done for done in work if done.step in steps and done.name.partition("/")[0] == number]


def _choice(take: Take, pick: Picked) -> str:
    """Why this take is shown: the ranking's or the person's reason, or the order's reason if there is only one."""
    if pick.of > 1:
        return f"<br><small>{_chooser(pick)}{inline(pick.why)}</small>"
    return f"<br><small>Retake: {inline(take.reason)}</small>" if take.reason else ""


def _chooser(pick: Picked) -> str:
    locked = ", locked" if pick.locked else ""
    return "" if pick.by == RANKING else f"chosen by {phrase(pick.by)}{locked}: "


def _row(row: Row, picture: bytes, work: Sequence[Done], choice: str) -> tuple[str, ...]:
    shot = " ".join(part for part in (row.join, row.shot, row.camera) if part)
    words = [f"{line.speaker}{f' ({line.mark})' if line.mark else ''}: {line.text}" for line in row.dialogue]
    sounds = [f"Sounds: {', '.join(row.sounds)}"] if row.sounds else []
    happens = [part for part in (row.action, row.caption, *words, *sounds) if part]
    return (
        f"<b>{row.number}</b><br>{row.take}",
        # Text first: a browser aligns the cells of a row by their first line, else by the bottom of the picture.
        f"{phrase(shot)}<br>{image(picture, row.number)}",
        "<br>".join(inline(part) for part in happens),
        f"{row.time}<br><small>{row.total}</small>",
        _settled(work) + choice,
    )


def _settled(work: Sequence[Done]) -> str:
    """What this run did for a cut: "made voice, take; reused panel", and why."""
    outcomes: dict[str, dict[str, None]] = {}
    for done in work:
        outcomes.setdefault(done.outcome, {})[done.step] = None
    if len(outcomes) == 1:
        text = next(iter(outcomes))
    else:
        text = "; ".join(f"{outcome} {', '.join(steps)}" for outcome, steps in outcomes.items())
    reasons = dict.fromkeys(done.why for done in work if done.why not in ("", "first time"))
    return "<br>".join((text, *(f"<small>{inline(reason)}</small>" for reason in reasons)))


def _pictures(numbers: Sequence[str], panels: Mapping[str, Panel], vault: Vault) -> dict[str, bytes]:
    return thumbnails(
        {number: panels[number].image for number in numbers if number in panels}, vault, PICTURES
    )
