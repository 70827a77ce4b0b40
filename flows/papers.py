"""The papers of an episode, for whichever machine goes on with it: brief, script, bible, cut sheet.

In: what lies in this machine's folders, and what the store knows.      Out: both the same.
The bytes rest in the vault; the store says which are the newest. A machine notes what it left in its own
folders, so that an edit by hand can be told from a paper that another machine has brought up to date.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from assets import show as shows
from assets.errors import InputRefused
from assets.hashing import digest
from assets.sheets.production import Ref
from assets.store import Paper, Store
from assets.vault import Vault
from flows.brief import Brief
from flows.settings import Settings, user
from flows.studio import Office, backstage, open_vault

SHEET = "cutsheet.yaml"
THEIRS = "cutsheet.theirs.yaml"
BRIEF = "brief.json"
_YAML = "application/yaml"
_FILES = ("brief", "script", "bible", "profile")


def enter(brief: Brief, office: Office) -> None:
    """Remember how the episode is made, and the files it is made from."""
    # Relative to the episodes, so that a project may be moved as a whole.
    beside = Path(os.path.relpath(brief.script.absolute(), brief.out.absolute()))
    kept = brief.model_copy(update={"script": beside, "refresh": False})
    written = kept.model_dump_json(indent=1).encode()
    _replace(office.backstage / BRIEF, written)
    files = {"script": (brief.script.read_bytes(), "text/plain")}
    # Empty where there is none: an earlier one must not be found again.
    files |= {name: (path.read_bytes() if path else b"", _YAML) for name, path in sheets(brief)}
    if _fetched(office.backstage) not in brief.script.parents:
        files["brief"] = (written, "application/json")
    refs = {name: rested(office.vault, data, kind) for name, (data, kind) in files.items()}
    with office.store.batch():
        for name, ref in refs.items():
            office.store.keep_paper(office.key, name, ref, by=user())
    _replace(office.backstage / f"{BRIEF}.left", _mark(office.store.papers(office.key)))


def remembered(episode: str, out: Path, settings: Settings) -> Brief:
    """The brief an episode was last made with, on whichever machine that was."""
    folder = backstage(episode, settings)
    if settings.shared:
        with Store.open(settings.store) as store:
            known = {item.id: item.key for item in store.episodes()}
            found = store.papers(known[episode]) if episode in known else {}
        if "brief" in found and (_left(folder / BRIEF) != _mark(found).decode() or not _here(folder, out)):
            return _brought(found, folder, out, settings)
    else:
        known = dict.fromkeys(sorted(path.parent.name for path in folder.parent.glob(f"*/{BRIEF}")), "")
    if not (folder / BRIEF).exists():
        raise InputRefused(
            f"There is no episode {episode!r} in {'the store' if settings.shared else out}. "
            + (f"There are: {', '.join(known)}." if known else "Make one with `sakuga produce` first.")
        )
    return _kept(folder, out)


def sheet_at_hand(office: Office) -> Path | None:
    """The cut sheet a person may have edited, brought up to date; None when there is none.

    raises  InputRefused when it was edited here and another machine has written it since
    """
    path, newest = office.folder / SHEET, office.store.papers(office.key).get("cutsheet")
    here = _digest(path)
    if newest is None:
        return path if here else None
    left, wanted = _left(office.backstage / SHEET), newest.ref.sha256
    if here is None and left == wanted:
        return None  # taken away by hand: the rules begin anew
    if here not in (None, left, wanted) and left != wanted:
        _replace(office.folder / THEIRS, office.vault.get(newest.ref))
        _note(office.backstage / SHEET, wanted)
        raise InputRefused(
            f"{path} was edited here, and {newest.made_by} has made the episode on another machine since. "
            f"Theirs lies beside it as {THEIRS}: take over from it what you want, then run the same command "
            f"again. What stands in {SHEET} then holds."
        )
    if here is None or here == left != wanted:
        _replace(path, office.vault.get(newest.ref))
    _note(office.backstage / SHEET, wanted)
    return path


def sheet_edited(folder: Path, behind: Path, newest: Paper) -> bool:
    """Was the cut sheet in ``folder`` changed or taken away by hand, since this machine left it?

    An older sheet that nobody touched is none, nor is a machine that never had one.
    """
    return _digest(folder / SHEET) not in (newest.ref.sha256, _left(behind / SHEET))


def rested(vault: Vault, data: bytes, kind: str) -> Ref:
    """Put a paper into the vault, under a commit of its own: what none refers to is collected one day."""
    ref = vault.put(data, kind)
    vault.commit(digest({"paper": ref}), {"paper": ref})
    return ref


def leave_sheet(office: Office, text: bytes) -> None:
    """Write the cut sheet people read, as the store already knows it."""
    _replace(office.folder / SHEET, text)
    _note(office.backstage / SHEET, hashlib.sha256(text).hexdigest())


def _kept(folder: Path, out: Path) -> Brief:
    """The brief of this machine, whose script lies where it lay as seen from the episodes."""
    brief = Brief.model_validate_json((folder / BRIEF).read_text(encoding="utf-8"))
    # By its words: the folder of episodes may not be made yet, and `..` would lead nowhere.
    script = Path(os.path.normpath(out / brief.script))
    return brief.model_copy(update={"script": script, "out": out})


def _here(folder: Path, out: Path) -> bool:
    return (folder / BRIEF).exists() and _kept(folder, out).script.exists()


def _brought(found: Mapping[str, Paper], folder: Path, out: Path, settings: Settings) -> Brief:
    """The brief, with the files it was last made from put where this machine can read them."""
    vault = open_vault(settings)
    brief = Brief.model_validate_json(vault.get(found["brief"].ref))
    here = _fetched(folder) / hashlib.sha256(_mark(found)).hexdigest()[:16]
    here.mkdir(parents=True, exist_ok=True)
    changed: dict[str, object] = {"script": here / brief.script.name, "out": out}
    _replace(here / brief.script.name, vault.get(found["script"].ref))
    for name, field in (("bible", "show"), ("profile", "profile")):
        if found[name].ref.bytes:
            _replace(here / f"{name}.yaml", vault.get(found[name].ref))
            changed[field] = str(here / f"{name}.yaml")
    return brief.model_copy(update=changed)


def sheets(brief: Brief) -> Iterator[tuple[str, Path | None]]:
    """The bible and the profile; None where it is one of the library, which every machine has."""
    bible = brief.script.parent if brief.show is None else Path(brief.show)
    bible = bible / shows.BIBLE if bible.is_dir() else bible
    yield "bible", bible if brief.show not in shows.library() and bible.is_file() else None
    profile = Path(brief.profile)
    yield "profile", profile if profile.suffix in (".yaml", ".yml") else None


def _fetched(folder: Path) -> Path:
    return folder / "papers"


def _digest(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None


def _mark(found: Mapping[str, Paper]) -> bytes:
    return " ".join(f"{name}:{found[name].ref.sha256}" for name in _FILES if name in found).encode()


def _left(path: Path) -> str | None:
    """What this machine noted when it wrote or read ``path`` last."""
    mark = path.with_name(f"{path.name}.left")
    return mark.read_text(encoding="utf-8") if mark.exists() else None


def _note(path: Path, sha256: str) -> None:
    _replace(path.with_name(f"{path.name}.left"), sha256.encode())


def _replace(path: Path, data: bytes) -> None:
    draft = path.with_name(f".{path.name}.draft")
    draft.write_bytes(data)
    draft.replace(path)
