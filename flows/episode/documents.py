"""Write the documents of a delivery into the episode's folder, and only when something in them has changed.

In: a finished episode, the session.      Out: files; a note of what they were written from.
Also copies files out of the vault, and recognizes copies that nobody changed.
"""

import json
from pathlib import Path
from time import perf_counter

from assets.files import copy, folder_in, write
from assets.hashing import digest
from assets.sheets.production import Done, Ref
from flows.episode.session import Session
from flows.episode.workspace import EpisodeWorkspace
from flows.settings import user
from stages.deliver import media
from stages.deliver.deliverables import DELIVERABLES, TIMELINE, Finished

MARK = "papers.json"  # which documents were written, and from what


def written(finished: Finished, session: Session) -> dict[str, Path]:
    """Write every deliverable that is a document, unless nothing in them has changed."""
    workspace, cache = session.workspace, session.cache
    folder, mark = workspace.folder, workspace.state_folder / MARK
    why, listed = outdated(finished, folder, workspace)
    if not why:
        cache.record(Done(step="document", name="papers", outcome="reused"))
        return listed
    before = perf_counter()
    files: dict[str, Path] = {}
    for deliverable in DELIVERABLES:
        files |= deliverable.write(finished, folder, workspace.vault)
    _keep_timeline(files[TIMELINE], workspace)
    relative = {name: path.name for name, path in files.items()}
    write(mark, json.dumps({"key": digest(finished.ingredients()), "files": relative}))
    spent = perf_counter() - before
    cache.record(Done(step="document", name="papers", outcome="made", seconds=spent, why=why))
    return files


def outdated(finished: Finished, folder: Path, workspace: EpisodeWorkspace) -> tuple[str, dict[str, Path]]:
    """Why the documents in ``folder`` must be written again (empty: they are right), and their files by name."""
    known, names = _noted(workspace.state_folder / MARK)
    listed = {name: folder / path for name, path in names.items()}
    if known != digest(finished.ingredients()) or not listed:
        return "the timeline or a panel changed" if known else "first time", listed
    if not all(path.exists() for path in listed.values()) or not media.complete(finished.timeline, folder):
        return "a file was gone", listed
    return "" if _timeline_is_kept(workspace) else "its timeline was gone from the vault", listed


def _keep_timeline(path: Path, workspace: EpisodeWorkspace) -> None:
    """Put the timeline into the vault, for viewers on a machine without this folder."""
    kept = workspace.vault.keep(path.read_bytes(), "application/json")
    workspace.store.keep_paper(workspace.key, "timeline", kept, by=user())


def _noted(mark: Path) -> tuple[str, dict[str, str]]:
    """The key and file names of the last note; empty where the note is missing or cannot be read."""
    try:
        known = json.loads(mark.read_bytes())
        return str(known["key"]), {str(name): Path(path).name for name, path in known["files"].items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return "", {}


def _timeline_is_kept(workspace: EpisodeWorkspace) -> bool:
    """Whether the vault has the timeline that other machines read; if so, protect it from ``collect``."""
    paper = workspace.store.papers(workspace.key).get("timeline")
    if paper is None or not workspace.vault.has(paper.ref):
        return False
    workspace.vault.keep_ref(paper.ref)
    return True


def copied(workspace: EpisodeWorkspace, ref: Ref, to: Path) -> Path:
    """Copy, do not link: what people do to the file must not change the vault."""
    folder_in(workspace.folder, *to.parent.relative_to(workspace.folder).parts)
    vault, mark = workspace.vault, workspace.state_folder / f"{to.name}.left"
    if _as_left(to, mark, ref):
        return to
    copy(vault.local(ref), to)
    write(mark, _stamp(ref, to))
    return to


def _as_left(to: Path, mark: Path, ref: Ref) -> bool:
    """Whether the file is as this function left it. False for a link or a damaged note."""
    if to.is_symlink() or not (to.exists() and mark.exists()):
        return False
    return mark.read_bytes() == _stamp(ref, to).encode()


def _stamp(ref: Ref, path: Path) -> str:
    """The expected content of the file, and its size and time as it was written."""
    stat = path.stat()
    return f"{ref.sha256} {stat.st_size} {stat.st_mtime_ns}"
