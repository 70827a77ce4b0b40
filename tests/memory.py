"""How much memory a piece of a test takes at most: the peak of this process alone, from a known moment on.

``getrusage`` gives the highest peak since the process began, and a child begins with its parent's: after one large
test it does not rise any more, so a later test of memory could not fail.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

PROCESS = Path("/proc/self")


@dataclass
class Growth:
    """Set when the block has ended: the peak in it above what was held at its start, in KiB."""

    kib: int = 0


@contextmanager
def growth() -> Iterator[Growth]:
    """Measure a block. Linux only: writing 5 to clear_refs sets the peak back to what is held now (man 5 proc)."""
    try:
        (PROCESS / "clear_refs").write_text("5", encoding="ascii")
    except OSError:
        pytest.skip("this system cannot set the peak of a process back")
    held, made = _kib("VmRSS"), Growth()
    yield made
    made.kib = _kib("VmHWM") - held


def _kib(name: str) -> int:
    lines = (PROCESS / "status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
