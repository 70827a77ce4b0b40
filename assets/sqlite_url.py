"""The URL of a SQLite file, whatever its path holds.

In: a path, or a URL.      Out: the other of the two.
SQLAlchemy 2.0 does not decode such a URL and 2.1 does; what is written here is decoded here, so both read alike.
"""

import re
from pathlib import Path
from urllib.parse import quote, unquote

_SCHEME = "sqlite:///"
# What ends a path in a URL, and what cannot stand in one. All else stays legible.
_RESERVED = re.compile(r"[%?#\x00-\x1f\x7f-\x9f]")


def url_of(file: Path) -> str:
    return _SCHEME + _RESERVED.sub(lambda found: quote(found[0], safe=""), str(file))


def file_of(url: str) -> Path | None:
    """The file a ``sqlite:///`` URL names; None for the URL of another database."""
    return Path(unquote(url.removeprefix(_SCHEME))) if url.startswith(_SCHEME) else None
