"""Share an episode's input files between machines: brief, script, bible and its art, cut sheet.

In: the files in this machine's folders, and what the store knows.      Out: both in agreement.
The bytes are in the vault; the store says which are the newest. A machine notes what it wrote to its own
folders, so that an edit by hand can be told from an update by another machine.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from pydantic import ValidationError

from assets import files
from assets import show as shows
from assets.errors import GateShut, InputRefused, SetupMissing, SheetRefused, StorageFailed
from assets.loader import parse_yaml
from assets.sheets.cutsheet import Cutsheet
from assets.sheets.production import Ref
from assets.store import Paper, Store
from flows.episode.brief import Brief
from flows.episode.scope import Reached
from flows.episode.workspace import EpisodeWorkspace, open_vault, state_folder
from flows.settings import Settings, user

SHEET = "cutsheet.yaml"
SCHEMA = "cutsheet.schema.json"  # named in the first line of the cut sheet, for editors
THEIRS = "cutsheet.theirs.yaml"
BRIEF = "brief.json"
ORIGIN = "origin"  # where the script lies (flows/episode/identity.py)
NOTICES = "notices"  # how the script was read: sentences for people
ART = "art"  # the art files of the bible: name and reference
_YAML = "application/yaml"
_FILES = ("brief", "script", "bible", ART, "profile")


@contextmanager
def entered(
    brief: Brief, workspace: EpisodeWorkspace, art: Mapping[str, Ref] | None = None
) -> Iterator[None]:
    """Record how the episode is made when the block starts, and undo that if the block fails.

    A run that is killed, stopped, made in part or waits at a gate stays recorded, so that it can continue. A
    refused run is forgotten, and a failed run does not replace an earlier brief: `retake` would use the broken one.
    """
    earlier, texts = workspace.store.papers(workspace.key), _texts(workspace)
    enter(brief, workspace, art)
    try:
        yield
    except (GateShut, Reached):
        raise
    except (InputRefused, SetupMissing):
        _put_back(earlier, texts, workspace)
        raise
    except Exception:
        if texts[BRIEF] is not None:
            _put_back(earlier, texts, workspace)
        raise


def _texts(workspace: EpisodeWorkspace) -> dict[str, bytes | None]:
    """The notes this machine has about the brief; None for a missing note."""
    paths = {name: workspace.state_folder / name for name in (BRIEF, f"{BRIEF}.left")}
    return {name: path.read_bytes() if path.exists() else None for name, path in paths.items()}


def _put_back(
    earlier: Mapping[str, Paper], texts: Mapping[str, bytes | None], workspace: EpisodeWorkspace
) -> None:
    """Restore the earlier record. A store error here must not hide why the run failed."""
    with suppress(StorageFailed):
        newest = workspace.store.papers(workspace.key)
        with workspace.store.batch():
            for name in [name for name in (*_FILES, ORIGIN) if name in newest]:
                # Empty: there was no earlier record, and the refused one must not be found.
                ref = earlier[name].ref if name in earlier else workspace.vault.keep(b"", "text/plain")
                if ref != newest[name].ref:
                    workspace.store.keep_paper(workspace.key, name, ref, by=user())
        for name, text in texts.items():
            if text is not None:
                files.write(workspace.state_folder / name, text)
            else:
                (workspace.state_folder / name).unlink(missing_ok=True)


def enter(brief: Brief, workspace: EpisodeWorkspace, art: Mapping[str, Ref] | None = None) -> None:
    """Record how the episode is made, and the files it is made from.

    art  art files of its bible by name; their bytes are in the vault already
    """
    # Relative to the episodes, so that a project can be moved as a whole.
    beside = Path(os.path.relpath(brief.script.absolute(), brief.out.absolute()))
    kept = brief.model_copy(update={"script": beside, "refresh": False, "same_episode": False})
    written = kept.model_dump_json(indent=1).encode()
    files.write(workspace.state_folder / BRIEF, written)
    sources = {"script": (brief.script.read_bytes(), "text/plain")}
    # Empty if there is none, so that an earlier one is not found.
    sources |= {name: (path.read_bytes() if path else b"", _YAML) for name, path in sheets(brief)}
    for ref in (art or {}).values():
        workspace.vault.keep_ref(ref)  # another machine may have no other copy
    listed = {name: ref.model_dump() for name, ref in sorted((art or {}).items())}
    if listed or ART in workspace.store.papers(workspace.key):
        sources[ART] = (json.dumps(listed, ensure_ascii=False).encode(), "application/json")
    if fetched(workspace.state_folder) not in brief.script.parents:
        sources["brief"] = (written, "application/json")
    refs = {name: workspace.vault.keep(data, kind) for name, (data, kind) in sources.items()}
    with workspace.store.batch():
        for name, ref in refs.items():
            workspace.store.keep_paper(workspace.key, name, ref, by=user())
    files.write(workspace.state_folder / f"{BRIEF}.left", _mark(workspace.store.papers(workspace.key)))


def is_known(episode: str, chosen: Settings) -> bool:
    """Whether it is remembered how the episode is made."""
    if (state_folder(episode, chosen) / BRIEF).exists():
        return True
    if not chosen.shared:
        return False
    with Store.open(chosen.store) as store:
        key = next((item.key for item in store.episodes() if item.id == episode), None)
        return key is not None and _has_brief(store.papers(key))


def remembered(episode: str, out: Path, settings: Settings) -> Brief:
    """The brief of the episode's last run, on whichever machine that was."""
    folder = state_folder(episode, settings)
    if settings.shared:
        with Store.open(settings.store) as store:
            known = {item.id: item.key for item in store.episodes()}
            found = store.papers(known[episode]) if episode in known else {}
        if _has_brief(found) and (_left(folder / BRIEF) != _mark(found).decode() or not _here(folder, out)):
            return _brought(found, folder, out, settings)
    else:
        known = dict.fromkeys(sorted(path.parent.name for path in folder.parent.glob(f"*/{BRIEF}")), "")
    if not (folder / BRIEF).exists():
        raise InputRefused(
            f"There is no episode {episode!r} in {'the store' if settings.shared else out}. "
            + (f"There are: {', '.join(known)}." if known else "Make one with `sakuga produce` first.")
        )
    return _kept(folder, out)


def art_of(workspace: EpisodeWorkspace) -> dict[str, Ref]:
    """The art files of the episode's last run, by name."""
    paper = workspace.store.papers(workspace.key).get(ART)
    if paper is None or not workspace.vault.has(paper.ref) or not paper.ref.bytes:
        return {}
    listed = json.loads(workspace.vault.get(paper.ref))
    return {name: Ref.model_validate(ref) for name, ref in listed.items()}


def sheet_at_hand(workspace: EpisodeWorkspace) -> Path | None:
    """The cut sheet that a person may have edited, brought up to date; None when there is none.

    raises  InputRefused when it was edited here and another machine has written it since
    """
    path, newest = workspace.folder / SHEET, workspace.store.papers(workspace.key).get("cutsheet")
    here = _digest(path)
    if newest is None:
        return path if here else None
    left, wanted = _left(workspace.state_folder / SHEET), newest.ref.sha256
    if here is None and left == wanted:
        return None  # deleted by hand: start again from the rules
    if here not in (None, left, wanted) and left != wanted:
        files.write(workspace.folder / THEIRS, workspace.vault.get(newest.ref))
        _note(workspace.state_folder / SHEET, wanted)
        raise InputRefused(
            f"{path} was edited here, and {newest.made_by} has made the episode on another machine since. "
            f"The other version is beside it as {THEIRS}: copy what you want from it, then run the same command "
            f"again. {SHEET} is then used."
        )
    if here is None or here == left != wanted:
        files.write(path, workspace.vault.get(newest.ref))
    _note(workspace.state_folder / SHEET, wanted)
    return path


def sheet_by_hand(workspace: EpisodeWorkspace) -> tuple[Cutsheet | None, str]:
    """The cut sheet a person may have edited, and why it cannot be used (empty: it can).

    While a gate is open an unreadable sheet does not end the run: the newest readable one is used, the gate is
    shown again, and whoever decides there is told the sentence.

    raises  SheetRefused when it cannot be read and no gate is open
    """
    path, newest = sheet_at_hand(workspace), workspace.store.papers(workspace.key).get("cutsheet")
    if path is None:
        return None, ""
    try:
        return Cutsheet.read(path), ""
    except SheetRefused as refused:
        if newest is None or not workspace.store.open_gates(workspace.key):
            raise
        text = workspace.vault.get(newest.ref).decode()
        return Cutsheet.from_raw(parse_yaml(text, SHEET), SHEET, text), str(refused)


def sheet_edited(folder: Path, behind: Path, newest: Paper) -> bool:
    """Whether a person changed or deleted the cut sheet in ``folder`` since this machine wrote it.

    False for an older sheet that nobody touched, and on a machine that never had one.
    """
    return _digest(folder / SHEET) not in (newest.ref.sha256, _left(behind / SHEET))


def leave_sheet(workspace: EpisodeWorkspace, text: bytes) -> None:
    """Write the cut sheet for people; the store has this version already."""
    files.write(workspace.folder / SCHEMA, Cutsheet.file_schema())
    files.write(workspace.folder / SHEET, text)
    _note(workspace.state_folder / SHEET, hashlib.sha256(text).hexdigest())


def _has_brief(found: Mapping[str, Paper]) -> bool:
    return "brief" in found and found["brief"].ref.bytes > 0


def _kept(folder: Path, out: Path) -> Brief:
    """This machine's brief, with the script's path resolved against the episodes' folder."""
    with files.teaching(f"{folder / BRIEF} could not be read"):
        brief = _read((folder / BRIEF).read_bytes(), str(folder / BRIEF))
    # Resolve by text: the episodes' folder may not exist yet, and then `..` cannot be followed on disk.
    script = Path(os.path.normpath(out / brief.script))
    return brief.model_copy(update={"script": script, "out": out})


def _read(data: bytes, origin: str) -> Brief:
    try:
        return Brief.model_validate_json(data)
    except ValidationError as error:
        raise StorageFailed(
            f"{origin} is damaged. Run `sakuga produce SCRIPT` once as before, with the same options: that writes it "
            "again."
        ) from error


def _here(folder: Path, out: Path) -> bool:
    with suppress(StorageFailed):  # a damaged one is fetched from the store again
        return (folder / BRIEF).exists() and _kept(folder, out).script.exists()
    return False


def _brought(found: Mapping[str, Paper], folder: Path, out: Path, settings: Settings) -> Brief:
    """The brief, after writing the files it was last made from where this machine can read them."""
    vault = open_vault(settings)
    brief = _read(vault.get(found["brief"].ref), f"the brief of {folder.name} in the vault")
    here = fetched(folder) / hashlib.sha256(_mark(found)).hexdigest()[:16]
    files.folder_in(folder, *here.relative_to(folder).parts)
    changed: dict[str, object] = {"script": here / brief.script.name, "out": out}
    files.write(here / brief.script.name, vault.get(found["script"].ref))
    for name, field in (("bible", "show"), ("profile", "profile")):
        if found[name].ref.bytes:
            files.write(here / f"{name}.yaml", vault.get(found[name].ref))
            changed[field] = str(here / f"{name}.yaml")
    return brief.model_copy(update=changed)


def sheets(brief: Brief) -> Iterator[tuple[str, Path | None]]:
    """The bible and the profile; None for a library profile, which every machine has."""
    bible = brief.script.parent if brief.show is None else Path(brief.show)
    bible = bible / shows.BIBLE if bible.is_dir() else bible
    yield "bible", bible if brief.show not in shows.library() and bible.is_file() else None
    profile = Path(brief.profile)
    yield "profile", profile if profile.suffix in (".yaml", ".yml") else None


def fetched(folder: Path) -> Path:
    """The folder for input files that another machine made."""
    return folder / "papers"


def _digest(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None


def _mark(found: Mapping[str, Paper]) -> bytes:
    return " ".join(f"{name}:{found[name].ref.sha256}" for name in _FILES if name in found).encode()


def _left(path: Path) -> str | None:
    """The digest this machine noted when it last wrote or read ``path``."""
    mark = path.with_name(f"{path.name}.left")
    return mark.read_text(encoding="utf-8", errors="replace") if mark.exists() else None


def _note(path: Path, sha256: str) -> None:
    files.write(path.with_name(f"{path.name}.left"), sha256.encode())


def keep_notices(workspace: EpisodeWorkspace, notices: Sequence[str]) -> None:
    """Remember what people should know of how the script was read; the rushes room shows it."""
    if notices or NOTICES in workspace.store.papers(workspace.key):
        ref = workspace.vault.keep(json.dumps(list(notices), ensure_ascii=False).encode(), "application/json")
        workspace.store.keep_paper(workspace.key, NOTICES, ref, by=user())
