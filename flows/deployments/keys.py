"""Keys of the artifacts that an episode keeps over all its runs.

In: a kind of page, an episode's id.      Out: a key: Prefect allows lower-case letters, digits and dashes.
"""

import re
from zlib import crc32


def key_for(kind: str, episode: str) -> str:
    """``kind-episode``; an id with other characters gets a checksum, so that two ids never share a key."""
    plain = re.sub(r"[^a-z0-9-]+", "-", episode.lower())
    return f"{kind}-{plain}" if plain == episode else f"{kind}-{plain}-{crc32(episode.encode()):08x}"
