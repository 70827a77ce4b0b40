"""Options of an adapter from the profile: one frozen sheet per adapter.

An adapter with options declares ``Options`` and accepts them in ``load(device, options)``. A card that depends
on them comes from ``carded(options)``. The lease reads them before any weight is loaded.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import ValidationError

from assets.errors import InputRefused
from assets.sheets.base import Part
from assets.sheets.problems import problem_in_words


class Ingredient(Part):
    """A part of options that enters the recipe key in its own way, not as it is written in the profile."""

    def ingredients(self) -> Any:
        raise NotImplementedError


class Options(Part):
    """Base class of every adapter's options."""

    aside: ClassVar[frozenset[str]] = frozenset()
    """Fields that change only how an answer is computed, never the answer: they are not in the recipe."""

    late: ClassVar[frozenset[str]] = frozenset()
    """Fields that an adapter got after pictures were made with it: while they are at their default they are not in the
    recipe either, so that it stays what it was."""

    def ingredients(self) -> dict[str, Any]:
        """The options that are part of the recipe key."""
        fields = type(self).model_fields
        unset = {
            name
            for name in self.late
            if getattr(self, name) == fields[name].get_default(call_default_factory=True)
        }
        plain = self.model_dump(mode="json", exclude=set(self.aside) | unset)
        return {name: _ingredient(getattr(self, name), written) for name, written in plain.items()}


def _ingredient(value: object, written: Any) -> Any:
    """``written``, the JSON of ``value``, with every Ingredient in it replaced by what the recipe holds of it."""
    if isinstance(value, Ingredient):
        return value.ingredients()
    if isinstance(value, Part) and isinstance(written, dict):
        return {name: _ingredient(getattr(value, name, None), item) for name, item in written.items()}
    if isinstance(value, Mapping) and isinstance(written, dict):
        return {
            str(key): _ingredient(item, written[str(key)])
            for key, item in value.items()
            if str(key) in written
        }
    if isinstance(value, tuple | list) and isinstance(written, list):
        return [_ingredient(item, plain) for item, plain in zip(value, written, strict=True)]
    return written


def options_for(adapter: Any, given: Mapping[str, Any]) -> Options | None:
    """``given`` as the adapter's own sheet; None for an adapter without options."""
    declared: type[Options] | None = getattr(adapter, "Options", None)
    name = f"{adapter.card.port} {adapter.card.name}"
    if declared is None:
        if given:
            raise InputRefused(f"The {name} takes no options; remove {', '.join(sorted(given))}.")
        return None
    try:
        return declared.model_validate(dict(given))
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, one['loc'])) or 'options'}: {problem_in_words(one)}"
            for one in error.errors()
        )
        known = ", ".join(declared.model_fields)
        raise InputRefused(f"The {name} cannot use its options: {faults}. It takes {known}.") from error
