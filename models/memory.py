"""Memory of one device: which models use it, and which one is released when another needs memory.

In: leases of models on one device.      Out: memory for the next model, or the reason why there is none.
The least recently used model is released first. Knows nothing about what the models do.
"""

import re
from collections.abc import Callable
from threading import RLock
from typing import Protocol

from assets.errors import InputRefused, SetupMissing
from models.card import Card

GIB = 1024**3


class Holder(Protocol):
    """A lease, as seen by the memory manager."""

    card: Card

    def release(self) -> None: ...


class DeviceMemory:
    """The models loaded on one device, least recently used first."""

    def __init__(self, device: str, free_gb: "Callable[[], float] | None" = None) -> None:
        """``free_gb``: a function that returns the free memory in GiB; by default it is measured on the device."""
        self.device = device
        self._free_gb = free_gb or (lambda: measured_free_gb(device))
        self._held: list[Holder] = []
        self.lock = RLock()  # held while a model is loaded: threads that want the same one wait for it
        self.peak_gb = 0.0

    @property
    def held(self) -> tuple[Holder, ...]:
        return tuple(self._held)

    @property
    def held_gb(self) -> float:
        return sum(holder.card.vram_gb for holder in self._held)

    def make_room(self, newcomer: Holder) -> None:
        """Release models until the memory that ``newcomer`` declares is free, or none is left to release."""
        needed = newcomer.card.vram_gb
        while needed and self._held and self._free_gb() < needed:
            self._held[0].release()  # removes itself from the list

    def loaded(self, holder: Holder) -> None:
        self.used(holder)
        self.peak_gb = max(self.peak_gb, self.held_gb)

    def used(self, holder: Holder) -> None:
        """Mark ``holder`` as the most recently used."""
        self._held = [*(other for other in self._held if other is not holder), holder]

    def released(self, holder: Holder) -> None:
        self._held = [other for other in self._held if other is not holder]

    def describe(self) -> str:
        """Which models are loaded, with the memory their cards declare."""
        named = (f"{one.card.port} {one.card.name} ({one.card.vram_gb:g} GiB)" for one in self._held)
        return ", ".join(named) or "no model"


def measured_free_gb(device: str) -> float:
    """Free memory of ``device`` in GiB: of the GPU, or of this computer for ``cpu``."""
    if device.startswith("cuda"):
        import torch

        return float(torch.cuda.mem_get_info(device)[0] / GIB)
    import psutil

    return float(psutil.virtual_memory().available / GIB)


def total_gb(device: str) -> float:
    """All memory of ``device`` in GiB, used or not."""
    if device.startswith("cuda"):
        import torch

        return float(torch.cuda.mem_get_info(device)[1] / GIB)
    import psutil

    return float(psutil.virtual_memory().total / GIB)


def required_device(device: str) -> None:
    """Refuse a device that this computer has not, before anything is made for it.

    raises  SetupMissing; InputRefused for what is no device at all
    """
    if not re.fullmatch(r"cpu|mps|cuda(:[0-9]{1,2})?", device):
        raise InputRefused(
            f"{device!r} is no device. Write cpu, cuda, cuda:1 or mps (SAKUGA_DEVICE, or the profile)."
        )
    if device == "cpu":
        return
    import torch

    if device == "mps":
        there, has = torch.backends.mps.is_available(), "no Metal device"
    else:
        cards = torch.cuda.device_count() if torch.cuda.is_available() else 0
        there = int(device.partition(":")[2] or 0) < cards
        has = f"{cards} CUDA devices (cuda:0 to cuda:{cards - 1})" if cards else "no CUDA device"
    if not there:
        raise SetupMissing(
            f"The device {device} was asked for (SAKUGA_DEVICE, or devices in the profile), but this computer has "
            f"{has}. Use SAKUGA_DEVICE=cpu, or mend the driver: `sakuga doctor` says what is there."
        )


def is_out_of_memory(error: BaseException) -> bool:
    """Whether ``error`` is the out-of-memory error of Python, torch or onnxruntime."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    message = str(error).lower()
    # "allocate memory" is said by onnxruntime (failed to) and by torch on a CPU (can't)
    return isinstance(error, RuntimeError) and (
        "out of memory" in message or "allocate memory" in message or "not enough memory" in message
    )
