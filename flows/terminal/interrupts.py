"""Handle signals that ask a run to stop: Ctrl-C, SIGTERM and SIGHUP.

In: a process.      Out: an event that says whether a stop was requested, and by which signal.
"""

import os
import signal
import sys
from threading import Event, Timer
from types import FrameType

AGAIN_SECONDS = 0.05  # delay before a lost signal is sent again


class StopRequest(Event):
    """Set when a signal asked the process to stop; ``number`` is the signal."""

    number: int = signal.SIGINT


def watch() -> StopRequest:
    """Handle Ctrl-C, SIGTERM (the system ends the process) and SIGHUP (the terminal was closed).

    Each ends the run like Ctrl-C. A signal that was ignored at the start, as with `nohup`, stays ignored.
    """
    asked = StopRequest()

    def interrupt(number: int, frame: FrameType | None) -> None:
        asked.number = number
        asked.set()
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, interrupt)
    _send_again_where_ignored(asked)
    return asked


def _send_again_where_ignored(asked: StopRequest) -> None:
    """Repeat a signal whose exception was lost.

    Python ignores an exception raised in a finalizer or a weak reference's callback, so the run did not stop.
    """
    before = sys.unraisablehook

    def hook(ignored: "sys.UnraisableHookArgs") -> None:
        if not (asked.is_set() and issubclass(ignored.exc_type, KeyboardInterrupt)):
            before(ignored)
            return
        again = Timer(AGAIN_SECONDS, os.kill, (os.getpid(), asked.number))
        again.daemon = True
        again.start()

    sys.unraisablehook = hook
