"""A picture of the vault, whole or as small as a page asks for.

In: a local file, its reference, a request.      Out: a response.
"""

from pathlib import Path

from starlette.requests import Request

from assets.sheets.production import Ref
from flows.rushes.archive import NotHere
from flows.rushes.pictures import WIDTHS, PictureCache
from flows.rushes.ranges import Blob

WHOLE = "whole"


def sized(path: Path, ref: Ref, request: Request, pictures: PictureCache) -> Blob:
    """The picture in the ``width`` of the address."""
    width = request.path_params["width"]
    if width == WHOLE:
        return Blob(path, ref.sha256, ref.media_type, request.headers)
    if width not in map(str, WIDTHS):
        raise NotHere(
            f"Pictures are {', '.join(map(str, WIDTHS))} pixels wide, or {WHOLE}; {width!r} is not made."
        )
    made = pictures.thumbnail(path, ref.sha256, int(width))
    return Blob(made, f"{ref.sha256}-{width}", "image/webp", request.headers)
