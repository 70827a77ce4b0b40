"""The next round of a casting, drawn from the room: on the studio's server, or beside the room.

In: the last round of a character.      Out: an order that is given; or how far the drawing is.
The order repeats what the last round shows: its profile, how many candidates, which views.
"""

import shlex
from typing import Any

from assets.errors import InputRefused
from assets.store.ledger import now
from assets.store.records import Casting
from flows.cast import entering
from flows.cast.drawing_note import drawing
from flows.cast.order import ALL, CastOrder, bible_at
from flows.rushes.archive import Archive
from flows.rushes.studio_routes import Studio
from flows.settings import settings


def start(casting: Casting, archive: Archive, studio: Studio) -> None:
    """Give the order to draw; its pictures come by themselves.

    raises  InputRefused where nothing is to be drawn, or the bible or the profile is not here
    """
    if not _wants(casting):
        raise InputRefused(
            f"Round {casting.round} of {casting.name} waits for a decision, or is decided. Ask for others first."
        )
    if run_draws(casting):
        raise InputRefused(f"A run waits for this decision about {casting.name}, and draws the next round.")
    if drawing(casting.show, casting.character, settings(archive.out)) is not None:
        raise InputRefused(f"{casting.name} is being drawn already. Its page shows how far it is.")
    studio.starter.cast(casting.name, _order(casting, archive, studio))


def standing(casting: Casting, archive: Archive, studio: Studio | None) -> dict[str, Any] | None:
    """What the page tells of the next round; None where none is wanted."""
    at = drawing(casting.show, casting.character, settings(archive.out))
    if at is None and not _wants(casting):
        return None
    ordered = studio.starter.casting(casting.name) if studio else None
    return {
        "live": {"step": "sheet", "name": "", "done": at.done, "of": at.of, "left_s": at.left_s}
        if at
        else None,
        "at_work": at is not None or (ordered is not None and not ordered.problem),
        "waits": ordered.waits if ordered and at is None else "",
        "problem": ordered.problem if ordered and at is None else "",
        "starts": studio is not None and not run_draws(casting),
        "command": command(casting),
    }


def command(casting: Casting) -> str:
    """What a person types instead."""
    words = (casting.character, "--show", casting.show, "--profile", casting.shows.profile)
    return shlex.join(("sakuga", "cast", *words))


def run_draws(casting: Casting) -> bool:
    """Whether the run that asked reads this decision and draws; the one of an expired round has ended."""
    return bool(casting.run) and casting.verdict == "again"


def _wants(casting: Casting) -> bool:
    """Whether another round is to be drawn, or this one opened again."""
    if casting.state == "open":
        return casting.until <= now()
    return casting.verdict == "again" or casting.state in ("expired", "withdrawn")


def _order(casting: Casting, archive: Archive, studio: Studio) -> CastOrder:
    show = entering.show_of(casting, archive.out)
    if show is None:
        raise InputRefused(
            f"The bible of {casting.show} is not at {bible_at(casting.bible, archive.out)} on this machine. Draw on "
            f"the machine that has it: {command(casting)}"
        )
    board = casting.shows
    views = {picture.view for one in board.candidates for picture in one.pictures}
    return CastOrder(
        character=casting.character,
        show=casting.show if show.in_library else str(show.file.parent.absolute()),
        profile=studio.project.look_called(board.profile),
        out=archive.out.absolute(),
        count=len(board.candidates),
        views=tuple(view for view in ALL if view in views),
    )
