"""What a call of a writer costs before it is made.

In: a leased writer, a prompt.      Out: an upper bound of its tokens, and dollars.
"""

from dataclasses import dataclass
from decimal import Decimal

from models.lease import Leased
from models.ports import Writer

_MILLION = Decimal(1_000_000)
_OVERHEAD = 80  # tokens of the chat template and of the schema's name


@dataclass(frozen=True)
class Price:
    """US dollars per million tokens, and the longest answer; all 0 for a writer on this computer."""

    read: Decimal = Decimal(0)
    written: Decimal = Decimal(0)
    most_out: int = 2048

    @classmethod
    def of(cls, writer: Leased[Writer]) -> "Price":
        """As the options of the profile state it."""
        options = writer.options
        return cls(
            getattr(options, "price_in", Decimal(0)),
            getattr(options, "price_out", Decimal(0)),
            getattr(options, "max_tokens", 2048),
        )

    @property
    def is_paid(self) -> bool:
        return bool(self.read or self.written)

    def of_call(self, read: int, written: int) -> Decimal:
        return (read * self.read + written * self.written) / _MILLION


def tokens_at_most(text: str) -> int:
    """More than the usual tokenizers make of ``text``: a third of its Latin letters, 1.5 for any other."""
    latin = sum(letter.isascii() for letter in text)
    return _OVERHEAD + latin // 3 + (len(text) - latin) * 3 // 2
