"""The maker of a model as a record of rights: a work, and what its licence grants.

In: a Maker, as a model's card or a training states it.      Out: a person, a work and a grant; or why they are unclear.
"""

from typing import cast, get_args

from assets.errors import InputRefused
from assets.hashing import digest
from assets.rights.licences import alternatives, facts
from assets.sheets.casting import Maker
from assets.sheets.rights import DataClass, Grant, Person, Rights, Work


def model(maker: Maker, sort: str) -> Rights:
    """The model as a work, and what its licence grants; the same for everything that is made with this revision.

    sort  what it is, such as painter; a part of its id
    """
    mark = digest([maker.name, maker.weights, maker.revision, maker.licence, maker.data])[:16]
    person = Person(id=f"makers-{mark}", name=f"The makers of {maker.name}")
    weights = "" if maker.weights == "none" else f" ({maker.weights[:200]})"
    work = Work(id=f"{sort}-{mark}", title=f"The {sort} {maker.name}{weights}", kind="model")
    grant = Grant(
        id=f"licence-{mark}",
        by=person.id,
        works=(work.id,),
        licence=maker.licence,
        data_class=cast(DataClass, maker.data),
        scope=("generate", "train", "merge") if maker.data == "owned" else ("generate",),
    )
    return Rights(people=(person,), works=(work,), grants=(grant,))


def unclear(maker: Maker) -> str:
    """Why the terms of the model are not known; empty if they are."""
    if maker.data not in get_args(DataClass):
        return f"the origin of the data of {maker.name} is {maker.data!r}"
    try:
        ways = alternatives(maker.licence)
    except InputRefused as refused:
        return str(refused)
    unknown = sorted({key for way in ways for key in way if key not in facts()})
    return (
        f"the terms of {', '.join(unknown)}, the licence of {maker.name}, are not known here"
        if unknown
        else ""
    )
