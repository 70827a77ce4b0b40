"""The addresses that tell what the signed files of an episode say, as a page and as a document.

In: an archive.      Out: routes.
"""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from assets.credentials.signing import ANY, EMBEDDED
from flows.rights.signed import SignedEpisode, located, signed_episode, studio_root
from flows.rights.signed_text import page
from flows.rushes import shell
from flows.rushes.archive import Archive, NotHere
from flows.rushes.ranges import Blob
from flows.rushes.requests import episode_id


def routes(archive: Archive) -> list[Route]:
    pages, place = _Pages(archive), "/episodes/{id}/credentials"
    return [
        Route(place, pages.page),
        Route(f"/api{place}", pages.document),
        Route("/episodes/{id}/signed/{name:path}", pages.download),
    ]


@dataclass(frozen=True)
class _Pages:
    archive: Archive

    def page(self, request: Request) -> Response:
        told = self._told(request)
        id = episode_id(request)
        return HTMLResponse(shell.text(f"Credentials, {id} · Sakuga", page(told, f"/episodes/{id}")))

    def document(self, request: Request) -> Response:
        told = self._told(request).model_dump(mode="json")
        return JSONResponse({"sakuga": "credentials", "version": 1, **told})

    def download(self, request: Request) -> Response:
        """A signed file, to publish: what the room offers elsewhere has no credentials."""
        item = self.archive.find(episode_id(request))
        path = located(
            self.archive.store, item.key, self.archive.folder_of(item.id), request.path_params["name"]
        )
        if path is None:
            raise NotHere(
                "This episode has no such signed file here. Its page of credentials lists those there are."
            )
        about = path.stat()
        answer = Blob(
            path, f"{about.st_mtime_ns:x}-{about.st_size:x}", EMBEDDED.get(path.suffix, ANY), request.headers
        )
        answer.headers["content-disposition"] = f'attachment; filename="{item.id}-{path.name}"'
        answer.headers["cache-control"] = "private, no-cache"
        return answer

    def _told(self, request: Request) -> SignedEpisode:
        item = self.archive.find(episode_id(request))
        return signed_episode(self.archive.store, item.key, self.archive.folder_of(item.id), studio_root())
