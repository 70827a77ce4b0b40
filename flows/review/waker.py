"""Resume suspended runs whose gate is decided, however long their server takes to answer.

In: the store.      Out: resumed runs; a line about each.
A decision is recorded whether the Prefect server answers or not. The rushes room runs this in a thread;
a studio without a room runs it as a service: python -m flows.review.waker OUT
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from assets.errors import RunAsleep, StorageFailed
from assets.plain import visible
from assets.sqlite_url import file_of
from assets.store import Store
from flows.review.service import TITLES
from flows.review.wake import nudge
from flows.settings import settings

EVERY_S = 5.0  # one small query; the server is only asked about runs that nothing has happened to since


def once(store: Store, say: Callable[[str], None]) -> None:
    """Resume every run that is suspended at a decided gate. One that fails does not stop the others."""
    for gate in store.undelivered_gates():
        try:
            if nudge(gate):
                say(
                    f"{gate.episode} was still suspended at its decided {TITLES[gate.kind]} gate; it continues now."
                )
        except RunAsleep:
            continue  # tried again in a few seconds
    for casting in store.unread_castings():
        try:
            if nudge(casting):
                say(
                    f"The casting of {casting.name} was still suspended after its decision; it continues now."
                )
        except RunAsleep:
            continue


def attend(store: Store, ended: Event, say: Callable[[str], None]) -> None:
    """Look every few seconds until ``ended``. A store that does not answer is asked again."""
    while not ended.wait(EVERY_S):
        try:
            once(store, say)
        except StorageFailed as error:
            say(f"The store did not answer: {error}")


@contextmanager
def beside(store: Store, say: Callable[[str], None]) -> Iterator[None]:
    """Resume runs for as long as the block lasts."""
    ended = Event()
    thread = Thread(target=attend, args=(store, ended, say), daemon=True, name="waker")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(timeout=2)  # it may wait for a server that does not answer


def told(text: str) -> None:
    print(visible(text), flush=True)


def main() -> None:
    chosen, ended = settings(Path(sys.argv[1])), Event()
    file = file_of(chosen.store)
    while file is not None and not file.exists():  # nothing has been produced here yet
        ended.wait(EVERY_S)
    with Store.open(chosen.store) as store:
        attend(store, ended, told)


if __name__ == "__main__":
    main()
