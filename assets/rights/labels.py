"""What the law of a territory asks of a video that was made with AI: a visible label, and keys of its metadata.

In: the policy of a delivery.      Out: what is due, the words of the label, the metadata.
What each territory asks is data: assets/library/rights/labels.yaml.  Knows nothing about pictures.
"""

import json
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import ClassVar

from pydantic import Field

from assets.errors import InputRefused
from assets.sheets.base import Part, Sheet
from assets.sheets.policy import Policy
from assets.sheets.territories import Listed, countries

TABLE = Path(__file__).parents[1] / "library" / "rights" / "labels.yaml"
_PRODUCER, _CONTENT = "{producer}", "{content}"


class Asked(Part):
    """What one territory asks."""

    code: Listed
    law: str
    since: date = Field(description="It applies from this day")
    source: str = Field(description="Where the text of the law is")
    text: str = Field(min_length=1, max_length=20, description="The visible label")
    seconds: float = Field(default=0, ge=0, description="s the label is shown at least; 0: not stated")
    letter: float = Field(
        default=0, ge=0, lt=1, description="Height of a letter at least, as a share of the shortest side"
    )
    metadata: dict[str, str | dict[str, str]] = Field(
        description="Keys of the file; a mapping is written as JSON"
    )

    @property
    def names_producer(self) -> bool:
        """Whether its metadata says who made it."""
        return any(
            _PRODUCER in (value if isinstance(value, str) else value.values())
            for value in self.metadata.values()
        )


class LabelTable(Sheet):
    """What the territories ask that ask for something."""

    sheet: ClassVar[str] = "labels"

    checked: date = Field(description="Last day on which a person compared it with the laws")
    territories: tuple[Asked, ...]


@cache
def table() -> LabelTable:
    """The table that is shipped."""
    return LabelTable.read(TABLE)


def due(rules: Policy) -> tuple[Asked, ...]:
    """What the territories of a policy ask; ``worldwide``: what any known territory asks.

    A policy that names none has not said where it is shown, and nothing is labelled: see ``unstated``.

    raises  InputRefused where a territory wants the producer named and the policy does not say who it is
    """
    shown = countries(rules.territories)
    asked = tuple(one for one in table().territories if countries([one.code]) & shown)
    for one in asked:
        if one.names_producer and not rules.producer:
            raise InputRefused(
                f"Policy {rules.name} delivers to {one.code}, where {one.law} wants the producer named in the "
                "file. Add a line such as 'producer: NAME OR REGISTRATION CODE' to the policy."
            )
    return asked


def unstated(rules: Policy) -> tuple[str, ...]:
    """What a delivery says where nobody stated its territories; nothing where somebody did, or it is not sold."""
    if rules.territories or not rules.commercial:
        return ()
    return (
        f"Policy {rules.name} does not say where this is shown, so it has no label of AI, which "
        f"{' and '.join(one.code for one in table().territories)} ask for. Before it is shown there, write "
        "'territories: [worldwide]' and 'producer: NAME' into a client's policy, and run it again.",
    )


def words(asked: Sequence[Asked]) -> str:
    """The visible label for all of them; empty where nothing is asked."""
    return " / ".join(dict.fromkeys(one.text for one in asked))


def metadata(asked: Asked, *, producer: str, content: str) -> dict[str, str]:
    """The keys of the file for one territory.

    producer  name or registration code of who delivers
    content   what identifies the content: another picture or sound has another
    """
    filled = {_PRODUCER: producer, _CONTENT: content}
    return {
        key: filled.get(value, value)
        if isinstance(value, str)
        else json.dumps(
            {name: filled.get(text, text) for name, text in value.items()},
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for key, value in asked.metadata.items()
    }
