"""Read a screenplay as scenes and their beats: what is done, said, shown in words, or joined.

In: the elements of a Screenplay.      Out: scenes; every beat keeps its text verbatim and its lines.
Leaves out sections, synopses, notes and the boneyard: the writer's private text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from assets.readings import taken_apart
from assets.sheets.screenplay import Element


@dataclass(frozen=True)
class Action:
    text: str
    first: int
    last: int


@dataclass(frozen=True)
class Said:
    """Words that are said without a pause, and the parenthetical above them."""

    text: str
    manner: str
    line: int


@dataclass(frozen=True)
class Speech:
    name: str
    extension: str
    dual: bool
    said: tuple[Said, ...]
    first: int
    last: int


@dataclass(frozen=True)
class Words:
    """Words to read on the screen, or a song to read along with."""

    text: str
    first: int
    last: int
    sung: bool = False


@dataclass(frozen=True)
class Transition:
    text: str
    first: int
    last: int


_SPOKEN = ("dialogue", "lyric", "parenthetical")
_ASIDES = ("note", "boneyard", "blank")

Beat = Action | Speech | Words | Transition


@dataclass(frozen=True)
class Scene:
    """``heading`` is None for what stands before the first heading."""

    id: str
    heading: Element | None
    beats: tuple[Beat, ...]


@dataclass
class _Open:
    heading: Element | None
    beats: list[Beat] = field(default_factory=list)


def scenes(elements: Sequence[Element]) -> tuple[Scene, ...]:
    """The scenes in order, S01, S02...; a lead of nothing but transitions joins the first scene."""
    opened = [_Open(None)]
    at = 0
    while at < len(elements):
        element = elements[at]
        if element.kind == "heading":
            opened.append(_Open(element))
            at += 1
        elif element.kind == "character":
            at = _read_speech(elements, at, opened[-1].beats)
        else:
            _read_other(element, opened[-1].beats)
            at += 1
    return _numbered(opened)


def _numbered(opened: list[_Open]) -> tuple[Scene, ...]:
    lead, rest = opened[0], opened[1:]
    if rest and all(isinstance(beat, Transition) for beat in lead.beats):
        rest[0].beats[:0] = lead.beats
    elif lead.beats:
        rest.insert(0, lead)
    numbers = count(1)
    return tuple(Scene(f"S{next(numbers):02d}", item.heading, tuple(_together(item.beats))) for item in rest)


def _together(beats: list[Beat]) -> Iterator[Beat]:
    """Join words for the screen that are on consecutive lines."""
    run: list[Words] = []
    for beat in beats:
        if run and not (isinstance(beat, Words) and beat.first <= run[-1].last + 1):
            yield _one_text(run)
            run = []
        if isinstance(beat, Words):
            run.append(beat)
        else:
            yield beat
    if run:
        yield _one_text(run)


def _one_text(run: list[Words]) -> Words:
    text = "\n".join(words.text for words in run)
    return Words(text, run[0].first, run[-1].last, run[0].sung)


def _read_other(element: Element, beats: list[Beat]) -> None:
    if not element.text.strip():
        return
    lines = (element.first_line, element.last_line)
    if element.kind in ("centered", "lyric"):
        beats.append(Words(element.text, *lines, sung=element.kind == "lyric"))
    elif element.kind == "transition":
        beats.append(Transition(element.text, *lines))
    elif element.kind in ("action", "dialogue", "parenthetical"):
        beats.append(Action(element.text, *lines))


def _read_speech(elements: Sequence[Element], at: int, beats: list[Beat]) -> int:
    """One speaker's turn; returns where the next element stands."""
    cue, last = elements[at], elements[at].last_line
    manner: list[str] = []
    said: list[tuple[list[str], str, int]] = []
    at += 1
    while (at := _past_asides(elements, at)) < len(elements) and elements[at].kind in _SPOKEN:
        element, last = elements[at], elements[at].last_line
        if element.kind == "parenthetical":
            manner.append(element.text)
        else:
            for direction, words in taken_apart(element.text):
                manner += [direction] if direction else []
                if said and not manner and words.strip():
                    said[-1][0].append(words)
                elif words.strip():
                    said.append(([words], " ".join(manner).strip(), element.first_line))
                    manner = []
        at += 1
    if manner:
        said.append(([], " ".join(manner).strip(), last))
    lines = tuple(Said("\n".join(texts), how, line) for texts, how, line in said)
    beats.append(Speech(cue.text, cue.extension, cue.dual, lines, cue.first_line, last))
    return at


def _past_asides(elements: Sequence[Element], at: int) -> int:
    """The index after notes between two lines of one speech, if the speech continues."""
    after = at
    while after < len(elements) and elements[after].kind in _ASIDES and _is_inside(elements[after]):
        after += 1
    goes_on = after < len(elements) and elements[after].kind in _SPOKEN
    return after if goes_on else at


def _is_inside(element: Element) -> bool:
    """Whether the speech continues: an empty line ends it, a line of two spaces (a forced blank) does not."""
    return element.kind != "blank" or element.forced
