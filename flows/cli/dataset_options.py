"""Values of the options of `sakuga dataset`: checked, or refused in a sentence that names the option.

In: option values.      Out: the rights of art, how it is shown, the options of an adapter.
"""

from collections import Counter
from pathlib import Path
from typing import Any, cast, get_args

from assets.errors import InputRefused
from assets.rights.licences import alternatives
from assets.sheets.base import Part, readable
from assets.sheets.bible import Id
from assets.sheets.dataset import Dataset, Rights, Showing
from assets.sheets.rights import DataClass
from flows.terminal import arguments


class _Ground(Part):
    """The id of a grant, as the registry takes it."""

    grant: Id


def named(name: str, show: str) -> None:
    """Refuse a name or a show that no dataset can have, before any art is read."""
    arguments.build(Dataset, name=name, show=show)


def rights(creator: str, licence: str, grant: str, data: str) -> Rights:
    """Whose the art is, and what allows its use."""
    if not licence and not grant:
        raise InputRefused(
            "Nothing says what allows the use of this art. Give --licence, such as CC0-1.0 or LicenseRef- and a name "
            "for a contract of your own, or --grant, the id of a grant that `sakuga rights add` registered."
        )
    if licence:
        alternatives(licence)
    origin = cast("DataClass", arguments.chosen(data, get_args(DataClass), "--data"))
    if grant:
        arguments.build(_Ground, grant=grant)
    return arguments.build(Rights, creator=creator, licence=licence, grant=grant, training_data=origin)


def taken(given: Rights, made: Dataset, folder: Path) -> None:
    """Refuse rights that no work has: those that are listed keep their own, and none is new."""
    if any(work.rights == given for work in made.works):
        return
    listed = Counter(work.rights for work in made.works).most_common(1)[0][0]
    names = {"creator": "--creator", "licence": "--licence", "grant": "--grant", "training_data": "--data"}
    differ = [
        f"{option} is {getattr(given, name) or 'not given'} here and {getattr(listed, name) or 'empty'} there"
        for name, option in names.items()
        if getattr(given, name) != getattr(listed, name)
    ]
    raise InputRefused(
        f"{folder / 'dataset.yaml'} lists these pictures with other rights: {'; '.join(differ)}. Nothing was changed. "
        "Give what is there, or edit `rights` of each work in that file; freeze and train go by it."
    )


def creators(made: Dataset) -> str:
    """Whose the works are, with their number."""
    counts = Counter(work.rights.creator for work in made.works)
    return ", ".join(
        f"{number} {'picture' if number == 1 else 'pictures'} by {creator}"
        for creator, number in counts.items()
    )


def showing(settings: list[str], before: Dataset | None) -> Showing:
    """The settings given, over those of the file that is there."""
    from pydantic import ValidationError

    given = _pairs(settings, "--set resolution=512")
    old = before.showing.model_dump() if before else {}
    clips = {key.removeprefix("clips."): given.pop(key) for key in list(given) if key.startswith("clips.")}
    whole: dict[str, Any] = {**given, **({"clips": (old.get("clips") or {}) | clips} if clips else {})}
    try:
        return Showing.model_validate(old | whole)
    except ValidationError as error:
        raise InputRefused(readable(error, "--set")) from error


def adapter_options(settings: list[str]) -> dict[str, Any]:
    """Options of an adapter; a dot in a name goes one level down."""
    options: dict[str, Any] = {}
    for key, value in _pairs(settings, "--set model=qwen3-vl").items():
        *above, last = key.split(".")
        at = options
        for name in above:
            at = at.setdefault(name, {})
            if not isinstance(at, dict):
                raise InputRefused(f"--set {key}: {name} was given a value already. Leave one of both out.")
        at[last] = value
    return options


def _pairs(settings: list[str], such_as: str) -> dict[str, str]:
    given: dict[str, str] = {}
    for setting in settings:
        key, sign, value = setting.partition("=")
        if not sign:
            raise InputRefused(f"--set {setting}: write NAME=VALUE, such as {such_as}.")
        given[key.strip()] = value.strip()
    return given
