"""Convert between a path and the URL of a SQLite file, whatever the path contains.

In: a path, or a URL.      Out: the other of the two.
SQLAlchemy 2.0 does not decode such a URL and 2.1 does; we decode what we encode, so both behave alike.
"""

import re
from pathlib import Path
from urllib.parse import quote, unquote

_SCHEME = "sqlite:///"
# Characters that end a path in a URL or are not allowed in one. All others stay readable.
_RESERVED = re.compile(r"[%?#\x00-\x1f\x7f-\x9f]")


def url_of(file: Path) -> str:
    return _SCHEME + _RESERVED.sub(lambda found: quote(found[0], safe=""), str(file))


def file_of(url: str) -> Path | None:
    """The file of a ``sqlite:///`` URL; None for the URL of another database."""
    return Path(unquote(url.removeprefix(_SCHEME))) if url.startswith(_SCHEME) else None
