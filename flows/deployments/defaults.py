"""Defaults of a studio: a Prefect Variable with what an order does not say.

In: the Variable ``sakuga_defaults``, such as {"profile": "animatic", "gates": ["storyboard"]}.      Out: a brief.
"""

from typing import Any, cast

from prefect.variables import Variable
from pydantic import ValidationError

from assets.errors import InputRefused
from flows.episode.brief import Brief

NAME = "sakuga_defaults"
# These say which episode it is: one value for all would be wrong.
NEVER = frozenset({"script", "name", "same_episode"})


def studio() -> dict[str, Any]:
    """The content of the Variable; empty when there is none."""
    return checked(cast(Any, Variable.get(NAME, default=None)))


def checked(found: object) -> dict[str, Any]:
    """``found`` if it may be the Variable's content; empty for None."""
    if found is None:
        return {}
    known = sorted(Brief.model_fields.keys() - NEVER)
    if not isinstance(found, dict) or (strange := sorted(found.keys() - set(known))):
        what = f"names {', '.join(strange)}" if isinstance(found, dict) else f"is {found!r}"
        raise InputRefused(
            f"The Prefect Variable {NAME} {what}. It is a mapping with these names: {', '.join(known)}."
        )
    return found


def applied(brief: Brief) -> Brief:
    """``brief`` with the studio's defaults for the fields that it does not give."""
    missing = {name: value for name, value in studio().items() if name not in brief.model_fields_set}
    if not missing:
        return brief
    try:
        return Brief.model_validate({**brief.model_dump(exclude_unset=True), **missing})
    except ValidationError as error:
        [first, *_] = error.errors()
        place = ".".join(map(str, first["loc"]))
        raise InputRefused(f"The Prefect Variable {NAME} is wrong at {place}: {first['msg']}.") from error
