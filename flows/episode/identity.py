"""Find the episode that a script belongs to, also after an edit or a move, and never another script's episode.

In: a brief, its show, the store.      Out: the id of the episode, or a refusal that names the owner of the name.
An episode remembers the script it was made from. A script belongs to it when it lies at the same place (as seen
from the episodes, or from the root), when it is the same to the byte, or when the earlier file is gone and at
least a third of their lines are shared.
"""

import hashlib
import json
import logging
import os
import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assets.errors import BlobDamaged, BlobMissing, InputRefused
from assets.store import Paper, Store
from assets.store.records import NO_SHOW, Episode
from assets.vault import Vault
from flows.episode import inputs
from flows.episode.brief import Brief
from flows.episode.workspace import EpisodeWorkspace, episode_id, open_vault, state_folder
from flows.settings import Settings, user

SHARED = 1 / 3  # share of all lines: a rewritten draft has more in common, another script almost nothing
_log = logging.getLogger(__name__)


def resolve(brief: Brief, show: str | None, chosen: Settings) -> str:
    """The id of the episode that ``brief`` is about, new or existing.

    raises  InputRefused when the name belongs to another script
    """
    if not chosen.shared and not (chosen.home / "store.sqlite").exists():
        return _usual(brief, show)
    with Store.open(chosen.store) as store:
        return resolve_in(store, open_vault(chosen), brief, show, chosen)


def resolve_in(store: Store, vault: Vault, brief: Brief, show: str | None, chosen: Settings) -> str:
    """``resolve`` with a store and a vault that are open. Writes nothing."""
    known = store.episodes()
    earlier, usual = (
        _as_known(_usual(brief, show, as_written=written), brief, show, known) for written in (True, False)
    )
    apart = _apart(brief, show)
    for name in dict.fromkeys((earlier, usual, apart)):
        item = _called(name, known)
        if item is None and name in (usual, apart):
            return name
        if item is None or (item.id, item.show) != (name, show or NO_SHOW):
            continue  # on a case-insensitive disk both would use the same folder
        found = store.papers(item.key)
        taken = _taken(brief, item, found, vault, chosen)
        if taken is None:
            return name
        if name == apart or _origin(found, vault)["name"] == _plain(brief, None):
            raise taken
    raise InputRefused(f"Every name for {brief.script} is taken. Choose another with --name.")


def is_named_after(stem: str, show: str | None, id: str) -> bool:
    """Whether ``id`` is an id that an episode gets from a script called ``stem`` (its file name without suffix)."""
    usual = {episode_id(Path(f"{name}.name"), show) for name in (stem, _nfc(stem))}
    return id in usual or id.endswith(f"-{_mark(_nfc(stem), show)}")


def _called(name: str, known: Sequence[Episode]) -> Episode | None:
    """The episode with this id, or else one whose id differs only in upper and lower case."""
    exact = next((item for item in known if item.id == name), None)
    return exact or next((item for item in known if item.id.casefold() == name.casefold()), None)


def _as_known(name: str, brief: Brief, show: str | None, known: Sequence[Episode]) -> str:
    """The id that an earlier release gave the name: only the digest at its end was the same."""
    if _plain(brief, show).isascii():
        return name
    mark = name[-8:]
    ids = (item.id for item in known if item.show == (show or NO_SHOW))
    return next((id for id in ids if id == mark or id.endswith(f"-{mark}")), name)


def check(brief: Brief, workspace: EpisodeWorkspace, chosen: Settings) -> None:
    """Check again under the lock: another process may have created the episode meanwhile."""
    found, known = workspace.store.papers(workspace.key), workspace.store.episode(workspace.key)
    if known is not None and (refused := _taken(brief, known, found, workspace.vault, chosen)):
        raise refused


def keep(brief: Brief, workspace: EpisodeWorkspace) -> None:
    """Remember where the script of the episode lies."""
    found = workspace.store.papers(workspace.key)
    moved = _origin(found, workspace.vault)["places"]
    now = _here(brief)
    if inputs.fetched(workspace.state_folder) in brief.script.parents or (
        moved and not _is_at(moved, now) and _is_there(moved, brief.out) and not brief.same_episode
    ):
        return  # a copy of the script; the original place stays the recorded one
    if moved and not _is_at(moved, now):
        _log.warning(
            "%s goes on as episode %s, which was made from %s before.",
            brief.script,
            workspace.episode,
            moved[0],
        )
    ref = workspace.vault.keep(
        json.dumps({"name": _plain(brief, None), "places": now}, ensure_ascii=False).encode(),
        "application/json",
    )
    workspace.store.keep_paper(workspace.key, inputs.ORIGIN, ref, by=user())


def _taken(
    brief: Brief, item: Episode, found: Mapping[str, Paper], vault: Vault, chosen: Settings
) -> InputRefused | None:
    """Why the script cannot continue this episode; None if it can."""
    places = _origin(found, vault)["places"]
    if (
        brief.same_episode
        or not places
        or inputs.fetched(state_folder(item.id, chosen)) in brief.script.parents
    ):
        return None
    if _is_at(places, _here(brief)):
        return None
    before, now = _text("script", found, vault), brief.script.read_bytes()
    if before == now or (not _is_there(places, brief.out) and _alike(before, now)):
        return None
    return InputRefused(
        f"{brief.script} would be episode {item.id}, but that was made from {places[0]}, which is another script. "
        "Give this one another name (--name OTHER) or another --out; "
        "if it is the same episode, rewritten, add --same-episode."
    )


def _usual(brief: Brief, show: str | None, *, as_written: bool = False) -> str:
    """The id from the name alone. ``as_written``: as earlier releases made it, without Unicode normalization."""
    name = brief.name or (brief.script.stem if brief.script.suffix else brief.script.name)
    return episode_id(Path(f"{name if as_written else _nfc(name)}.name"), show)


def _plain(brief: Brief, show: str | None) -> str:
    """The name before cleaning."""
    stem = brief.name or (brief.script.stem if brief.script.suffix else brief.script.name)
    return "-".join(part for part in (show, _nfc(stem)) if part)


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _apart(brief: Brief, show: str | None) -> str:
    """The id with a digest that separates it from other names that become equal when cleaned."""
    readable = re.sub(r"[^A-Za-z0-9_-]+", "-", _plain(brief, show)).strip("-")
    return f"{readable[:55]}-{_mark(_plain(brief, None), show)}".strip("-")


def _mark(plain: str, show: str | None) -> str:
    return hashlib.sha256(f"{show or ''}/{plain}".encode()).hexdigest()[:8]


def _here(brief: Brief) -> list[str]:
    """The script's absolute path, and its path relative to the episodes (a whole project may be moved)."""
    return [str(brief.script.absolute()), os.path.relpath(brief.script.absolute(), brief.out.absolute())]


def _origin(found: Mapping[str, Paper], vault: Vault) -> dict[str, Any]:
    """The name and the places of the script. Episodes of earlier releases have them in their brief."""
    if text := _text(inputs.ORIGIN, found, vault):
        kept: dict[str, Any] = json.loads(text)
        return kept
    if text := _text("brief", found, vault):
        brief = Brief.model_validate_json(text)
        return {"name": _plain(brief, None), "places": [str(brief.script)]}
    return {"name": "", "places": []}


def _is_at(places: list[str], now: list[str]) -> bool:
    return bool(
        {unicodedata.normalize("NFC", place) for place in places}
        & {unicodedata.normalize("NFC", place) for place in now}
    )


def _is_there(places: list[str], out: Path) -> bool:
    return any((out / place).exists() for place in places)


def _text(name: str, found: Mapping[str, Paper], vault: Vault) -> bytes:
    """The content, or empty if there is none. A vault that lost it is repaired by the run that follows."""
    try:
        return vault.get(found[name].ref) if name in found else b""
    except (BlobMissing, BlobDamaged):
        return b""


def _alike(before: bytes, now: bytes) -> bool:
    one, other = ({line.strip() for line in text.splitlines() if line.strip()} for text in (before, now))
    return bool(one) and len(one & other) >= SHARED * len(one | other)
