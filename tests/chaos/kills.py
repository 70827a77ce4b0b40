"""kill -9 and polite signals at any moment of a run: the same command goes on and repeats nothing."""

import signal
import time
from random import Random

from tests.chaos import episode
from tests.chaos.case import Crash, Place, Verdict, Wrong
from tests.chaos.commands import Ended, alive, finished, judged, sakuga, start, wait_until

LONGEST_RUN = 2.5  # seconds that a fresh run takes; a moment after its end disturbs nothing
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def killed(chance: Random, place: Place) -> Verdict:
    """One to three kills, then the command once more in peace."""
    base: episode.Base = place.context.fresh
    episode.write_script(place)
    for _ in range(chance.randint(1, 3)):
        ended = _disturbed(place, signal.SIGKILL, chance.uniform(0.02, LONGEST_RUN))
        if ended.code not in (0, -signal.SIGKILL):
            judged(ended)
            raise Crash(f"it does not go on after a kill:\n{ended.said}")
    finished(sakuga(place, *episode.PRODUCE))
    episode.check_whole(place.work, base)
    episode.check_calls(place.work)
    episode.check_litter(place)
    return "ok"


def stopped(chance: Random, place: Place) -> Verdict:
    """A signal that asks the run to stop: it closes its books, and the same command goes on."""
    base: episode.Base = place.context.fresh
    episode.write_script(place)
    number = chance.choice(SIGNALS)
    ended = _disturbed(place, number, chance.uniform(0.15, LONGEST_RUN))
    if ended.code < 0:
        raise Crash(f"{number.name} ended it at once, its run was not closed:\n{ended.said}")
    judged(ended, stopped=True)
    if ended.code != 0:
        _check_closed(place)
    finished(sakuga(place, *episode.PRODUCE))
    episode.check_whole(place.work, base)
    episode.check_calls(place.work)
    episode.check_litter(place)
    return "ok"


def _disturbed(place: Place, number: signal.Signals, seconds: float) -> Ended:
    running = start(place, *episode.PRODUCE)
    moment = time.monotonic() + seconds
    wait_until(moment)
    if alive(running):
        running.send(number)
    ended = running.ended()
    place.note(f"{number.name} after {seconds:.2f} s; {ended.said}")
    return ended


def _check_closed(place: Place) -> None:
    """No run of the episode is left open in the store."""
    if not (place.work / "episodes/.sakuga/store.sqlite").exists():
        return
    with episode.opened(place.work) as store:
        left = [run.id for item in store.episodes() for run in store.runs(item.key) if run.ended_at is None]
    if left:
        raise Wrong(f"a stopped run was left open in the store: {left}")
