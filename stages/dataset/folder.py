"""Read a folder of art: pictures and videos, their captions and repeats, in the layout that users of trainers know.

In: a folder.      Out: Pictures with captions; or one InputRefused with every file that is wrong.
Known arrangements: pictures with a caption file of the same name beside them, and sub-folders named ``NN_words``, whose
pictures are shown NN times per epoch and whose words are the caption where a picture has none.
A caption that belongs to no picture is an error: a dot that was forgotten in a suffix made one trainer ignore all.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assets.errors import InputRefused
from assets.plain import clean
from models.sealed import sha256

PICTURES = (".png", ".jpg", ".jpeg", ".webp")
VIDEOS = (".mp4",)
CAPTIONS = (".txt", ".caption")
ASIDE = ("dataset.yaml", "dataset.toml", "README.md", "LICENSE", "LICENSE.txt")
LAYOUT = ".layout"
"""NAME.layout.png beside NAME.png is the rough that NAME was drawn over; it is not art itself."""
MOST_SHOWN = 12
_LARGEST_CAPTION = 16_000
_REPEATED = re.compile(r"(\d{1,3})_(.+)")


@dataclass(frozen=True)
class Picture:
    """One picture or video file, and what its folder says about it. ``caption`` is empty where there is none."""

    path: Path
    caption: str
    repeats: int
    class_words: str
    layout: Path | None = None


def pictures(folder: Path) -> tuple[Picture, ...]:
    """Every picture below ``folder``, in the order of names.

    raises  InputRefused with all problems at once: two captions, captions without a picture, unreadable captions,
            files of other kinds, links, no picture at all
    """
    if not folder.is_dir():
        raise InputRefused(f"{folder} is not a folder. Name the folder the art is in.")
    files = sorted(path for path in folder.rglob("*") if not _hidden(path, folder))
    problems = [f"{path} is a link; put the file itself there" for path in files if path.is_symlink()]
    files = [path for path in files if path.is_file() and not path.is_symlink()]
    drawn = [path for path in files if path.suffix.casefold() in (*PICTURES, *VIDEOS)]
    found = [path for path in drawn if not _is_layout(path)]
    layouts = {_drawn_over(path): path for path in drawn if _is_layout(path)}
    problems += [*_stray(files, found, folder), *_doubled(drawn)]
    captions = {path: _captions(path) for path in found}
    problems += [
        f"{path} has two captions, {' and '.join(file.name for file in several)}; keep one"
        for path, several in captions.items()
        if len(several) > 1
    ]
    texts = {path: _text(files[0], problems) if files else "" for path, files in captions.items()}
    refuse(problems, folder)
    if not found:
        raise InputRefused(f"{folder} holds no picture. Pictures end in {', '.join(PICTURES)}.")
    return tuple(
        Picture(path, texts[path], *_repeats(path.parent.name), layouts.get(path.with_suffix("")))
        for path in found
    )


def refuse(problems: list[str], folder: Path) -> None:
    """Raise one InputRefused for all problems, if there are any."""
    if problems:
        more = f"\n… and {len(problems) - MOST_SHOWN} more" if len(problems) > MOST_SHOWN else ""
        lines = "\n".join(f"- {problem}." for problem in problems[:MOST_SHOWN])
        raise InputRefused(f"The art in {folder} cannot be used as it is:\n{lines}{more}")


def unchanged(folder: Path, file: str, expected: str) -> bool:
    """Whether ``file`` of a dataset is there, inside ``folder``, no link, and has the SHA-256 ``expected``."""
    path, inner = folder / file, Path(file)
    named_inside = not inner.is_absolute() and ".." not in inner.parts
    return named_inside and path.is_file() and not path.is_symlink() and sha256(path) == expected


def _hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _stray(files: list[Path], found: list[Path], folder: Path) -> Iterator[str]:
    """Files that belong to nothing."""
    stems = {path.with_suffix("") for path in found}
    for path in files:
        suffix = path.suffix.casefold()
        if suffix in PICTURES and _is_layout(path) and _drawn_over(path) not in stems:
            yield f"{path} is a layout without a picture of the same name"
        elif suffix in (*PICTURES, *VIDEOS) or (path.parent == folder and path.name in ASIDE):
            continue
        elif suffix in CAPTIONS:
            if path.with_suffix("") not in stems:
                yield f"{path} is a caption without a picture of the same name"
        else:
            known = f"a picture ({', '.join(PICTURES)}), a video ({', '.join(VIDEOS)})"
            yield f"{path} is neither {known} nor a caption ({', '.join(CAPTIONS)})"


def _is_layout(path: Path) -> bool:
    return path.stem.casefold().endswith(LAYOUT)


def _drawn_over(layout: Path) -> Path:
    """The picture's path without its suffix."""
    return layout.with_name(layout.stem[: -len(LAYOUT)])


def _doubled(found: list[Path]) -> Iterator[str]:
    """Two pictures of one name would share one caption."""
    seen: dict[Path, Path] = {}
    for path in found:
        other = seen.setdefault(path.with_suffix(""), path)
        if other != path:
            yield f"{path} and {other.name} have one name, so it is not clear whose the caption is; rename one"


def _captions(path: Path) -> list[Path]:
    return [file for suffix in CAPTIONS if (file := path.with_suffix(suffix)).is_file()]


def _text(path: Path, problems: list[str]) -> str:
    """The caption of a file; an unreadable or empty one is a problem."""
    try:
        if path.stat().st_size > _LARGEST_CAPTION:
            raise ValueError(f"it has more than {_LARGEST_CAPTION:,} bytes")
        text = clean(path.read_text("utf-8-sig")).strip()
    except (OSError, ValueError) as error:
        problems.append(f"{path} cannot be read as a UTF-8 caption: {error}")
        return ""
    if not text:
        problems.append(f"{path} is empty; write the caption, or remove the file")
    return " ".join(text.split())


def words_of(folder: str) -> str:
    """The words of a folder's name, without the repeats before them."""
    return _repeats(folder)[1] or folder


def _repeats(folder: str) -> tuple[int, str]:
    found = _REPEATED.fullmatch(folder)
    return (max(1, int(found[1])), found[2].replace("_", " ")) if found else (1, "")
