"""A stop that a training is asked for: Ctrl-C, or SIGTERM from the system or from Prefect's cancel.

In: signals.      Out: a function that says whether a stop was asked; the training asks it after every step.
A later signal ends the process at once, and up to 50 steps are lost. One that comes within two seconds does nothing:
`accelerate launch` sends Ctrl-C to its processes once more, which have it from the terminal already.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from time import monotonic
from types import FrameType
from typing import Any

REPEATED_S = 2.0  # a launcher's copy of a signal comes within milliseconds


@contextmanager
def asked(repeated_s: float = REPEATED_S) -> Iterator[Callable[[], bool]]:
    """Inside the block the first signal only sets what the function says. The handlers of before are put back.

    repeated_s  a second signal that comes sooner is the same one, sent by a launcher
    """
    if current_thread() is not main_thread():  # handlers are for the main thread alone
        yield lambda: False
        return
    said: list[float] = []
    before: dict[int, Any] = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def note(number: int, frame: FrameType | None) -> None:
        if said and monotonic() - said[0] > repeated_s:
            for each, handler in before.items():
                signal.signal(each, handler)
            signal.raise_signal(number)
        said.append(monotonic())

    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, note)
    try:
        yield lambda: bool(said)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
