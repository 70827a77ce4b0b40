"""A stop that a training is asked for: Ctrl-C, or SIGTERM from the system or from Prefect's cancel.

In: signals.      Out: a function that says whether a stop was asked; the training asks it after every step.
A second signal ends the process at once, and up to 50 steps are lost.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from types import FrameType
from typing import Any


@contextmanager
def asked() -> Iterator[Callable[[], bool]]:
    """Inside the block the first signal only sets what the function says. The handlers of before are put back."""
    if current_thread() is not main_thread():  # handlers are for the main thread alone
        yield lambda: False
        return
    said: list[int] = []
    before: dict[int, Any] = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def note(number: int, frame: FrameType | None) -> None:
        said.append(number)
        for each, handler in before.items():
            signal.signal(each, handler)

    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, note)
    try:
        yield lambda: bool(said)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
