"""Choose the devices of the GPU workers.

In: the number of workers.      Out: one device each; ``cpu`` where there is no CUDA.
Asks nvidia-smi: importing torch to count devices would take seconds and a gigabyte.
"""

import shutil
import subprocess

from flows.settings import named_device


def devices(workers: int) -> list[str]:
    """``cuda:0``, ``cuda:1``... in turn; the value of SAKUGA_DEVICE, if set, for all."""
    named = named_device()
    if named is not None:
        return [named] * workers
    cards = _cards()
    return [f"cuda:{number % cards}" if cards else "cpu" for number in range(workers)]


def _cards() -> int:
    program = shutil.which("nvidia-smi")
    if program is None:
        return 0
    try:
        told = subprocess.run([program, "-L"], capture_output=True, text=True, timeout=20)
    except subprocess.TimeoutExpired:
        return 0
    return sum(line.startswith("GPU ") for line in told.stdout.splitlines()) if told.returncode == 0 else 0
