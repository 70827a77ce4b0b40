"""End the process of a deployed run when one piece of work takes far too long.

In: a piece, and how long it may take.      Out: nothing; or the process ends, and the run goes on in a new one.
Prefect's own task timeout cannot do this: work runs in threads, and there it raises only after the work has ended.
Finished work is in the vault, so only the piece that hangs is lost.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer

EXIT = 70


@contextmanager
def limited(piece: str, seconds: float, end: Callable[[str], None]) -> Iterator[None]:
    """Call ``end`` with a sentence when the block takes longer than ``seconds``."""
    hours = seconds / 3600
    told = (
        f"{piece} has taken more than {hours:g} hours, so its model hangs. This process ends, and the run goes on in "
        "a new one; finished work is kept. SAKUGA_PIECE_HOURS sets another limit."
    )
    timer = Timer(seconds, end, [told])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def end_process(told: str) -> None:
    """End this process at once: a thread inside a model cannot be stopped in another way."""
    print(told, file=sys.stderr, flush=True)
    os._exit(EXIT)
