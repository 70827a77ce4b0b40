"""A lease loads a model on a device and frees it at the end of a ``with`` block.

Weights are loaded at the first call, so a run with nothing to make loads nothing. They are released earlier
when another model on the same device needs the memory (models/memory.py).
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import perf_counter
from typing import Any, Generic, TypeVar

from pydantic import Field

from assets.sheets.base import Part
from models.card import Card, Port
from models.memory import DeviceMemory
from models.options import Options, options_for
from models.ports import PORTS
from models.registry import Adapter, adapter

ModelT = TypeVar("ModelT")


class Named(Part):
    """The adapter and its options in a form that can be sent: another process can lease the same model."""

    port: Port
    name: str
    options: dict[str, Any] = Field(default_factory=dict)

    @property
    def card(self) -> Card:
        """As its options make it; nothing is loaded for it."""
        return Leased[Any](adapter(self.port, self.name), "cpu", self.options).card


class Leased(Generic[ModelT]):
    """A model of one port. Its card can be read at any time; its weights are loaded at the first call."""

    def __init__(
        self,
        found: type[Adapter],
        device: str,
        options: Mapping[str, Any] | None = None,
        memory: DeviceMemory | None = None,
    ) -> None:
        """``memory``: shared by all leases of one device, so that one can be released for another."""
        self.options = options_for(found, options or {})
        self.card: Card = _carded(found, self.options)
        self.loads = 0
        self.waited_s = 0.0  # loading, and waiting for other callers: no part of what a call costs
        self._found: Any = found
        self.memory = memory or DeviceMemory(device)
        self._model: Any = None

    def identity(self) -> dict[str, Any]:
        """The part of the recipe key: adapter, version, weights, and every option that changes the result.

        An adapter without options has no ``options`` entry, so recipes from before it took any stay valid.
        """
        fields = {"name", "port", "adapter_version", "weights", "revision"}
        chosen = {"options": self.options.ingredients()} if self.options else {}
        return {**self.card.model_dump(include=fields), **chosen}

    @property
    def adapter(self) -> type[Adapter]:
        """The class, for what it can answer without being loaded."""
        return self._found  # type: ignore[no-any-return]

    def named(self) -> Named:
        options = self.options.model_dump(mode="json", exclude_unset=True) if self.options else {}
        return Named(port=self.card.port, name=self.card.name, options=options)

    @property
    def model(self) -> ModelT:
        """The loaded model; the first use loads it."""
        with self.memory.lock:
            if self._model is None:
                began = perf_counter()
                chosen = () if self.options is None else (self.options,)
                self.memory.make_room(self)
                self._model = self._found.load(self.memory.device, *chosen)
                self.waited_s += perf_counter() - began
                self.loads += 1
                self.memory.loaded(self)
            self.memory.used(self)
            return self._model  # type: ignore[no-any-return]

    def release(self) -> None:
        """Free the memory now; the next use loads the model again."""
        if self._model is not None:
            self._model.unload()
            self._model = None
            self.memory.released(self)


def card_with(port: Port, name: str, options: Mapping[str, Any]) -> Card:
    """The card of an adapter that is given ``options``; nothing is loaded."""
    found = adapter(port, name)
    return _carded(found, options_for(found, options))


def _carded(found: type[Adapter], options: Options | None) -> Card:
    carded: Callable[[Any], Card] = getattr(found, "carded", lambda chosen: found.card)
    return carded(options)


@contextmanager
def lease(
    port: type[ModelT],
    name: str,
    device: str = "cpu",
    *,
    options: Mapping[str, Any] | None = None,
    memory: DeviceMemory | None = None,
) -> Iterator[Leased[ModelT]]:
    """Lease the model ``name`` of ``port`` (a protocol of models/ports.py), and free its memory after the block.

    options  options from the profile; refused here if the adapter does not accept them
    memory   of ``device``, shared with other leases on it
    """
    leased: Leased[ModelT] = Leased(adapter(PORTS[port], name), device, options, memory)
    try:
        yield leased
    finally:
        leased.release()


def concurrent(*models: Leased[Any] | None) -> bool:
    """Whether calls of all ``models`` may run side by side in this process; None is no model.

    Never with one that declares memory: a call for another model may displace it while it works.
    """
    cards = [model.card for model in models if model is not None]
    return all(card.concurrent and not card.vram_gb for card in cards)
