"""Write a name in Latin letters, so that a folder bears it: 雨の店 becomes ame-no-mise.

In: a name in any script.      Out: words of a-z and digits joined by hyphens; empty where nothing could be read.
"""

import re
import unicodedata

from stages.ids import romaji

_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff々]")
_OTHER = re.compile(r"[^A-Za-z0-9_]+")


def latin(name: str) -> str:
    """``name`` as it is read; kanji by the dictionary of the Japanese voice."""
    plain = unicodedata.normalize("NFKC", name)
    words = (_read(piece) if _JAPANESE.search(piece) else [piece] for piece in re.split(r"[-\s]+", plain))
    joined = "-".join(word for piece in words for word in piece)
    letters = unicodedata.normalize("NFKD", joined).encode("ascii", "ignore").decode()
    return _OTHER.sub("-", letters).strip("-")


def _read(text: str) -> list[str]:
    """The words of a Japanese text in Latin letters. Letters and digits stay as they are written."""
    import pyopenjtalk  # 0.4 s, and only for a Japanese name

    found: list[str] = []
    for piece in re.split(r"([A-Za-z0-9]+)", text):
        if piece.isascii():
            found += [piece] if piece else []
            continue
        nodes = pyopenjtalk.run_frontend(piece, use_sudachi_kanji_yomi=False)
        found += [romaji(node["read"]) for node in nodes if node["pos"] != "記号"]
    return found
