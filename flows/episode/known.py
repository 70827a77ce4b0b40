"""Find the episode that a person names: by its id, its folder, its key in the store, or its script's file name.

In: a name as it was typed, the keys of the known episodes.      Out: one of them, or a refusal that lists them.
A script with a name in Japanese has a romanised id with a digest, which nobody remembers.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from assets.errors import InputRefused
from assets.loader import shown
from assets.script import SUFFIXES
from assets.sqlite_url import file_of
from assets.store import Store
from assets.store.records import NO_SHOW
from flows.episode import identity
from flows.episode.workspace import state_folder
from flows.settings import Settings, settings
from flows.terminal import arguments


def found(name: str, keys: Iterable[str]) -> str:
    """The key of the one episode that ``name`` means.

    raises  InputRefused when it means none or several, with those there are
    """
    known = sorted(set(keys))
    meant = matching(name, known)
    if len(meant) == 1:
        return meant[0]
    if meant:
        raise InputRefused(
            f"{len(meant)} episodes are called '{shown(name)}'. Give one of: {', '.join(meant)} "
            f"(SHOW/EPISODE, and {NO_SHOW} without a show)."
        )
    listed = ", ".join(dict.fromkeys(_id(key) for key in known))
    raise InputRefused(
        f"There is no episode '{shown(name)}'. "
        + (f"There are: {listed}." if listed else "Make one with `sakuga produce` first.")
    )


def matching(name: str, keys: Iterable[str]) -> list[str]:
    """The keys that ``name`` means: an exact key or id comes before the name of a script."""
    known, file = list(keys), Path(name).name
    exact = [key for key in known if key == name] or [key for key in known if _id(key) == file]
    return exact or [key for key in known if any(_is_of(stem, key) for stem in _stems(file))]


def id_of(name: str, out: Path, *, elsewhere: bool = False) -> str:
    """The id of the episode under ``out`` that ``name`` means; also of one that only its folders remember.

    elsewhere  an id that is not known here is taken as it is: another machine may have the episode
    """
    chosen = settings(arguments.folder(out))
    keys = _keys(chosen)
    meant, file = {_id(key) for key in matching(name, keys)}, Path(name).name
    if len(meant) == 1:
        return meant.pop()
    if not meant and arguments.is_episode(file) and (elsewhere or _has_folder(file, out, chosen)):
        return file
    return _id(found(name, keys))


def _has_folder(id: str, out: Path, chosen: Settings) -> bool:
    return (out / id).is_dir() or state_folder(id, chosen).is_dir()


def _keys(chosen: Settings) -> tuple[str, ...]:
    file = file_of(chosen.store)
    if file is not None and not file.exists():
        return ()
    with Store.open(chosen.store) as store:
        return tuple(item.key for item in store.episodes())


def _id(key: str) -> str:
    return key.partition("/")[2]


def _stems(file: str) -> Iterator[str]:
    if any("\ud800" <= letter <= "\udfff" for letter in file):  # not UTF-8, and no id was made of it
        return
    yield file
    if Path(file).suffix.casefold() in SUFFIXES:
        yield Path(file).stem


def _is_of(stem: str, key: str) -> bool:
    show, _, id = key.partition("/")
    return bool(stem) and identity.is_named_after(stem, None if show == NO_SHOW else show, id)
