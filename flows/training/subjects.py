"""Read whose LoRA or whose art is meant, and at which strengths, from the words of a command."""

import math
import re

from assets import show as shows
from assets.errors import InputRefused
from assets.sheets.validation import Role, Subject
from models.training.families import card
from stages.dataset.bible_captions import BibleCaptions

MOST = 8  # strengths, each a column of the sheet


def subject_of(show: str, character: str, place: str) -> Subject:
    """The character, place or style of a show; refused if the bible does not have it."""
    if character and place:
        raise InputRefused("Give --character or --place, not both: one LoRA teaches one thing.")
    bible = shows.load(show)
    role: Role = "character" if character else "place" if place else "style"
    id = character or place
    known = [item.id for item in (bible.characters if character else bible.places)]
    if id and id not in known:
        raise InputRefused(f"{bible.id} has no {role} {id!r}. There are: {', '.join(known) or 'none'}.")
    return Subject(show=bible.id, role=role, id=id)


def captions_of(show: str, family: str, trigger: str, *, prior: bool) -> BibleCaptions:
    """The bible of a show, for captions that models of a family read."""
    if prior:
        raise InputRefused(
            "--prior adds pictures of the class, and --bible captions pictures of a character. Give one, and add the "
            "other pictures from a folder of their own."
        )
    return BibleCaptions(shows.load(show), card(family), trigger)


def show_of(show: str, captions: BibleCaptions | None) -> str:
    """The show of a dataset: as said, or the one of its bible."""
    if captions is None:
        return show
    if show not in ("", captions.bible.id):
        raise InputRefused(
            f"--show is {show!r}, and --bible is the bible of {captions.bible.id}. Give one show."
        )
    return captions.bible.id


def named(text: str) -> str:
    """A name for a LoRA from a file's name: a-z, 0-9 and -."""
    name = re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")[:64].strip("-")
    if not name:
        raise InputRefused(
            f"{text[:64]!r} gives no name for a LoRA. Give one of a-z, 0-9 and -: --name nagi."
        )
    return name


def strengths_of(text: str) -> tuple[float, ...]:
    """Numbers between -2 and 2, separated by commas."""
    found = []
    for word in text.split(","):
        try:
            value = float(word)
        except ValueError:
            value = math.nan
        if not -2 <= value <= 2 or value == 0:
            raise InputRefused(
                f"--strengths: {word.strip()!r} is no strength. Give numbers from -2 to 2 without 0, such as 0.4,0.7,1."
            )
        found.append(value)
    if len(set(found)) > MOST:
        raise InputRefused(f"--strengths names {len(set(found))}; a sheet has room for {MOST}.")
    return tuple(sorted(set(found)))
