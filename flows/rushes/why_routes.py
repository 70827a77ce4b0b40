"""The addresses that explain one frame of a delivered episode, as a page and as a document.

In: an archive.      Out: routes.
"""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from flows.rights.why import why
from flows.rights.why_parts import Why
from flows.rights.why_text import page
from flows.rushes import shell
from flows.rushes.archive import Archive, NotHere
from flows.rushes.requests import cut_number, episode_id

TITLES = ("opening", "credits")
LONGEST = 7  # digits of a frame


def routes(archive: Archive) -> list[Route]:
    pages, place = _Pages(archive), "/episodes/{id}/why/{cut}/{frame}"
    return [Route(place, pages.page), Route(f"/api{place}", pages.document)]


@dataclass(frozen=True)
class _Pages:
    archive: Archive

    def page(self, request: Request) -> Response:
        told = self._told(request)
        return HTMLResponse(
            shell.text(
                f"{told.segment}, frame {told.frame} · Sakuga", page(told, f"/episodes/{episode_id(request)}")
            )
        )

    def document(self, request: Request) -> Response:
        return JSONResponse({"sakuga": "why", "version": 1, **self._told(request).model_dump(mode="json")})

    def _told(self, request: Request) -> Why:
        item, asked = self.archive.find(episode_id(request)), request.path_params
        frame = asked["frame"]
        if not (frame.isascii() and frame.isdecimal() and len(frame) <= LONGEST):
            raise NotHere("A frame is a number, counted from 0.")
        name = asked["cut"] if asked["cut"] in TITLES else cut_number(request)
        return why(self.archive.store, self.archive.vault, item.key, name, int(frame))
