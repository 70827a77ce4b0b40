"""Keep the numbers of cuts across edits of the script.

In: a new cut sheet and the previous one.      Out: the new one with the old numbers, and what changed.
A number is never given to another cut and never reused; an inserted cut gets a letter.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from string import ascii_uppercase
from typing import Any

from assets.errors import InputRefused
from assets.sheets.base import Part
from assets.sheets.cutsheet import Cut, Cutsheet

# Below this likeness two cuts are different cuts: half the words may change if who and where stay.
_ALIKE = 0.5
# Between two certain matches, one cut against one, less is enough: the line may be rewritten.
_ALIKE_IN_PLACE = 0.3
# Where a cut stands is not what it is; and how long it takes is measured on its voices, so a
# fresh estimate beside a measured sheet is no change.
# A prompt is written by hand, and no part of the script.
_UNSEEN = {"number", "scene", "source", "frames", "prompt", "motion_prompt"}
_TIMING = ("source_line", "at", "frames")
_SUFFIXES = tuple(ascii_uppercase) + tuple(a + b for a in ascii_uppercase for b in ascii_uppercase)


class Changed(Part):
    """One cut that kept its identity, and what is different about it."""

    number: str
    fields: tuple[str, ...]
    why: str


class Changes(Part):
    """What happened to every cut."""

    unchanged: tuple[str, ...] = ()
    changed: tuple[Changed, ...] = ()
    inserted: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def renumber(
    new: Cutsheet, before: Cutsheet | None, *, reserved: Collection[str] = ()
) -> tuple[Cutsheet, Changes]:
    """Give the cuts of ``new`` the numbers of the cuts of ``before`` that they continue.

    reserved  other numbers that must not be used: those of cuts added by hand
    """
    if before is None:
        return new, Changes(inserted=tuple(cut.number for cut in new.cuts))
    pairs = _matched(before.cuts, new.cuts)
    used = {cut.number for cut in before.cuts} | set(before.missing) | set(reserved)
    cuts = _numbered(new.cuts, {to: before.cuts[at].number for at, to in pairs.items()}, used)
    kept = {before.cuts[at].number for at in pairs}
    removed = tuple(cut.number for cut in before.cuts if cut.number not in kept)
    sheet = new.model_copy(update={"cuts": cuts, "missing": (*before.missing, *removed)})
    return sheet, _changes(before, cuts, pairs, removed)


def _matched(old: Sequence[Cut], new: Sequence[Cut]) -> dict[int, int]:
    """old index -> new index, in order."""
    pairs: dict[int, int] = {}
    keys_old, keys_new = [_key(cut) for cut in old], [_key(cut) for cut in new]
    blocks = SequenceMatcher(None, keys_old, keys_new, autojunk=False).get_matching_blocks()
    at_old = at_new = 0
    for block in blocks:
        gap_old, gap_new = range(at_old, block.a), range(at_new, block.b)
        pairs.update(_likest(old, new, gap_old, gap_new))
        pairs.update({block.a + step: block.b + step for step in range(block.size)})
        at_old, at_new = block.a + block.size, block.b + block.size
    return dict(sorted(pairs.items()))


def _likest(old: Sequence[Cut], new: Sequence[Cut], rows: range, columns: range) -> dict[int, int]:
    """The pairing in order with the highest total likeness, over one stretch without exact matches."""
    if not rows or not columns:
        return {}
    like = [[likeness(old[a], new[b]) for b in columns] for a in rows]
    score = [[0.0] * (len(columns) + 1) for _ in range(len(rows) + 1)]
    for i in range(len(rows) - 1, -1, -1):
        for j in range(len(columns) - 1, -1, -1):
            together = like[i][j] + score[i + 1][j + 1] if like[i][j] >= _ALIKE else 0.0
            score[i][j] = max(together, score[i + 1][j], score[i][j + 1])
    straight = [like[i][i] for i in range(len(rows))] if len(rows) == len(columns) else [0.0]
    if min(straight) >= _ALIKE_IN_PLACE and sum(straight) >= score[0][0]:
        return dict(zip(rows, columns, strict=True))
    return _walk(score, like, rows, columns)


def _walk(score: list[list[float]], like: list[list[float]], rows: range, columns: range) -> dict[int, int]:
    pairs, i, j = {}, 0, 0
    while i < len(rows) and j < len(columns):
        if like[i][j] >= _ALIKE and score[i][j] == like[i][j] + score[i + 1][j + 1]:
            pairs[rows[i]] = columns[j]
            i, j = i + 1, j + 1
        elif score[i][j] == score[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def likeness(one: Cut, other: Cut) -> float:
    """0 to 1: mostly the words, then who speaks, who is visible, and where."""
    words = _dice(_letters(_words(one)), _letters(_words(other)))
    speakers = [line.character for line in one.lines] == [line.character for line in other.lines]
    staged = {item.character for item in one.staged} == {item.character for item in other.staged}
    return 0.65 * words + 0.15 * speakers + 0.1 * staged + 0.1 * (one.place == other.place)


def _dice(one: Counter[str], other: Counter[str]) -> float:
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 1.0


@lru_cache(maxsize=4096)
def _letters(text: str) -> Counter[str]:
    """Its letter pairs, counted; works without spaces between words too."""
    return Counter(text[at : at + 2] for at in range(max(1, len(text) - 1)) if text)


def _words(cut: Cut) -> str:
    return " ".join(part for part in (cut.action, cut.text, *(line.text for line in cut.lines)) if part)


def _key(cut: Cut) -> tuple[Any, ...]:
    said = tuple((line.character, line.text) for line in cut.lines)
    return (cut.place, cut.action, cut.text, said, tuple(item.character for item in cut.staged))


def _numbered(cuts: Sequence[Cut], kept: Mapping[int, str], used: set[str]) -> tuple[Cut, ...]:
    numbers: list[str] = []
    last_kept = max(kept, default=-1)
    for index in range(len(cuts)):
        number = kept.get(index)
        if number is None:
            before = numbers[-1] if numbers else "C000"
            number = _next_number(used) if index > last_kept else _with_letter(before, used)
            used.add(number)
        numbers.append(number)
    return tuple(cut.model_copy(update={"number": number}) for cut, number in zip(cuts, numbers, strict=True))


def _with_letter(before: str, used: Collection[str]) -> str:
    """C003 -> C003A, C003B...; after seven hundred letters, an unused number."""
    stem = before.rstrip(ascii_uppercase[1:] + "A") if before[-1].isalpha() else before
    return next((stem + suffix for suffix in _SUFFIXES if stem + suffix not in used), "") or _next_number(
        used
    )


def _next_number(used: Collection[str]) -> str:
    """Count on from the highest number, because no cut follows."""
    highest = max((int(re.sub(r"\D", "", number)) for number in used), default=0)
    if highest >= 9999:
        raise InputRefused(
            "All cut numbers up to C9999 have been used. Begin a new episode, or start this one from a new folder."
        )
    return f"C{highest + 1:03d}"


def _changes(
    before: Cutsheet, cuts: Sequence[Cut], pairs: Mapping[int, int], removed: tuple[str, ...]
) -> Changes:
    unchanged, changed = [], []
    for at, to in pairs.items():
        differing = tuple(_differing(before.cuts[at], cuts[to]))
        if differing:
            number = cuts[to].number
            changed.append(
                Changed(number=number, fields=differing, why=_why(before.cuts[at], cuts[to], differing))
            )
        else:
            unchanged.append(cuts[to].number)
    kept = set(pairs.values())
    inserted = tuple(cut.number for index, cut in enumerate(cuts) if index not in kept)
    return Changes(unchanged=tuple(unchanged), changed=tuple(changed), inserted=inserted, removed=removed)


def _differing(one: Cut, other: Cut) -> Iterator[str]:
    first, second = _compared(one), _compared(other)
    return (name for name in first if first[name] != second[name])


def _compared(cut: Cut) -> dict[str, Any]:
    data = cut.model_dump(mode="json", exclude=_UNSEEN)
    for item in (*data["lines"], *data["cues"]):
        for name in _TIMING:
            item.pop(name, None)
    return data


def _why(one: Cut, other: Cut, fields: Sequence[str]) -> str:
    reasons = []
    for name in fields:
        was, now = getattr(one, name), getattr(other, name)
        if name == "lines":
            was, now = (" / ".join(line.text.strip() for line in lines) for lines in (was, now))
            reasons.append(
                f"the line was {_short(was)}, now {_short(now)}" if was != now else "how the line is said"
            )
        elif isinstance(was, str | int):
            reasons.append(f"{name} was {_short(was)}, now {_short(now)}")
        else:
            reasons.append(f"{name} changed")
    return "; ".join(reasons)


def _short(value: object) -> str:
    text = str(value)
    return repr(text if len(text) <= 48 else text[:47] + "…")
