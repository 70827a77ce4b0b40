"""`sakuga produce --watch`: make the episode again when a file changes that it is made from.

In: a brief, and how it is made.      Out: runs, until Ctrl-C.
The files are looked at twice a second: script, bible, profile and cut sheet are few and small. A change counts once
it has been the same for two looks, because editors write a file in several steps.
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from assets.errors import SakugaError
from assets.files import why
from assets.show import BIBLE
from flows.episode import identity, inputs
from flows.episode.brief import Brief
from flows.episode.reading import bible_file, bible_of
from flows.settings import settings
from flows.terminal.lines import complain, say

LOOK_S = 0.5
Seen = dict[Path, str]


def watched(
    brief: Brief,
    make: Callable[[], None],
    *,
    quiet: bool = False,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Call ``make`` now and after every change, until Ctrl-C while nothing is made. An error is told.

    sleep  between two looks
    """
    while True:
        before = _seen(_files(brief))
        _made(make)
        files = _files(brief)
        # The run writes the cut sheet itself; what a person changes elsewhere meanwhile is made next.
        before = {path: before.get(path, mark) for path, mark in _seen(files).items()} | _seen(
            path for path in files if path.name == inputs.SHEET
        )
        try:
            _say("Watching; Ctrl-C ends it.", quiet)
            changed = _changed(files, before, sleep)
        except KeyboardInterrupt:
            _say("Stopped watching.", quiet)
            return
        _say(f"Changed: {', '.join(map(str, changed))}", quiet)


def _made(make: Callable[[], None]) -> None:
    try:
        make()
    except SakugaError as error:
        complain(str(error))
    except OSError as error:
        complain(f"{error.filename or 'the system'}: {why(error)}")


def _changed(files: Sequence[Path], before: Seen, sleep: Callable[[float], None]) -> list[Path]:
    """The files that differ, once they stay as they are."""
    last = before
    while True:
        sleep(LOOK_S)
        now = _seen(files)
        if now == last and now != before:
            return [path for path in files if before[path] != now[path]]
        last = now


def _seen(files: Iterable[Path]) -> Seen:
    """A digest of each file; empty for one that is not there."""
    return {path: _digest(path) for path in files}


def _files(brief: Brief) -> list[Path]:
    """What the episode is made from, also what is not there yet."""
    own = [path for _, path in inputs.sheets(brief) if path is not None]
    found = [brief.script, brief.script.parent / BIBLE, *own]
    with suppress(SakugaError, OSError):  # what cannot be read now is told by the run
        file, bible = bible_file(brief), bible_of(brief)
        episode = identity.resolve(brief, bible.id if bible else None, settings(brief.out))
        found += [*([file] if file else []), brief.out / episode / inputs.SHEET]
    return list(dict.fromkeys(found))


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _say(text: str, quiet: bool) -> None:
    if not quiet:
        say(text, err=True)
