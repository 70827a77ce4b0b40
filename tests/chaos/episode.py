"""A small finished episode to disturb, and what must hold of it afterwards.

In: a folder.      Out: an episode with a locked take and a retake; checks that nothing of it was lost.
"""

import contextlib
import fcntl
import hashlib
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets.store import Store
from assets.vault import Vault
from assets.vault.upkeep import Inspection
from tests.chaos.case import Place, Wrong
from tests.chaos.commands import finished, sakuga

SCRIPT = """\
Title: The Kite
Language: en

EXT. HILLTOP - DAY

Wind moves the tall grass. MIKA holds a red kite. WHOOSH.

MIKA
It will fly today.

INT. KITCHEN - NIGHT

BOU
All right. You win.
"""
NAME = "kite"
RANKING = "sakuga"  # who made a choice that no person made
PRODUCE = ("produce", "kite.fountain", "--profile", "toy", "--quiet")


@dataclass(frozen=True)
class Base:
    """An undisturbed episode: its folder, its bytes, what people decided about it."""

    work: Path
    episode: str
    decided: dict[str, list[dict[str, Any]]]

    def copied(self, place: Place) -> None:
        """Lay a copy of it into the case's folder, as if it had just been made there."""
        shutil.copytree(self.work, place.work, dirs_exist_ok=True, symlinks=True)


@dataclass(frozen=True)
class Bases:
    """``fresh``: made once, nothing decided. ``reviewed``: one take locked by a person, another made again."""

    fresh: Base
    reviewed: Base


def prepare(shared: Path, own: Path) -> Bases:
    """Both episodes, undisturbed. The first worker that asks makes them, for all."""
    folder = shared / "bases"
    with (shared / "bases.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _make(own / "making")
            (own / "making").rename(folder)
    return Bases(_base(folder / "fresh"), _base(folder / "reviewed" / "work"))


def _make(folder: Path) -> None:
    place = Place(folder / "reviewed")
    for needed in (place.work, place.home, place.temporary):
        needed.mkdir(parents=True)
    with contextlib.chdir(place.work):
        write_script(place)
        finished(sakuga(place, *PRODUCE))
        shutil.copytree(place.work, folder / "fresh")
        finished(sakuga(place, "retake", NAME, "C002", "--reason", "she should look up sooner"))
        finished(sakuga(place, "takes", NAME, "--choose", "C001=1", "--reason", "the wind is right"))
        finished(sakuga(place, *PRODUCE))


def _base(work: Path) -> Base:
    return Base(work, digest(work), decided(work))


def write_script(place: Place) -> None:
    (place.work / "kite.fountain").write_text(SCRIPT, encoding="utf-8")


def digest(work: Path, out: str = "episodes") -> str:
    """SHA-256 of the episode's file; empty when there is none."""
    file = work / out / NAME / "episode.mp4"
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""


def decided(work: Path, out: str = "episodes") -> dict[str, list[dict[str, Any]]]:
    """Everything that people decided: choices, locks, retakes and reviews; what the ranking chose is not."""
    with opened(work, out) as store:
        key = store.episodes()[0].key
        choices = [
            {"cut": cut, **_plain(item)}
            for cut in sorted(store.selections(key))
            for item in store.history(key, cut)
            if item.made_by != RANKING
        ]
        locks = [cut for cut, item in sorted(store.selections(key).items()) if item.locked]
        ordered = [_plain(item) for item in store.retakes(key)]
        return {
            "choices": choices,
            "locks": [{"cut": cut} for cut in locks],
            "retakes": [
                {name: item[name] for name in ("cut", "reason", "made_by", "made_at")} for item in ordered
            ],
            "reviews": [_plain(item) for item in store.reviews(key)],
        }


def opened(work: Path, out: str = "episodes") -> Store:
    return Store.open(f"sqlite:///{(work / out / '.sakuga' / 'store.sqlite').absolute()}")


def check_calls(work: Path, out: str = "episodes", *, most: int = 1) -> None:
    """No finished call of a model was made again."""
    with opened(work, out) as store:
        key = store.episodes()[0].key
        done = [call for run in store.runs(key) for call in store.calls(run.id) if call.ended_at is not None]
    twice = [recipe for recipe, times in Counter(call.recipe for call in done).items() if times > most]
    if twice:
        raise Wrong(f"a finished call was repeated: {len(twice)} recipes")


def check_episode(work: Path, base: Base, out: str = "episodes") -> None:
    """The finished episode has the bytes of the undisturbed one."""
    if (found := digest(work, out)) != base.episode:
        raise Wrong("the episode has other bytes" if found else "there is no episode")


def check_vault(work: Path, out: str = "episodes") -> None:
    """Every blob and commit of the vault is sound."""
    found = verified(work, out)
    if found.damaged:
        raise Wrong(f"the vault does not verify:\n{found}")


def verified(work: Path, out: str = "episodes") -> Inspection:
    """Read all of the vault; what is damaged is in quarantine afterwards."""
    return Vault.open(work / out / ".sakuga" / "vault").verify()


def check_decided(work: Path, base: Base, out: str = "episodes") -> None:
    """What people decided is still there."""
    if (found := decided(work, out)) != base.decided:
        raise Wrong(f"decisions changed or were lost:\n{found} instead of {base.decided}")


def check_whole(work: Path, base: Base, out: str = "episodes") -> None:
    check_episode(work, base, out)
    check_vault(work, out)
    check_decided(work, base, out)


def check_litter(place: Place, *, known: tuple[str, ...] = ("kite.fountain", "episodes")) -> None:
    """Nothing lies where nothing should be written, and temporary files are gone."""
    foreign = sorted({path.name for path in place.work.iterdir()} - set(known))
    if foreign:
        raise Wrong(f"files were written beside the episodes: {foreign}")
    left = sorted(path.name for path in place.temporary.iterdir())
    if left:
        raise Wrong(f"temporary files were left behind: {left[:3]}")
    strange = sorted(path.name for path in place.home.iterdir() if path.name not in (".cache", ".config"))
    if strange:
        raise Wrong(f"files were written into the home: {strange}")


def _plain(item: Any) -> dict[str, Any]:
    return dict(item.model_dump(mode="json")) if hasattr(item, "model_dump") else dict(vars(item))
