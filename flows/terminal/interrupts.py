"""Signals that ask a run to stop: Ctrl-C, SIGTERM and SIGHUP.

In: a process.      Out: an event that says whether it was asked to stop, and by which signal.
"""

import os
import signal
import sys
from threading import Event, Timer
from types import FrameType

AGAIN_SECONDS = 0.05  # until a signal that was lost is sent again


class Asked(Event):
    """Set when a signal asked us to stop; ``number`` is which."""

    number: int = signal.SIGINT


def watch() -> Asked:
    """Watch for Ctrl-C, SIGTERM (the system ends us) and SIGHUP (the terminal was closed).

    Each ends the run like Ctrl-C. A process that was started with one ignored, as by `nohup`, goes on ignoring it.
    """
    asked = Asked()

    def interrupt(number: int, frame: FrameType | None) -> None:
        asked.number = number
        asked.set()
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, interrupt)
    _send_again_where_ignored(asked)
    return asked


def _send_again_where_ignored(asked: Asked) -> None:
    """Repeat a signal whose exception was lost.

    Python ignores what is raised in a finalizer or in the callback of a weak reference: the run went on to its end.
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
