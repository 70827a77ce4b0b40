"""Answer a request for a whole file or a range of it, as media players send them (RFC 9110).

In: a request, a file that never changes, its SHA-256.      Out: 200, 206, 304 or 416.
A file is sent in pieces as fast as the client reads, so memory use stays constant. Several ranges in one request
are answered with the whole file, which the standard allows; no player needs them.
"""

import re
from collections.abc import Mapping
from pathlib import Path

import anyio
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

PIECE = 256 * 1024
FOREVER = "private, max-age=31536000, immutable"  # the address contains the content's hash
# No file size has more digits; a longer number is not a range.
_ONE = re.compile(r"bytes=\s*([0-9]{0,18})-([0-9]{0,18})\s*", re.IGNORECASE)


def requested_range(header: str | None, size: int) -> range | None:
    """The bytes a Range header asks for; None: all. An empty range: none of them exist."""
    found = _ONE.fullmatch(header or "")
    if found is None or found.groups() == ("", ""):
        return None  # no range, several, or an invalid one: ignored, as the standard says
    first, last = found.groups()
    if not first:
        return range(max(0, size - int(last)), size)
    if last and int(last) < int(first):
        return None
    stop = min(size, int(last) + 1) if last else size
    return range(int(first), max(int(first), stop))


class Blob(Response):
    """The bytes of one file, named by its SHA-256."""

    def __init__(self, path: Path, sha256: str, media_type: str, sent: Mapping[str, str]) -> None:
        self._path, size, tag = path, path.stat().st_size, f'"{sha256}"'
        part = requested_range(sent.get("range"), size) if sent.get("if-range", tag) == tag else None
        headers = {"etag": tag, "cache-control": FOREVER, "accept-ranges": "bytes"}
        if _known(sent.get("if-none-match"), tag):
            status, self._part = 304, range(0)
        elif part is None:
            status, self._part = 200, range(size)
        elif not part:
            status, self._part = 416, range(0)
            headers["content-range"] = f"bytes */{size}"
        else:
            status, self._part = 206, part
            headers["content-range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
        if status != 304:
            headers["content-length"] = str(len(self._part))
        super().__init__(None, status, headers, media_type)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        if scope["method"] == "HEAD" or not self._part:
            await send({"type": "http.response.body", "body": b""})
            return
        left = len(self._part)
        async with await anyio.open_file(self._path, "rb") as file:
            await file.seek(self._part.start)
            while left:
                piece = await file.read(min(PIECE, left))
                if not piece:
                    raise OSError(f"{self._path.name} became shorter while it was sent")
                left -= len(piece)
                await send({"type": "http.response.body", "body": piece, "more_body": left > 0})


def _known(header: str | None, tag: str) -> bool:
    """Whether the client has these bytes already."""
    tags = {item.strip().removeprefix("W/") for item in (header or "").split(",")}
    return tag in tags or "*" in tags
