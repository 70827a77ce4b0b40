"""Which GPUs this machine has.

In: nothing.      Out: how many cards there are, and the device that workers get.
Asks the driver's own program: importing torch to count would take seconds and a gigabyte for nothing.
"""

import shutil
import subprocess

from flows.settings import named_device


def device() -> str:
    """What SAKUGA_DEVICE names; else ``cuda`` where there is a card, ``cpu`` where there is none."""
    return named_device() or ("cuda" if cards() else "cpu")


def cards() -> int:
    program = shutil.which("nvidia-smi")
    if program is None:
        return 0
    try:
        told = subprocess.run([program, "-L"], capture_output=True, text=True, timeout=20)
    except subprocess.TimeoutExpired:
        return 0
    return sum(line.startswith("GPU ") for line in told.stdout.splitlines()) if told.returncode == 0 else 0
