"""The addresses of the project: its scripts, starting an episode, trying again, downloads, the film.

In: a project, a starter of runs, the CSRF-guarded requests of the room.      Out: routes.
"""

from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from assets.fountain import MAX_BYTES
from flows.rushes import delivered, shell, starting
from flows.rushes.archive import Archive, NotHere
from flows.rushes.guard import Lock
from flows.rushes.project import Project
from flows.rushes.ranges import Blob
from flows.rushes.requests import body, episode_id, sent
from flows.rushes.runs import Starter


@dataclass(frozen=True)
class Studio:
    """What a room needs to start episodes."""

    project: Project
    starter: Starter


def routes(archive: Archive, lock: Lock, studio: Studio | None, *, you: str) -> list[Route]:
    """Without a studio the room shows what there is, and starts nothing."""
    files, media = _Files(archive), "/episodes/{id}"
    found = [Route(media + "/files/{name}", files.download), Route(media + "/film", files.film)]
    pages = _Pages(lock, you)
    found.append(Route("/playlist", pages.playlist))
    if studio is None:
        return found
    work = _Starting(studio)
    return [
        *found,
        Route("/new", pages.new),
        Route("/api/project", work.project),
        Route("/api/scripts", work.keep, methods=["POST"]),
        Route("/api/plans", work.check, methods=["POST"]),
        Route("/api/runs", work.start, methods=["POST"]),
        Route("/api/runs/{id}", work.started),
        Route("/api/episodes/{id}/runs", work.again, methods=["POST"]),
    ]


@dataclass(frozen=True)
class _Pages:
    lock: Lock
    you: str

    def new(self, request: Request) -> Response:
        return HTMLResponse(shell.new(word=self.lock.word, you=self.you))

    def playlist(self, request: Request) -> Response:
        return HTMLResponse(shell.playlist(word=self.lock.word, you=self.you))


@dataclass(frozen=True)
class _Starting:
    studio: Studio

    def project(self, request: Request) -> Response:
        project = self.studio.project
        return JSONResponse(
            {"scripts": project.scripts(), "shows": project.shows(), "looks": project.looks()}
        )

    async def keep(self, request: Request) -> Response:
        """A script that was dropped on the page: its bytes, as they are."""
        data, asked = await body(request, MAX_BYTES), request.query_params
        path = await run_in_threadpool(
            self.studio.project.keep, asked.get("name", ""), data, replace=asked.get("replace") == "yes"
        )
        return JSONResponse({"path": self.studio.project.named(path)}, 201)

    async def check(self, request: Request) -> Response:
        return JSONResponse(await run_in_threadpool(starting.check, await sent(request), self.studio.project))

    async def start(self, request: Request) -> Response:
        text = await sent(request)
        done = await run_in_threadpool(starting.start, text, self.studio.project, self.studio.starter)
        return JSONResponse(done, 201)

    def started(self, request: Request) -> Response:
        """Whether a run that was ordered has begun, or why it could not."""
        id = episode_id(request)
        listed = next((item for item in self.studio.project.archive.listed() if item.id == id), None)
        begun = listed is not None and (listed.live is not None or listed.gate is not None)
        problem = "" if begun else self.studio.starter.problem(id)
        return JSONResponse({"known": listed is not None, "begun": begun, "problem": problem})

    async def again(self, request: Request) -> Response:
        id = episode_id(request)
        await sent(request)
        done = await run_in_threadpool(starting.again, id, self.studio.project, self.studio.starter)
        return JSONResponse(done, 201)


@dataclass(frozen=True)
class _Files:
    archive: Archive

    def download(self, request: Request) -> Response:
        item = self.archive.find(episode_id(request))
        path = delivered.located(self.archive.folder_of(item.id), request.path_params["name"])
        if path is None:
            raise NotHere("This episode was not delivered with such a file. Its page lists those there are.")
        about = path.stat()
        tag = f"{about.st_mtime_ns:x}-{about.st_size:x}"
        answer = Blob(path, tag, delivered.TYPES[path.suffix], request.headers)
        name = path.name if path.name.startswith(item.id) else f"{item.id}-{path.name}"
        answer.headers["content-disposition"] = f'attachment; filename="{name}"'
        answer.headers["cache-control"] = "private, no-cache"
        return answer

    def film(self, request: Request) -> Response:
        """The assembled episode as it is now."""
        id = episode_id(request)
        reel = self.archive.page(id).page.reel
        if reel is None:
            raise NotHere(f"{id} has no film yet.")
        path, ref = self.archive.local(id, reel.clip)
        answer = Blob(path, ref.sha256, ref.media_type, request.headers)
        answer.headers["cache-control"] = "private, no-cache"
        return answer
