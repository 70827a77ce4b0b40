"""Read what a request to the room names and sends, strictly.

In: a request.      Out: an id, a hash, a body of limited size; or a refusal.
"""

import re

from starlette.requests import Request

from assets.errors import InputRefused
from flows.rushes.archive import NotHere

LONGEST = 1_000_000  # bytes; 300 remarks with their pins take a tenth of it
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_CUT = re.compile(r"C[0-9]{3,4}[A-Z]{0,2}")


async def sent(request: Request) -> bytes:
    """Read the body of a request: JSON, of limited size."""
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise InputRefused("A decision is sent as application/json.")
    return await body(request, LONGEST)


async def body(request: Request, most: int) -> bytes:
    """The body as it was sent, of at most ``most`` bytes."""
    text = b""
    async for piece in request.stream():
        text += piece
        if len(text) > most:
            raise InputRefused(f"What is sent here has at most {most:,} bytes.")
    return text


def episode_id(request: Request) -> str:
    found = request.path_params["id"]
    if not _ID.fullmatch(found):
        raise NotHere("An episode's id has letters, digits, - and _, at most 64 of them.")
    return str(found)


def digest(request: Request) -> str:
    found = request.path_params["sha256"]
    if not _DIGEST.fullmatch(found):
        raise NotHere("A blob is named by its SHA-256: 64 hex digits.")
    return str(found)


def cut_number(request: Request) -> str:
    found = request.path_params["cut"]
    if not _CUT.fullmatch(found):
        raise NotHere("A cut's number is C, three or four digits, and perhaps letters: C004, C012A.")
    return str(found)
