"""The addresses of castings: candidates side by side, their pictures, the decision, and the next round.

In: an archive, a picture cache, requests of the room, what it starts runs with.      Out: routes.
Every picture is looked up in its casting; no part of a request is used as a path.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from assets.errors import InputRefused, RunAsleep, SakugaError
from assets.plain import visible
from assets.sheets.base import Part
from assets.sheets.casting import CastDecision
from assets.sheets.production import Digest, Ref
from assets.store.ledger import now
from assets.store.records import Casting
from flows.cast import entering, service
from flows.review.rules import Reviewer
from flows.rushes import next_round, shell
from flows.rushes.archive import Archive, NotHere
from flows.rushes.guard import Lock
from flows.rushes.pictures import PictureCache
from flows.rushes.requests import digest, sent
from flows.rushes.sent import Name, Number, read
from flows.rushes.sized import sized
from flows.rushes.studio_routes import Studio


class Sent(Part):
    """The JSON that a page sends."""

    casting: Number
    seen: Digest = Field(description="Of what was shown to the person")
    by: Name
    decision: CastDecision


class Wanted(Part):
    """The JSON that a page sends to have the next round drawn."""

    casting: Number


@dataclass(frozen=True)
class Views:
    """What the pages show, and who looks."""

    archive: Archive
    pictures: PictureCache
    lock: Lock
    you: str


def routes(views: Views, studio: Studio | None) -> list[Route]:
    """Without a studio the next round is drawn by a command."""
    room = _Casting(views.archive, views.pictures, views.lock, views.you, studio)
    return [
        Route("/cast", room.page),
        Route("/cast/{show}/{character}", room.page),
        Route("/api/castings", room.list),
        Route("/api/castings/{show}/{character}", room.one),
        Route("/api/castings/{show}/{character}/decisions", room.decide, methods=["POST"]),
        Route("/api/castings/{show}/{character}/rounds", room.draw, methods=["POST"]),
        Route("/castings/{number}/pictures/{sha256}/{width}", room.picture),
    ]


@dataclass(frozen=True)
class _Casting:
    archive: Archive
    pictures: PictureCache
    lock: Lock
    you: str
    studio: Studio | None

    def page(self, request: Request) -> Response:
        given = request.path_params
        if given:
            self._rounds(request)  # an address that names nothing is told at once
        which = f"{given['show']}/{given['character']}" if given else ""
        return HTMLResponse(shell.casting(which, word=self.lock.word, you=self.you))

    def list(self, request: Request) -> Response:
        """The newest round of every character, those that wait first."""
        newest = {(item.show, item.character): item for item in self.archive.store.castings()}
        found = sorted(newest.values(), key=lambda item: (not _waits(item), item.show, item.character))
        return JSONResponse({"castings": [_summary(item) for item in found]})

    def one(self, request: Request) -> Response:
        """Every round of a character, the newest first."""
        rounds = self._rounds(request)
        last = rounds[-1]
        return JSONResponse(
            {
                "rounds": [_shown(item) for item in reversed(rounds)],
                "locked": self._locked(last),
                "next": next_round.standing(last, self.archive, self.studio),
            }
        )

    async def decide(self, request: Request) -> Response:
        text = await sent(request)
        return JSONResponse(await run_in_threadpool(self._decided, request, text), 201)

    async def draw(self, request: Request) -> Response:
        text = await sent(request)
        return JSONResponse(await run_in_threadpool(self._draws, request, text), 201)

    def picture(self, request: Request) -> Response:
        number = request.path_params["number"]
        if not (number.isascii() and number.isdigit() and len(number) < 10):
            raise NotHere("A casting is named by its number.")
        ref = _refs(self.archive.store.casting(int(number))).get(digest(request))
        if ref is None:
            raise NotHere("The casting has no such picture. Load its page again.")
        return sized(self.archive.vault.local(ref), ref, request, self.pictures)

    def _rounds(self, request: Request) -> tuple[Casting, ...]:
        show, character = request.path_params["show"], request.path_params["character"]
        found = self.archive.store.castings(show, character)
        if not found:
            raise NotHere(
                f"Nobody has drawn candidates of {visible(character)[:64]!r} in {visible(show)[:64]!r} yet. "
                "`sakuga cast CHARACTER --show SHOW` does."
            )
        return found

    def _decided(self, request: Request, text: bytes) -> dict[str, Any]:
        asked = read(text, Sent, again="Load the page again.")
        known = {item.id for item in self._rounds(request)}
        if asked.casting not in known:
            raise NotHere("That casting is about another character. Load the page again.")
        try:
            done = service.decide(
                self.archive, asked.casting, asked.decision, Reviewer(asked.by, "rushes", asked.seen)
            )
        except RunAsleep as asleep:
            return {**_shown(self.archive.store.casting(asked.casting)), "notes": [str(asleep)], "file": ""}
        notes = [*done.notes, *self._next(done.casting)]
        file = f"{entering.ART}/{done.file.name}" if done.file else ""
        return {**_shown(done.casting), "notes": notes, "file": file}

    def _next(self, casting: Casting) -> tuple[str, ...]:
        """Start the next round where it was asked for; why nothing was started, once the decision is recorded."""
        if casting.verdict != "again" or next_round.run_draws(casting) or self.studio is None:
            return ()
        try:
            next_round.start(casting, self.archive, self.studio)
        except SakugaError as refused:
            return (f"Nothing is drawn yet. {refused}",)
        return ()

    def _draws(self, request: Request, text: bytes) -> dict[str, Any]:
        asked = read(text, Wanted, again="Load the page again.")
        last = self._rounds(request)[-1]
        if last.id != asked.casting:
            raise InputRefused("There is a newer round. Load the page again, and look at it.")
        if self.studio is None:
            raise InputRefused(f"This room starts nothing. Draw with: {next_round.command(last)}")
        next_round.start(last, self.archive, self.studio)
        return {"next": next_round.standing(last, self.archive, self.studio)}

    def _locked(self, casting: Casting) -> str:
        """The file of the approved sheet in the bible, where this machine has it."""
        show = entering.show_of(casting, self.archive.out)
        people = show.bible.characters if show else ()
        who = next((one for one in people if one.id == casting.character), None)
        return next((one.file for one in who.art.references if one.approved), "") if who else ""


def _waits(casting: Casting) -> bool:
    return casting.state == "open" and casting.until > now()


def _summary(casting: Casting) -> dict[str, Any]:
    board = casting.shows
    chosen = board.candidate(casting.candidate) or board.candidates[0]
    return {
        "id": casting.id, "show": casting.show, "character": casting.character, "title": visible(board.title),
        "round": casting.round, "state": _state(casting), "verdict": casting.verdict, "count": len(board.candidates),
        "sheet": chosen.sheet.sha256,
    }  # fmt: skip


def _state(casting: Casting) -> str:
    return "expired" if casting.state == "open" and not _waits(casting) else casting.state


def _shown(casting: Casting) -> dict[str, Any]:
    board = casting.shows
    return {
        **_summary(casting),
        "seen": casting.seen,
        "about": visible(board.about),
        "profile": board.profile,
        "painter": board.maker.name,
        "opened_at": casting.opened_at,
        "until": casting.until,
        "note": visible(board.note),
        "reads": board.reads,
        "left_out": list(map(visible, board.left_out)),
        "runs": next_round.run_draws(casting),
        "decision": {
            "candidate": casting.candidate, "by": visible(casting.made_by or ""), "at": casting.closed_at,
            "note": visible(casting.note),
        } if casting.verdict else None,
        "candidates": [
            {
                "number": one.number,
                "seed": str(one.seed),  # a seed has more digits than a number of JavaScript
                "sheet": one.sheet.sha256,
                "pictures": {picture.view: picture.image.sha256 for picture in one.pictures},
                "prompts": {picture.view: visible(picture.prompt) for picture in one.pictures if picture.prompt},
            }
            for one in board.candidates
        ],
    }  # fmt: skip


def _refs(casting: Casting) -> Mapping[str, Ref]:
    found: dict[str, Ref] = {}
    for one in casting.shows.candidates:
        found |= {ref.sha256: ref for ref in (one.sheet, *(picture.image for picture in one.pictures))}
    return found
