"""Read a screenplay file of any supported format.

In: a path (.fountain, .txt, .md, .spmd or .fdx).      Out: a Screenplay, or a ScriptRefused that says what to do.
Control and invisible characters are left out here, once, and each line that had some is named in a note. A letter
and its marks become one character here (NFC), so that nothing behind this door meets the two in pieces.
"""

from collections.abc import Iterator
from pathlib import Path

from assets import fdx, formats, fountain
from assets.errors import ScriptRefused
from assets.plain import clean, notices, visible
from assets.sheets.screenplay import LONGEST_TITLE, Screenplay

FOUNTAIN = (".fountain", ".txt", ".md", ".spmd")
SUFFIXES = (*FOUNTAIN, ".fdx")
_FORMATS = f"{', '.join(FOUNTAIN)} for Fountain or .fdx for Final Draft"
SAVE_AS_UTF8 = "Save it as UTF-8 text and try again."


def read(path: Path) -> Screenplay:
    """Read a script; the suffix decides the format."""
    if path.is_dir():
        raise ScriptRefused(path, None, "this is a folder.", f"Give the script file inside it: {_FORMATS}.")
    suffix = path.suffix.casefold()
    if suffix not in SUFFIXES:
        raise ScriptRefused(
            path, None, f"{suffix or 'no suffix'} is not a supported script format.", f"Use {_FORMATS}."
        )
    name = str(path)
    if visible(path.name) != path.name:
        raise ScriptRefused(
            name, None, "the file's name has control or invisible characters.", "Rename the file."
        )
    data = _bytes(path)
    lines, left_out, text = _lines(data, path)
    screenplay = formats.relined(fountain.parse(formats.text_of(lines), name), lines)
    if all(element.kind == "blank" for element in screenplay.elements):
        raise ScriptRefused(
            path, None, "the script is empty.", "Write a scene heading and an action line first."
        )
    return screenplay.model_copy(
        update={
            "source": path.name,
            "notes": (*notices(text, path.name), *left_out, *_long_titles(screenplay, path.name)),
        }
    )


def _lines(data: bytes, path: Path) -> tuple[list[formats.Line], list[str], str]:
    """The script as lines of Fountain, what of it is not filmed, and the text before it was cleaned."""
    if path.suffix.casefold() != ".fdx":
        text = _text(data, path)
        return *formats.as_fountain(clean(text), path.name, path.suffix), text
    laid_out, left_out = fdx.lines(data, path.name)
    text = formats.text_of(laid_out)
    cleaned = [line.saying(part) for line in laid_out for part in clean(line.text).split("\n")]
    return cleaned, list(map(clean, left_out)), text


def _long_titles(screenplay: Screenplay, source: str) -> Iterator[str]:
    for entry in screenplay.title_page:
        length = sum(map(len, entry.values))
        if entry.key.casefold() in ("title", "episode") and length > LONGEST_TITLE:
            yield f"{source}:{entry.line}: {length:,} characters; a title shows {LONGEST_TITLE} of them."


def _bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        data = path.read_bytes() if path.is_file() and size <= fountain.MAX_BYTES else b""
    except FileNotFoundError as error:
        raise ScriptRefused(path, None, "there is no such file.", "Check the name and the folder.") from error
    except OSError as error:
        raise ScriptRefused(
            path, None, f"cannot be read ({error.strerror}).", "Check its permissions."
        ) from error
    if not path.is_file():
        raise ScriptRefused(path, None, "this is not a regular file.", "Save the script as a file first.")
    if size > fountain.MAX_BYTES:
        raise ScriptRefused(
            path,
            None,
            f"{size:,} bytes; a script has at most {fountain.MAX_BYTES:,}.",
            "Split it into episodes.",
        )
    return data


def _text(data: bytes, path: Path) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ScriptRefused(path, 1, "this is UTF-16 (byte 0 is its mark), not UTF-8.", SAVE_AS_UTF8)
    if (at := data.find(b"\0")) >= 0:
        raise ScriptRefused(
            path,
            data.count(b"\n", 0, at) + 1,
            f"byte {at} is zero, so this is not text.",
            "Give the script itself.",
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The signature is cut off before decoding, but positions count from the start of the file.
        at = error.start + (3 if data.startswith(b"\xef\xbb\xbf") else 0)
        raise ScriptRefused(
            path,
            data.count(b"\n", 0, at) + 1,
            f"byte {at} (0x{data[at]:02x}) is not UTF-8; it may be Shift_JIS or another old encoding.",
            SAVE_AS_UTF8,
        ) from error
