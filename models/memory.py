"""Memory of one device: which models hold it, and which gives it back when another needs the room.

In: leases of models that are loaded on one device.      Out: room for the next, or a sentence why there is none.
The least recently used model is released first. Knows nothing about what the models do.
"""

from collections.abc import Callable
from threading import RLock
from typing import Protocol

from models.card import Card

GIB = 1024**3


class Holder(Protocol):
    """A lease, as far as its memory is concerned."""

    card: Card

    def release(self) -> None: ...


class DeviceMemory:
    """The models loaded on one device, least recently used first."""

    def __init__(self, device: str, free_gb: "Callable[[], float] | None" = None) -> None:
        """``free_gb``: how much is free now, in GiB; measured on the device by default."""
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
        """Release models until what ``newcomer`` declares is free, or none is left to release."""
        needed = newcomer.card.vram_gb
        while needed and self._held and self._free_gb() < needed:
            self._held[0].release()  # takes itself off the list

    def loaded(self, holder: Holder) -> None:
        self.used(holder)
        self.peak_gb = max(self.peak_gb, self.held_gb)

    def used(self, holder: Holder) -> None:
        """``holder`` is the most recently used from now on."""
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
    """Whether ``error`` is Python's, torch's or onnxruntime's way to say that memory ran out."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    said = str(error).lower()
    return isinstance(error, RuntimeError) and (
        "out of memory" in said or "failed to allocate memory" in said
    )
