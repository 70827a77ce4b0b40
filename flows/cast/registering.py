"""The record of rights of an approved sheet: a work that derives from its painter and from the art it was drawn with.

In: a casting, the chosen candidate.      Out: a Rights sheet for the registry, or a sentence why there is none.
Nothing is registered that would be freer than what it was drawn from.
"""

from typing import cast, get_args

from assets.errors import InputRefused
from assets.hashing import digest
from assets.rights.licences import alternatives, facts
from assets.rights.registry import Registry
from assets.sheets.casting import Candidate, Maker
from assets.sheets.production import Ref
from assets.sheets.rights import DataClass, Grant, Person, Rights, Source, Work
from assets.store.records import Casting


def rights_of(
    casting: Casting, candidate: Candidate, pictures: list[Ref], registry: Registry
) -> tuple[Rights | None, str]:
    """The sheet's record, or a sentence that says why it stays unregistered."""
    board = casting.shows
    known = {sha256 for work in registry.works.values() for sha256 in work.files}
    new = [ref.sha256 for ref in pictures if ref.sha256 not in known]
    if not new:
        return None, ""
    if missing := [sha256 for sha256 in board.ingredients if registry.work_of(sha256) is None]:
        return None, (
            f"The sheet is not registered: it was drawn with art that is not ({missing[0][:12]}). A policy that wants "
            "registered art refuses it; register both with `sakuga rights add`."
        )
    if why := _unclear(board.maker):
        return None, f"The sheet is not registered: {why}. Register it yourself with `sakuga rights add`."
    people, works, grants = _model(board.maker)
    sources = [Source(work=work.id) for work in works]
    drawn_with = [registry.work_of(sha256) for sha256 in board.ingredients]
    sources += [Source(work=id) for id in dict.fromkeys(work.id for work in drawn_with if work)]
    own = Work(
        id=f"sheet-{digest([casting.show, casting.character, candidate.sheet.sha256])[:16]}",
        title=f"Character sheet of {board.title} ({casting.show})",
        kind="picture",
        files=tuple(new),
        sources=tuple(sources),
    )
    return Rights(people=people, works=(*works, own), grants=grants), ""


def _model(maker: Maker) -> tuple[tuple[Person, ...], tuple[Work, ...], tuple[Grant, ...]]:
    """The painter as a work, and what its licence grants; the same for every sheet of this revision."""
    mark = digest([maker.name, maker.weights, maker.revision, maker.licence, maker.data])[:16]
    person = Person(id=f"makers-{mark}", name=f"The makers of {maker.name}")
    weights = "" if maker.weights == "none" else f" ({maker.weights[:200]})"
    work = Work(id=f"painter-{mark}", title=f"The painter {maker.name}{weights}", kind="model")
    grant = Grant(
        id=f"licence-{mark}",
        by=person.id,
        works=(work.id,),
        licence=maker.licence,
        data_class=cast(DataClass, maker.data),
        scope=("generate", "train", "merge") if maker.data == "owned" else ("generate",),
    )
    return (person,), (work,), (grant,)


def _unclear(maker: Maker) -> str:
    """Why the terms of the painter are not known; empty if they are."""
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
