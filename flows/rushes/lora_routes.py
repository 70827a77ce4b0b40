"""The addresses of trained LoRAs: the validation sheet, its pictures, and the decision.

In: an archive, a picture cache, requests of the room.      Out: routes.
Every picture is looked up in its validation; no part of a request is used as a path.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from assets.errors import RunAsleep
from assets.plain import visible
from assets.sheets.base import Part, Typed
from assets.sheets.production import Ref
from assets.sheets.validation import Column, Validation
from flows.rushes import shell
from flows.rushes.archive import Archive, NotHere
from flows.rushes.guard import Lock
from flows.rushes.pictures import PictureCache
from flows.rushes.requests import digest, sent
from flows.rushes.sent import Name, read
from flows.rushes.sized import sized
from flows.training import approvals
from flows.training.approvals import Decision, Standing, Verdict
from stages.validation.measuring import closed, gains


class Sent(Part):
    """The JSON that a page sends."""

    by: Name
    verdict: Verdict
    strength: float | None = Field(default=None, ge=-2, le=2)
    note: Typed = Field(default="", max_length=approvals.LONGEST)


def routes(archive: Archive, pictures: PictureCache, lock: Lock, *, you: str) -> list[Route]:
    """The addresses of the pages and data about trained LoRAs. ``you``: the name of who decides, where it is known."""
    room = _Loras(archive, pictures, lock, you)
    return [
        Route("/loras", room.page),
        Route("/loras/{sha256}", room.page),
        Route("/api/loras", room.list),
        Route("/api/loras/{sha256}", room.one),
        Route("/api/loras/{sha256}/decisions", room.decide, methods=["POST"]),
        Route("/loras/{sha256}/pictures/{picture}/{width}", room.picture),
    ]


@dataclass(frozen=True)
class _Loras:
    archive: Archive
    pictures: PictureCache
    lock: Lock
    you: str

    def page(self, request: Request) -> Response:
        which = ""
        if request.path_params:
            which = self._standing(request).document.sha256  # an address that names nothing is told at once
        return HTMLResponse(shell.lora(which, word=self.lock.word, you=self.you))

    def list(self, request: Request) -> Response:
        """Every validation, those that wait first, then the newest."""
        found = sorted(
            approvals.listed(self.archive.store), key=lambda one: (one.state != "waits", -one.asked.number)
        )
        return JSONResponse({"loras": [self._summary(one) for one in found]})

    def one(self, request: Request) -> Response:
        standing = self._standing(request)
        return JSONResponse(self._shown(standing))

    async def decide(self, request: Request) -> Response:
        text = await sent(request)
        return JSONResponse(await run_in_threadpool(self._decided, request, text), 201)

    def picture(self, request: Request) -> Response:
        wanted = request.path_params["picture"]
        ref = _refs(self._standing(request).read(self.archive.vault)).get(wanted)
        if ref is None:
            raise NotHere("The validation has no such picture. Load its page again.")
        return sized(self.archive.vault.local(ref), ref, request, self.pictures)

    def _standing(self, request: Request) -> Standing:
        wanted = digest(request)
        found = next(
            (one for one in approvals.listed(self.archive.store) if one.document.sha256 == wanted), None
        )
        if found is None:
            raise NotHere("There is no such validation here. `sakuga lora validate` makes one.")
        return found

    def _decided(self, request: Request, text: bytes) -> dict[str, Any]:
        asked, standing = read(text, Sent, again="Load the page again."), self._standing(request)
        decision = Decision(standing.document.sha256, asked.verdict, asked.strength, asked.note)
        told = ""
        try:
            approvals.decide(self.archive.store, self.archive.vault, decision, by=asked.by, door="rushes")
        except RunAsleep as asleep:
            told = str(asleep)
        return {**self._shown(self._standing(request)), "told": told}

    def _summary(self, one: Standing) -> dict[str, Any]:
        made = one.read(self.archive.vault)
        best = made.column(one.strength if one.strength is not None else made.proposed)
        return {
            "id": one.document.sha256,
            "name": one.name,
            "subject": made.subject.words,
            "base": made.candidate.base,
            "state": one.state,
            "strength": one.strength,
            "at": one.asked.made_at,
            "picture": (best or made.columns[0]).pictures[0].sha256,
        }

    def _shown(self, one: Standing) -> dict[str, Any]:
        made = one.read(self.archive.vault)
        event = one.decided
        return {
            **self._summary(one),
            "painter": made.painter,
            "trigger": visible(made.candidate.trigger),
            "lora": made.candidate.ref.sha256,
            "dataset": made.candidate.dataset,
            "proposed": made.proposed,
            "gains": gains(made.columns, made.held_out.floor),
            "sheet": made.picture.sha256,
            "cuts": [{"cut": cut.cut, "action": visible(cut.action)} for cut in made.cuts],
            "columns": [_column(column, made) for column in made.columns],
            "art": {
                "dataset": made.held_out.dataset,
                "floor": made.held_out.floor,
                "works": [ref.sha256 for ref in made.held_out.works],
            },
            "learnt": made.learnt.model_dump() if made.learnt else None,
            "decision": {
                "verdict": event.body["verdict"], "by": visible(event.made_by), "at": event.made_at,
                "note": visible(str(event.body.get("note", ""))),
            } if event else None,
        }  # fmt: skip


def _column(column: Column, made: Validation) -> dict[str, Any]:
    return {
        "kind": column.kind,
        "strength": column.strength,
        "pictures": [ref.sha256 for ref in column.pictures],
        "nearer": None if column.kind == "without" else closed(column, made.columns, made.held_out.floor),
        **column.readings.model_dump(),
    }


def _refs(made: Validation) -> Mapping[str, Ref]:
    every = (made.picture, *made.held_out.works, *(ref for column in made.columns for ref in column.pictures))
    return {ref.sha256: ref for ref in every}
