"""Prompts for writers as versioned data, and the only way script text gets into them.

In: a name, and the data for it.      Out: the text to send, and a digest for the recipe.
A prompt is a YAML file in ``assets/library/prompts``: about, version, and text with ``{{slots}}``. The content of
a slot is data: it is written as JSON, so that it can neither close its quotes nor end the turn.
"""

import json
import re
import unicodedata
from functools import cache
from pathlib import Path

from pydantic import Field, ValidationError

from assets.errors import InputRefused, SheetRefused
from assets.hashing import digest
from assets.loader import parse_yaml, read_text
from assets.sheets.base import Part, readable

LIBRARY = Path(__file__).parent / "library" / "prompts"
_SLOT = re.compile(r"\{\{ *([a-z_]+) *\}\}")
# Chat templates mark turns with <|...|>, <s>, [INST]; data must not contain such a mark.
_MARKS = frozenset("<>[]|")
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))  # the last two end a line, like "\n"


class Prompt(Part):
    """One prompt of the library."""

    name: str
    version: int = Field(ge=1, description="Raised when the words change; enters the recipe")
    about: str = ""
    text: str = Field(min_length=1)

    @property
    def digest(self) -> str:
        """The part of the recipe key."""
        return digest({"name": self.name, "version": self.version, "text": self.text})

    @property
    def slots(self) -> frozenset[str]:
        return frozenset(_SLOT.findall(self.text))

    def fill(self, **data: object) -> str:
        """The text with every slot filled; ``data`` is JSON values, quoted and never read as prompt."""
        if data.keys() != self.slots:
            raise InputRefused(
                f"The prompt {self.name!r} has the slots {', '.join(sorted(self.slots)) or '(none)'}; "
                f"it was given {', '.join(sorted(data)) or '(nothing)'}."
            )
        # One pass: slots inside the data stay plain letters.
        return _SLOT.sub(lambda slot: quoted(data[slot[1]]), self.text)


@cache
def prompt(name: str) -> Prompt:
    """A prompt of the library by its name."""
    path = LIBRARY / f"{name}.yaml"
    known = sorted(found.stem for found in LIBRARY.glob("*.yaml"))
    if name not in known:
        raise InputRefused(f"No prompt is called {name!r}. There are: {', '.join(known)}.")
    text = read_text(path, "a prompt")
    raw = parse_yaml(text, str(path))
    try:
        return Prompt.model_validate({"name": name, **(raw if isinstance(raw, dict) else {})})
    except ValidationError as error:
        raise SheetRefused(readable(error, str(path), text)) from error


def quoted(value: object) -> str:
    """``value`` as JSON on one line, without turn marks and invisible characters."""
    text = json.dumps(value, ensure_ascii=False)
    if isinstance(value, str):
        return "".join(map(_escaped, text))
    # Brackets of lists belong to JSON; only the content of strings is data.
    return re.sub(r'"(?:[^"\\]|\\.)*"', lambda found: "".join(map(_escaped, found[0])), text)


def _escaped(letter: str) -> str:
    if letter in _MARKS or unicodedata.category(letter) in _UNSEEN:
        return f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else json.dumps(letter)[1:-1]
    return letter
