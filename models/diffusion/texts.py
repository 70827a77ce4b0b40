"""Prompt embeddings, computed once per text.

In: the text as it is sent, and a function that encodes it.      Out: what the function made, kept for later pictures.
Candidates and retakes of one cut share a text. Only the last few texts are kept: a long episode must not fill memory.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

from assets.errors import InputRefused

MOST = 4


class Texts:
    """The last encoded texts."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._held: OrderedDict[Hashable, Any] = OrderedDict()
        self.encoded = 0

    def get(self, key: Hashable, encode: Callable[[], Any]) -> Any:
        """``encode()``, or what it made before for ``key``. LoRAs in a text encoder belong into the key."""
        if key not in self._held:
            self._held[key] = encode()
            self.encoded += 1
            while len(self._held) > self._most:
                self._held.popitem(last=False)
        self._held.move_to_end(key)
        return self._held[key]

    def clear(self) -> None:
        self._held.clear()


def check_length(count: int, most: int, cut: str, name: str) -> None:
    """Refuse a prompt that the pipeline would cut off in silence."""
    if count > most:
        raise InputRefused(
            f"The prompt of {cut} has {count} tokens; {name} reads {most}, and the rest would be lost. Shorten what "
            "the bible says about its characters and place, or write the cut's prompt by hand in the cut sheet."
        )
