"""What a profile may say to an adapter beyond its name: one frozen sheet per adapter.

An adapter that takes options declares ``Options`` and accepts them in ``load(device, options)``; a
card that depends on them comes from ``carded(options)``. The lease reads them before any weight is touched.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import ValidationError

from assets.errors import InputRefused
from assets.sheets.base import Part


class Options(Part):
    """Base of every adapter's options."""

    aside: ClassVar[frozenset[str]] = frozenset()
    """Fields that change how an answer is fetched and never what it says: they stay out of the recipe."""

    def ingredients(self) -> dict[str, Any]:
        """What enters the recipe key."""
        return self.model_dump(mode="json", exclude=set(self.aside))


def options_for(adapter: Any, given: Mapping[str, Any]) -> Options | None:
    """``given`` as the adapter's own sheet; None for an adapter that takes nothing."""
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
            f"{'.'.join(map(str, one['loc'])) or 'options'}: {one['msg']}" for one in error.errors()
        )
        known = ", ".join(declared.model_fields)
        raise InputRefused(f"The {name} cannot use its options: {faults}. It takes {known}.") from error
