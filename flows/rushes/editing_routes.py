"""The addresses under which a page edits the cuts of an episode.

In: an archive.      Out: routes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from flows.rushes import cut_editing
from flows.rushes.archive import Archive
from flows.rushes.previews import Previewer
from flows.rushes.requests import cut_number, episode_id, sent


def routes(archive: Archive) -> list[Route]:
    editing, api = _Editing(archive, Previewer()), "/api/episodes/{id}"
    return [
        Route(api + "/cuts/{cut}", editing.form),
        Route(api + "/previews", editing.preview, methods=["POST"]),
        Route(api + "/edits", editing.save, methods=["POST"]),
        Route(api + "/versions", editing.versions),
        Route(api + "/restores", editing.restore, methods=["POST"]),
    ]


@dataclass(frozen=True)
class _Editing:
    archive: Archive
    previewer: Previewer

    def form(self, request: Request) -> Response:
        return JSONResponse(cut_editing.form(episode_id(request), cut_number(request), self.archive))

    def versions(self, request: Request) -> Response:
        return JSONResponse(cut_editing.versions(episode_id(request), self.archive))

    async def preview(self, request: Request) -> Response:
        id, text = episode_id(request), await sent(request)
        drawn = await run_in_threadpool(cut_editing.preview, id, text, self.archive, self.previewer)
        return Response(drawn, media_type="image/webp")

    async def save(self, request: Request) -> Response:
        return await self._changed(request, cut_editing.save)

    async def restore(self, request: Request) -> Response:
        return await self._changed(request, cut_editing.restore)

    async def _changed(
        self, request: Request, change: Callable[[str, bytes, Archive], dict[str, Any]]
    ) -> Response:
        id, text = episode_id(request), await sent(request)
        return JSONResponse(await run_in_threadpool(change, id, text, self.archive), 201)
