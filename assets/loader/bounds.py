"""The limits of a YAML or JSON text that a person wrote, and the messages for a text that exceeds them."""

import re
from collections.abc import Mapping

# Larger than the cut sheet of the largest script; a test compares the two.
MAX_BYTES = 32_000_000
MAX_DEPTH = 40
MAX_NODES = 2_000_000
MAX_KEY = 200
MAX_DIGITS = 19

TOO_DEEP = f"nested more than {MAX_DEPTH} deep"
TOO_MANY = f"more than {MAX_NODES:,} values"
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class Problem(Exception):
    """What is wrong with a text, and where: line and column from 1; 0 if unknown."""

    def __init__(self, text: str, line: int = 0, column: int = 0) -> None:
        self.text, self.line, self.column = text, line, column
        super().__init__(text)


def shown(value: object, most: int = 60) -> str:
    """``value`` for a message: one line, shortened, without terminal commands."""
    if isinstance(value, int) and value.bit_length() > 200:  # Python refuses to print a very long one
        return f"a number of about {round(value.bit_length() * 0.30103):,} digits"
    text = value if isinstance(value, str) else repr(value)
    text = _UNPRINTABLE.sub(lambda found: repr(found[0])[1:-1], text[: most + 1])
    return text if len(text) <= most else text[: most - 1] + "…"


def wrong_key(key: str, known: Mapping[str, object]) -> str:
    """What is wrong with a key; empty if nothing is."""
    if len(key) > MAX_KEY:
        return f"a key of {len(key):,} letters; at most {MAX_KEY}"
    if _UNPRINTABLE.search(key):
        return f"the key '{shown(key)}' holds a control character"
    return f"the key '{shown(key)}' occurs twice" if key in known else ""


def whole_number(text: str) -> int:
    """``text``, which is all digits, as a number; its digits are counted before it is parsed."""
    digits = len(text.lstrip("+-"))
    if digits > MAX_DIGITS:
        raise Problem(f"a number of {digits:,} digits; at most {MAX_DIGITS}")
    return int(text)
