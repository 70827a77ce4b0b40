"""Remove or escape characters that control a terminal, a page or the reading direction.

In: text from a script, a sheet, a file name or a database.      Out: the same words, safe to store or to show.
``clean`` is for incoming text, ``visible`` for text that goes to a terminal or a log. A joiner inside an emoji,
and Arabic letters with their direction, are text and are kept. A letter and its marks are composed (NFC): a file
from a Mac may write が as か and a mark, and it is the same word.
"""

import re
import shlex
import unicodedata
from collections.abc import Iterator, Sequence

# Whatever ends a line for str.splitlines, YAML or a terminal, but not in a script: replaced by a space.
_BREAK = "\x0b\x0c\x1c-\x1f\x85\u2028\u2029"
# Remove the whole command, or "[31m" would stay. ECMA-48: CSI and OSC with 7-bit and 8-bit openings.
_COMMAND = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x90-\x9f\n]*(?:\x07|\x1b\\|\x9c)"
)
# Controls, direction marks and overrides, zero-width characters, tag characters, and what XML cannot hold.
_UNSEEN = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f"
)
_HALF = "\ud800-\udfff"  # lone surrogates: no file can hold them
_BREAKS, _UNSEENS, _HALVES = (re.compile(f"[{kind}]") for kind in (_BREAK, _UNSEEN, _HALF))
_ANY = re.compile(f"[\r{_BREAK}{_UNSEEN}{_HALF}]")
# NFC would replace these variants of ideographs, which occur in names, by the usual ones.
_COMPOSED = re.compile("[^\uf900-\ufaff\U0002f800-\U0002fa1f]+")
TOLD = 5  # lines named one by one in the notices of one script


def clean(text: str) -> str:
    """``text`` in NFC with LF line ends, without commands, controls and invisible characters."""
    if _ANY.search(text):
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        text = _BREAKS.sub(" ", _COMMAND.sub("", text))
        text = _HALVES.sub("\ufffd", _UNSEENS.sub("", text))
    return composed(text)


def composed(text: str) -> str:
    """``text`` with letters and their marks composed (NFC); ideographs are not changed."""
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return text
    return _COMPOSED.sub(lambda found: unicodedata.normalize("NFC", found[0]), text)


def one_line(text: str) -> str:
    """``text`` clean and on one line, with single spaces: for titles, names and cells."""
    return " ".join(clean(text).split())


def shortened(text: str, most: int) -> str:
    """At most ``most`` characters of ``text``; an ellipsis replaces the rest."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def bounded(text: str, most: int) -> str:
    """``text`` with lines of at most ``most`` characters: the middle of a longer one is left out, its end is kept."""
    return "\n".join(_both_ends(line, most) for line in text.split("\n")) if len(text) > most else text


def _both_ends(line: str, most: int) -> str:
    if len(line) <= most:
        return line
    end = most // 3
    return f"{line[: most - end - 3].rstrip()} … {line[-end:].lstrip()}"


def visible(text: str) -> str:
    """``text`` with every control or invisible character as its escape: ``\\x1b``."""
    return _ANY.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def counted(number: int, what: str, many: str = "") -> str:
    """ "1 picture", "2 pictures", "1,200 pictures"; ``many`` where the plural is not ``what`` and an s."""
    return f"{number:,} {what if number == 1 else many or f'{what}s'}"


def listed(words: Sequence[str], most: int, joined: str = ", ") -> str:
    """At most ``most`` of ``words``, and how many more there are: "C001, C002 and 3 more"."""
    more = f" and {len(words) - most:,} more" if len(words) > most else ""
    return f"{joined.join(words[:most])}{more}"


def typed(word: object) -> str:
    """A path or name as one word of a command that a person copies into a shell."""
    text = str(word)
    return shlex.quote(f"./{text}" if text.startswith("-") else text)


def notices(text: str, source: str) -> Iterator[str]:
    """What ``clean`` removes from a script, line by line; a byte order mark at the start is not reported."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    changed = [number for number, line in enumerate(lines, 1) if _ANY.search(line)]
    for number in changed[:TOLD]:
        found = dict.fromkeys(f"U+{ord(sign):04X}" for sign in _ANY.findall(lines[number - 1]))
        signs = shortened(", ".join(found), 60)
        yield f"{source}:{number}: control or invisible characters were left out ({signs})."
    if len(changed) > TOLD:
        yield f"{source}: {len(changed) - TOLD} more lines had such characters."
