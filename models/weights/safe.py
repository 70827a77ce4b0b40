"""Which files of a model may be fetched and read: safetensors, JSON, text, tokenizers. Never code, never a pickle."""

from pathlib import PurePosixPath

SAFE = frozenset({".safetensors", ".json", ".txt", ".md", ".jinja", ".model", ".tiktoken"})
"""``.model`` is a SentencePiece vocabulary, a protocol buffer; ``.jinja`` is a chat template, run in a sandbox."""
SAFE_NAMES = frozenset({"LICENSE", "LICENCE", "NOTICE", "README"})
MOST_LETTERS = 240


def is_safe(path: str) -> bool:
    """Whether a file of a repository may be fetched, by its path there."""
    found = PurePosixPath(path)
    return is_inside(path) and (found.suffix.casefold() in SAFE or found.name in SAFE_NAMES)


def is_inside(path: str) -> bool:
    """Whether ``path`` stays below the folder it is joined to, and is written in the one usual way."""
    parts = PurePosixPath(path).parts
    return (
        0 < len(path) <= MOST_LETTERS
        and path.isprintable()
        and "\\" not in path
        and ":" not in path
        and path == "/".join(parts)
        and not path.startswith("/")
        and not any(part.startswith(".") for part in parts)  # also ".." and the hub library's own ".cache"
    )
