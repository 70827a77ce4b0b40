"""The record of rights of an approved sheet: a work that derives from its painter and from the art it was drawn with.

In: a casting, the chosen candidate.      Out: a Rights sheet for the registry, or a sentence why there is none.
Nothing is registered that would be freer than what it was drawn from.
"""

from assets.hashing import digest
from assets.rights.registry import Registry
from assets.sheets.casting import Candidate
from assets.sheets.production import Ref
from assets.sheets.rights import Rights, Source, Work
from assets.store.records import Casting
from flows.rights.makers import model, unclear


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
    if why := unclear(board.maker):
        return None, f"The sheet is not registered: {why}. Register it yourself with `sakuga rights add`."
    painter = model(board.maker, "painter")
    sources = [Source(work=work.id) for work in painter.works]
    drawn_with = [registry.work_of(sha256) for sha256 in board.ingredients]
    sources += [Source(work=id) for id in dict.fromkeys(work.id for work in drawn_with if work)]
    own = Work(
        id=f"sheet-{digest([casting.show, casting.character, candidate.sheet.sha256])[:16]}",
        title=f"Character sheet of {board.title} ({casting.show})",
        kind="picture",
        files=tuple(new),
        sources=tuple(sources),
    )
    return painter.model_copy(update={"works": (*painter.works, own)}), ""
