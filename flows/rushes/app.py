"""The rushes room as an ASGI application: which address gives what.

In: an archive, a picture cache, a lock.      Out: an ASGI application.
Every id is checked against the store, and every hash against its episode's page. No part of a request is used
as a path.
"""

import gzip
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from assets import fonts
from assets.errors import BlobMissing, InputRefused, LockHeld, SakugaError, SetupMissing, StorageFailed
from flows.rushes import (
    cast_routes,
    credentials_routes,
    editing_routes,
    lora_routes,
    personal_routes,
    shell,
    studio_routes,
    why_routes,
)
from flows.rushes.archive import Archive, NotHere
from flows.rushes.cut_orders import carry_out
from flows.rushes.decisions import decide
from flows.rushes.guard import Guard, Lock
from flows.rushes.note_readings import reading
from flows.rushes.pictures import WIDTHS, PictureCache
from flows.rushes.ranges import Blob
from flows.rushes.requests import digest, episode_id, sent
from flows.rushes.studio_routes import Studio

STATIC = Path(__file__).parent / "static"
TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".webp": "image/webp",
}
STATUS = (
    (NotHere, 404),
    (BlobMissing, 404),
    (LockHeld, 409),
    (InputRefused, 422),
    (SetupMissing, 422),
    (StorageFailed, 503),
    (SakugaError, 500),
)


def build(
    archive: Archive, pictures: PictureCache, lock: Lock, *, you: str, studio: Studio | None = None
) -> Starlette:
    """Build the application.

    you     signs decisions until somebody types another name
    studio  where new episodes are started; none: nothing is started here
    """
    room = _Room(archive, pictures, lock, you, studio)
    media = "/episodes/{id}"
    return Starlette(
        routes=[
            Route("/", room.index),
            Route("/healthz", lambda _: PlainTextResponse("ok")),
            Route("/static/{name}", _Statics().give),
            Route("/episodes/{id}", room.episode),
            Route("/api/episodes", room.list),
            Route("/api/episodes/{id}", room.page),
            Route("/api/episodes/{id}/decisions", room.decide, methods=["POST"]),
            Route("/api/episodes/{id}/readings", room.reading, methods=["POST"]),
            Route("/api/episodes/{id}/wishes", room.order_cut, methods=["POST"]),
            *editing_routes.routes(archive),
            *personal_routes.routes(archive),
            *why_routes.routes(archive),
            *credentials_routes.routes(archive),
            *cast_routes.routes(cast_routes.Views(archive, pictures, lock, you), studio),
            *lora_routes.routes(archive, pictures, lock, you=you),
            *studio_routes.routes(archive, lock, studio, you=you),
            Route(media + "/media/{sha256}", room.media),
            Route(media + "/poster", room.poster),
            Route(media + "/thumbs/{sha256}/{width}", room.thumbnail),
            Route(media + "/waveform/{sha256}", room.waveform),
        ],
        middleware=[Middleware(Guard, lock=lock)],
        exception_handlers={SakugaError: _refused, 404: _nowhere},
    )


@dataclass(frozen=True)
class _Room:
    """One method per address; Starlette calls them in threads."""

    archive: Archive
    pictures: PictureCache
    lock: Lock
    you: str
    studio: Studio | None

    def index(self, request: Request) -> Response:
        return HTMLResponse(shell.index(word=self.lock.word, you=self.you, starts=self.studio is not None))

    def episode(self, request: Request) -> Response:
        item = self.archive.find(episode_id(request))
        starts = self.studio is not None
        return HTMLResponse(
            shell.episode(item.id, item.title, word=self.lock.word, you=self.you, starts=starts)
        )

    def list(self, request: Request) -> Response:
        return JSONResponse({"episodes": [item.model_dump(mode="json") for item in self.archive.listed()]})

    def page(self, request: Request) -> Response:
        """Everything about an episode; 204 if the page has this version already."""
        seen = self.archive.page(episode_id(request))
        if request.query_params.get("known") == seen.mark:
            return Response(None, 204)
        headers = {"etag": f'"{seen.mark}"', "cache-control": "private, no-cache", "vary": "accept-encoding"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            packed = gzip.compress(seen.text, compresslevel=4)
            return Response(packed, 200, {**headers, "content-encoding": "gzip"}, "application/json")
        return Response(seen.text, 200, headers, "application/json")

    async def decide(self, request: Request) -> Response:
        """Pass a decision to the review service in a thread, because it may wait for a run to resume."""
        done = await run_in_threadpool(decide, episode_id(request), await sent(request), self.archive)
        return JSONResponse(done, 201)

    async def reading(self, request: Request) -> Response:
        """What the words of a retake would change."""
        done = await run_in_threadpool(reading, episode_id(request), await sent(request), self.archive)
        return JSONResponse(done)

    async def order_cut(self, request: Request) -> Response:
        """Carry out an order for one cut outside a review."""
        done = await run_in_threadpool(carry_out, episode_id(request), await sent(request), self.archive)
        return JSONResponse(done, 201)

    def media(self, request: Request) -> Response:
        path, ref = self.archive.local(episode_id(request), digest(request))
        return Blob(path, ref.sha256, ref.media_type, request.headers)

    def thumbnail(self, request: Request) -> Response:
        width = request.path_params["width"]
        if width not in map(str, WIDTHS):
            raise NotHere(f"Pictures are {', '.join(map(str, WIDTHS))} pixels wide; {width!r} is not made.")
        return self._small(request, digest(request), int(width))

    def poster(self, request: Request) -> Response:
        """The picture that represents the episode: the panel a third of the way in."""
        panels = [cut.panel for cut in self.archive.page(episode_id(request)).page.cuts if cut.panel]
        if not panels:
            raise NotHere("Nothing is drawn for this episode yet.")
        answer = self._small(request, panels[len(panels) // 3], WIDTHS[1])
        answer.headers["cache-control"] = "private, no-cache"
        return answer

    def waveform(self, request: Request) -> Response:
        id, name = episode_id(request), digest(request)
        path, ref = self.archive.local(id, name)
        if not ref.media_type.startswith("audio/"):
            raise NotHere("Only a sound has a waveform.")
        rate = Fraction(self.archive.page(id).page.rate)
        made = self.pictures.waveform(path, name, rate)
        return Blob(made, f"{name}-{rate}", "application/octet-stream", request.headers)

    def _small(self, request: Request, name: str, width: int) -> Response:
        path, ref = self.archive.local(episode_id(request), name)
        if not ref.media_type.startswith("image/"):
            raise NotHere("Only a picture has a small version.")
        made = self.pictures.thumbnail(path, name, width)
        return Blob(made, f"{name}-{width}", "image/webp", request.headers)


class _Statics:
    """Our style sheets, scripts and fonts by name, from a list made at the start."""

    def __init__(self) -> None:
        self._files = {path.name: path for path in STATIC.iterdir() if path.suffix in TYPES}
        self._files |= {"regular.ttf": fonts.path(), "bold.ttf": fonts.path(bold=True)}
        self._tags: dict[str, str] = {}

    def give(self, request: Request) -> Response:
        name = request.path_params["name"]
        path = self._files.get(name)
        if path is None:
            raise NotHere("There is no such file.")
        tag = self._tags.setdefault(name, sha256(path.read_bytes()).hexdigest())
        answer = Blob(path, tag, TYPES[path.suffix], request.headers)
        # no-cache: a new release shows at once. Fonts are large and rarely change.
        answer.headers["cache-control"] = "max-age=86400" if path.suffix == ".ttf" else "no-cache"
        return answer


def _refused(request: Request, error: Exception) -> Response:
    """Answer one of our errors with its message."""
    status = next(code for kind, code in STATUS if isinstance(error, kind))
    return _refusal(request, str(error), status)


def _nowhere(request: Request, error: Exception) -> Response:
    return _refusal(request, "Nothing is at this address. The first page lists the episodes.", 404)


def _refusal(request: Request, sentence: str, status: int) -> Response:
    if request.headers.get("accept", "").startswith("text/html"):
        return HTMLResponse(shell.refusal(sentence), status)
    return JSONResponse({"problem": sentence}, status)
