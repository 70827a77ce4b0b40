"""Read the state of an episode: its sheet, panels, takes, voices, the assembled episode, its reviews.

In: an episode's record, and its storage.      Out: a Page, and a Ref for every blob it names.
Reads only. What is not made yet is None on the page.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from assets.errors import BlobDamaged, BlobMissing, SheetRefused
from assets.hashing import digest
from assets.loader import parse_yaml
from assets.sheets.cutsheet import Cutsheet
from assets.sheets.production import Ref
from assets.sheets.review import Board
from assets.store import Gate, Store
from assets.store.records import Episode, Run
from assets.timing import Span, koma
from assets.vault import Vault
from flows.episode import prompts
from flows.episode.inputs import NOTICES, SHEET
from flows.review import sheet_edits
from flows.review.standing import last_run, standing
from flows.rushes import delivered
from flows.rushes.page import Live, Page, ShownScene, Waiting
from flows.rushes.shown_cuts import Made, Recall, Shelf
from stages.continuity import basis
from stages.deliver.deliverables import TIMELINE, TIMELINE_FILE
from stages.deliver.econte import Scene, scenes
from stages.shots import sheet_prompts
from stages.takes.identity import off_model

Loaded = TypeVar("Loaded")


@dataclass(frozen=True)
class Sources:
    """Where an episode is read from."""

    store: Store
    vault: Vault
    folder: Path  # for files that an older Sakuga left on this machine only
    live: Callable[[Run], tuple[Live | None, str]]  # what a run is at, and why it ended
    recall: Recall


def read(item: Episode, sources: Sources) -> tuple[Page, Shelf]:
    """The page for the current state."""
    store = sources.store
    gate = next(iter(reversed(store.open_gates(item.key))), None)
    papers = {name: paper.ref for name, paper in store.papers(item.key).items()}
    board = gate.shows if gate else None
    lacks: list[str] = []
    sheet = _sheet(item, papers, board, sources, lacks)
    selected = store.selections(item.key)
    scenes_of_it = scenes(sheet, {number: choice.take for number, choice in selected.items()})
    made = Made(
        sheet=sheet,
        board=board,
        rows={row.number: row for scene in scenes_of_it for row in scene.rows},
        takes=store.takes_by_cut(item.key),
        selected=selected,
        bases=store.bases(item.key),
        ordered={order.cut: order.reason for order in store.open_retakes(item.key)},
        spans=_spans(item, papers, sources, lacks),
        shelf=Shelf(),
        recall=sources.recall,
        edited=_edited(item, sheet, sources),
        before=_before(gate, store),
        unlike=frozenset(
            one.cut for one in off_model({cut: held.take.measures for cut, held in selected.items()})
        ),
    )
    runs, told = store.runs(item.key), last_run(store, item.key)
    live, problem = sources.live(runs[0]) if runs and gate is None else (None, "")
    page = Page(
        id=item.id,
        key=item.key,
        title=sheet.title or item.title or item.id,
        show=sheet.show or "",
        language=sheet.language,
        rate=str(sheet.rate),
        fps=float(sheet.rate),
        frames=sheet.frames,
        time=koma(sheet.frames, sheet.rate),
        size=made.size,
        scenes=tuple(_scene(scene) for scene in scenes_of_it),
        cuts=tuple(made.cut(cut) for cut in sheet.cuts),
        missing=sheet.missing,
        reel=made.reel(),
        gate=waits(gate) if gate else None,
        reviews=tuple(review.model_dump(mode="json") for review in reversed(store.reviews(item.key))),
        run={**told.model_dump(mode="json"), "outcome": standing(store, item.key).word} if told else None,
        live=live,
        problem=problem,
        files=delivered.listed(sources.folder),
        notices=_notices(item, papers, sources, lacks),
        lacks=tuple(lacks),
    )
    return page, made.shelf


def _before(gate: Gate | None, store: Store) -> dict[str, Ref]:
    """The panels of the last round of this gate that a person decided."""
    if gate is None:
        return {}
    rounds = [known for known in store.gates(gate.episode, gate.kind) if known.state == "decided"]
    if not rounds:
        return {}
    return {cut.cut: cut.panel.image for cut in rounds[-1].shows.cuts if cut.panel is not None}


def _edited(item: Episode, shown: Cutsheet, sources: Sources) -> frozenset[str]:
    """Cuts that the sheet at hand has changed since what is shown was made."""
    store, path = sources.store, sources.folder / SHEET
    if not path.exists():
        return frozenset()
    try:
        at_hand = sheet_edits.read(path)
    except SheetRefused:
        return frozenset()  # told where it is decided; the page stays usable
    bases = store.bases(item.key)
    key = (id(shown), id(at_hand), hash(tuple(sorted(bases.items()))))
    if key not in _EDITED:
        if len(_EDITED) >= 32:
            _EDITED.clear()
        built = prompts.kept(item.key, store, sources.vault)
        own = sheet_prompts.by_hand(at_hand, built)
        made = [cut for cut in own.cuts if cut.number in bases]
        outdated = {cut.number for cut in made if digest(basis(own, cut)) != bases[cut.number]}
        # With the sheets, so that no other object gets their id.
        _EDITED[key] = shown, at_hand, outdated | set(sheet_edits.differing(shown, at_hand, built))
    return frozenset(_EDITED[key][2])


_EDITED: dict[tuple[int, int, int], tuple[Cutsheet, Cutsheet, set[str]]] = {}
"""Edited cuts by the two sheets: a page is read every second, and 300 cuts take a tenth of one."""


def _try(what: str, item: Episode, lacks: list[str], load: Callable[[], Loaded]) -> Loaded | None:
    """The result of ``load``; None with a sentence in ``lacks`` if the document is missing or damaged.

    Use it only for documents that a run writes again, so that the rest of the page stays usable.
    """
    try:
        return load()
    except BlobMissing:  # in our own words: a browser must not learn where the vault is
        problem = "it is missing from the vault"
    except BlobDamaged:
        problem = "in the vault it no longer matches its hash"
    except SheetRefused as error:
        problem = str(error).rstrip(".")
    except (ValueError, KeyError, TypeError, AttributeError, StopIteration, RecursionError) as error:
        problem = f"it cannot be read ({type(error).__name__})"
    lacks.append(
        f"{what} of {item.id} cannot be shown: {problem}. Make the episode again with its `sakuga produce` "
        "command (finished work is not made again), or run `sakuga vault repair`."
    )
    return None


def _notices(item: Episode, papers: Mapping[str, Ref], sources: Sources, lacks: list[str]) -> tuple[str, ...]:
    """What the last breakdown told of the script; nothing where an older Sakuga made it."""
    ref = papers.get(NOTICES)
    found = (
        _try("The list of notices", item, lacks, lambda: json.loads(sources.vault.get(ref))) if ref else None
    )
    return tuple(map(str, found or ()))


def waits(gate: Gate) -> Waiting:
    """An open gate for the browser."""
    return Waiting(
        id=gate.id,
        kind=gate.kind,
        round=gate.round,
        seen=gate.seen,
        opened_at=gate.opened_at,
        until=gate.until,
        sent_in_vain=tuple(refusal.model_dump(mode="json") for refusal in gate.refusals),
    )


def _scene(scene: Scene) -> ShownScene:
    numbers = tuple(row.number for row in scene.rows)
    return ShownScene(name=scene.name, where=scene.where, time=scene.time, cuts=numbers)


def _sheet(
    item: Episode, papers: Mapping[str, Ref], board: Board | None, sources: Sources, lacks: list[str]
) -> Cutsheet:
    """The sheet of the open gate; without one, the sheet of the last run."""
    ref = board.sheet if board else papers.get("cutsheet")
    if ref is not None:
        known = ref
        found = _try("The cut sheet", item, lacks, lambda: _parsed(known, sources.vault))
        if found is not None:
            return found
    path = sources.folder / SHEET
    if path.exists():
        found = _try("The cut sheet in its folder", item, lacks, lambda: Cutsheet.read(path))
        if found is not None:
            return found
    return sources.store.cutsheet(item.key) or Cutsheet(episode=item.id, title=item.title)


_SHEETS: dict[str, Cutsheet] = {}
"""Parsed sheets by the hash of their text: parsing 300 cuts takes half a second."""


def _parsed(ref: Ref, vault: Vault) -> Cutsheet:
    if ref.sha256 not in _SHEETS:
        if len(_SHEETS) >= 32:
            _SHEETS.clear()
        text, origin = vault.get(ref).decode(), f"the cut sheet {ref.sha256[:12]}"
        raw = json.loads(text) if ref.media_type == "application/json" else parse_yaml(text, origin)
        _SHEETS[ref.sha256] = Cutsheet.from_raw(raw, origin)
    return _SHEETS[ref.sha256]


def _spans(item: Episode, papers: Mapping[str, Ref], sources: Sources, lacks: list[str]) -> dict[str, Span]:
    """The span of every segment in the assembled episode, from its timeline; empty without one."""
    path, kept = sources.folder / TIMELINE_FILE, papers.get(TIMELINE)
    if kept is not None:
        found = _try("The timeline", item, lacks, lambda: _placed(sources.vault.get(kept)))
        if found is not None:
            return found
    if path.exists():
        return _try("The timeline in its folder", item, lacks, lambda: _placed(path.read_bytes())) or {}
    return {}


def _placed(timeline: bytes) -> dict[str, Span]:
    tracks = json.loads(timeline)["tracks"]["children"]
    picture = next(track for track in tracks if track["kind"] == "Video")
    found, here = {}, 0
    for item in picture["children"]:
        frames = int(item["source_range"]["duration"]["value"])
        if item["OTIO_SCHEMA"].startswith("Clip"):
            found[item["name"]] = Span(start=here, stop=here + frames)
        here += frames
    return found
