"""Read licence expressions: SPDX, and the licences of model weights that SPDX does not list (RAIL and others).

In: an expression such as "Apache-2.0 OR CC0-1.0".      Out: its alternatives, and what each licence demands.
What each licence demands is data: assets/library/rights/licences.yaml.
"""

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from assets.errors import InputRefused
from assets.loader import shown
from assets.sheets.base import Part, Sheet

if TYPE_CHECKING:
    from license_expression import Licensing

FACTS = Path(__file__).parents[1] / "library" / "rights" / "licences.yaml"

OWN = "LicenseRef-"
"""A licence that begins with it is a contract between two parties, which no list has."""

Alternatives = frozenset[frozenset[str]]
"""The ways to satisfy an expression: each is a set of licences that apply together. No way contains another."""

NOTHING: Alternatives = frozenset({frozenset()})
"""The alternatives where no licence applies."""


class Licence(Part):
    """What one licence demands of somebody who sells a film made with it."""

    key: str
    aliases: tuple[str, ...] = ()
    commercial: bool = True
    derivatives: bool = Field(default=True, description="Training on it and merging are allowed")
    share_alike: str = Field(
        default="",
        description="The family under which a derived model or work must be published; empty: none",
    )
    attribution: bool = True
    revenue_limit: int = Field(
        default=0, ge=0, description="US dollars a year above which it does not hold; 0: no limit"
    )
    duty: str = Field(default="", description="A further duty, in a sentence")


class LicenceFacts(Sheet):
    """The licences whose terms are known here."""

    sheet: ClassVar[str] = "licences"

    licences: tuple[Licence, ...]


@cache
def facts() -> dict[str, Licence]:
    """The licences whose terms are known, by key."""
    return {licence.key: licence for licence in LicenceFacts.read(FACTS).licences}


def named(text: str) -> str | None:
    """The key of a licence that is known here by this name, in any case; None for another."""
    return _names().get(text.strip().casefold())


@cache
def _names() -> dict[str, str]:
    return {
        name.casefold(): licence.key
        for licence in facts().values()
        for name in (licence.key, *licence.aliases)
    }


def alternatives(expression: str) -> Alternatives:
    """The ways to satisfy ``expression``.

    raises  InputRefused for text that is no expression, and for a licence that nobody knows
    """
    if (plain := _plain(expression)) is not None:
        return plain
    from license_expression import ExpressionError

    licensing = _licensing()
    try:
        parsed = licensing.parse(expression.strip())
        unknown = [key for key in licensing.unknown_license_keys(parsed) if not key.startswith(OWN)]
        problem = (
            f"{', '.join(unknown)} is not known" if unknown else "" if parsed is not None else "it is empty"
        )
    except (ExpressionError, ValueError) as error:
        problem = str(error)
    if problem:
        raise InputRefused(
            f"The licence {shown(expression)!r} cannot be used: {shown(problem, 200)}. Write an SPDX expression such "
            f"as Apache-2.0 or 'Apache-2.0 OR CC0-1.0', or {OWN} and a name for a contract of your own."
        )
    return _ways(parsed)


_AND = re.compile(r" AND ", re.IGNORECASE)


def _plain(expression: str) -> Alternatives | None:
    """The answer without the library, for licences we know joined by AND: what the house's own models state."""
    known = facts()
    keys = [part.strip() for part in _AND.split(expression)]
    return frozenset({frozenset(keys)}) if all(key in known for key in keys) else None


def both(one: Alternatives, other: Alternatives) -> Alternatives:
    """The ways to satisfy both at once."""
    return _shortest({a | b for a in one for b in other})


def written(ways: Alternatives) -> str:
    """The alternatives as one expression; NONE where no licence applies."""
    texts = sorted(" AND ".join(sorted(way)) or "NONE" for way in ways)
    return " OR ".join(f"({text})" if " AND " in text and len(texts) > 1 else text for text in texts)


def _shortest(ways: set[frozenset[str]]) -> Alternatives:
    return frozenset(way for way in ways if not any(other < way for other in ways))


def _ways(parsed: Any) -> Alternatives:
    from license_expression import AND, OR

    if isinstance(parsed, AND):
        met = NOTHING
        for part in parsed.args:
            met = both(met, _ways(part))
        return met
    if isinstance(parsed, OR):
        return _shortest({way for part in parsed.args for way in _ways(part)})
    return frozenset({frozenset({str(parsed)})})


@cache
def _licensing() -> "Licensing":
    """SPDX's licences and ours. About 60 ms, so it is read when the first expression is."""
    from license_expression import build_spdx_licensing, get_license_index

    ours = facts().values()
    named = {name.casefold() for licence in ours for name in (licence.key, *licence.aliases)}
    known: list[dict[str, Any]] = [
        entry
        for entry in get_license_index()
        if (entry.get("spdx_license_key") or "").casefold() not in named
    ]
    known += [
        {"spdx_license_key": licence.key, "other_spdx_license_keys": list(licence.aliases)}
        for licence in ours
    ]
    return build_spdx_licensing(known)
