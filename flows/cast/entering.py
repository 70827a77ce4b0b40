"""Put an approved sheet into the bible: its pictures as locked reference art, with their origin.

In: an approved casting.      Out: PNG files beside the bible, and the bible's text with them.
Calling it again changes nothing. References that a person put there by hand stay, behind the approved ones.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assets import files
from assets.errors import DecisionRefused, StorageFailed
from assets.loader import read_text
from assets.plain import typed
from assets.sheets.bible import Approval, Bible, Character, Reference
from assets.sheets.casting import Candidate, CastBoard
from assets.sheets.production import Ref
from assets.show_art import with_references
from assets.store.records import Casting
from assets.vault import Vault
from flows.cast.order import Show, bible_at

ART = "art"
MOST = 8


@dataclass(frozen=True)
class _Picture:
    view: Literal["sheet", "front", "face"]
    image: Ref
    recipe: str


def show_of(casting: Casting, out: Path) -> Show | None:
    """The show where this machine has it; None where it lies elsewhere."""
    file = bible_at(casting.bible, out)
    if not file.is_file():
        return None
    show = Show(Bible.read(file), file)
    return show if show.bible.id == casting.show else None


def check(casting: Casting, candidate: Candidate, out: Path) -> None:
    """Refuse an approval that could not be put into the bible, before it is recorded.

    Where a run waits elsewhere, that run enters the sheet, and this machine need not see the bible.
    """
    show = show_of(casting, out)
    if show is None:
        if casting.run:
            return
        raise DecisionRefused(
            f"The bible of {casting.show} is not at {bible_at(casting.bible, out)} on this machine, so the sheet could "
            "not be stored there. Decide on the machine that has it."
        )
    if show.in_library:
        own = f"{casting.show}-own"
        raise DecisionRefused(
            f"{casting.show} belongs to Sakuga's library, which stays as it is. Copy it first: "
            f"`sakuga show copy {typed(casting.show)} {typed(own)}`; then "
            f"`sakuga cast {typed(casting.character)} --show {typed(own)}` finds these candidates again."
        )
    who = _character(show.bible, casting.character)
    references = _references(who, casting, candidate, by="x", at="")
    if len(references) > MOST:
        raise DecisionRefused(
            f"{who.id} has {len(references)} references with the sheet, and at most {MOST} are allowed. Remove some "
            f"of your own from {show.file}."
        )
    with_references(read_text(show.file, "a bible"), show.file, who.id, references)


def enter(casting: Casting, out: Path, vault: Vault) -> Path | None:
    """Store the approved sheet; its file, or None where this machine does not have the bible.

    raises  StorageFailed when the casting approves nothing that can be found
    """
    show = show_of(casting, out)
    candidate = casting.shows.candidate(casting.candidate)
    if show is None or show.in_library:
        return None
    if casting.verdict != "approve" or candidate is None:
        raise StorageFailed(f"Casting {casting.id} of {casting.name} approves no candidate that it shows.")
    who = _character(show.bible, casting.character)
    references = _references(who, casting, candidate, by=casting.made_by or "", at=casting.closed_at or "")
    folder = files.folder_in(show.file.parent, ART)
    for picture in _pictures(casting.shows, candidate):
        path = folder / _name(who, picture)
        if not path.exists() or path.stat().st_size != picture.image.bytes:
            files.copy(vault.local(picture.image), path)
        vault.keep_ref(picture.image)  # another machine may take it from there
    if who.art.references != references:
        text = read_text(show.file, "a bible")
        files.write(show.file, with_references(text, show.file, who.id, references))
    return folder / _name(who, _pictures(casting.shows, candidate)[0])


def approved(who: Character) -> Approval | None:
    """How the character's approved sheet was made, if the bible has one."""
    return next((one.approved for one in who.art.references if one.approved), None)


def pictures_of(board: CastBoard, candidate: Candidate) -> list[Ref]:
    """The pictures of a candidate that become reference art."""
    return [picture.image for picture in _pictures(board, candidate)]


def _pictures(board: CastBoard, candidate: Candidate) -> list[_Picture]:
    found = [_Picture("sheet", candidate.sheet, candidate.recipe)]
    for view in ("face", "front"):
        picture = candidate.picture(view)
        if picture is not None and picture.image != candidate.sheet:
            found.append(_Picture(view, picture.image, picture.recipe))
    return found


def _references(
    who: Character, casting: Casting, candidate: Candidate, *, by: str, at: str
) -> tuple[Reference, ...]:
    board, maker = casting.shows, casting.shows.maker
    drawn = f"Drawn by {maker.name} in profile {board.profile}, seed {candidate.seed}; approved by {by}"
    new = tuple(
        Reference(
            file=f"{ART}/{_name(who, picture)}",
            sha256=picture.image.sha256,
            bytes=picture.image.bytes,
            origin=drawn[:500],
            approved=Approval(
                view=picture.view,
                painter=maker.name,
                weights=maker.weights,
                revision=maker.revision,
                licence=maker.licence,
                recipe=picture.recipe,
                seed=candidate.seed,
                basis=board.basis,
                by=by,
                at=at,
            ),
        )
        for picture in _pictures(board, candidate)
    )
    return (*new, *(one for one in who.art.references if one.approved is None))


def _name(who: Character, picture: _Picture) -> str:
    return f"{who.id}-{picture.view}-{picture.image.sha256[:8]}.png"


def _character(bible: Bible, id: str) -> Character:
    found = next((who for who in bible.characters if who.id == id), None)
    if found is None:
        raise DecisionRefused(f"The bible of {bible.id} has no character {id!r} any more.")
    return found
