"""Progress of one model call, told to whoever listens.

In: a share 0..1, from an adapter that works step by step.      Out: a call of the listener.
A port has no parameter for it: most models are done in one step, and most callers do not ask.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[float], None]

_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def heard_by(listener: Listener) -> Iterator[None]:
    """Send the progress of model calls in this block to ``listener``. It may raise to stop the call."""
    before = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(before)


@contextmanager
def part(number: int, of: int) -> Iterator[None]:
    """Inside the block a whole call is part ``number`` (from 0) of ``of`` equal parts."""
    outer = _listener.get()
    if outer is None:
        yield
        return
    with heard_by(lambda share: outer((number + share) / of)):
        yield


def made(share: float) -> None:
    """Tell the listener how much of the call is done, 0..1. It raises in a run that was stopped."""
    listener = _listener.get()
    if listener is not None:
        listener(min(1.0, max(0.0, share)))
