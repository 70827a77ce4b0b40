"""Memory of one device: which models use it, and which one is released when another needs memory.

In: leases of models on one device.      Out: memory for the next model, or the reason why there is none.
The least recently used model is released first. Knows nothing about what the models do.
"""

from collections.abc import Callable
from threading import RLock
from typing import Protocol

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


def is_out_of_memory(error: BaseException) -> bool:
    """Whether ``error`` is the out-of-memory error of Python, torch or onnxruntime."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    message = str(error).lower()
    return isinstance(error, RuntimeError) and (
        "out of memory" in message or "failed to allocate memory" in message
    )
