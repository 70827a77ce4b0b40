"""Read what a writer plainly meant where the letter of the syntax says something else.

In: the elements of a Screenplay, names of people who are known.      Out: elements, and remarks for the writer.
Fountain takes any line in capitals with words under it for a speaker: ``FADE IN:``, ``ACT ONE``, a page number.
An element that is what it seems to be stays as it is.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from assets.fountain import parse, render
from assets.fountain.names import read_cue
from assets.sheets.screenplay import Element, Screenplay
from stages.breakdown.directions import Direction, direction, is_data, is_date, normal, shouted
from stages.breakdown.labels import LabelledScene, Speakers, entry, label, listed
from stages.breakdown.misread import Line, Odd, State, content, cue_text
from stages.breakdown.remarks import Remarks

_SPOKEN = ("dialogue", "parenthetical", "lyric")
_LEFT_OUT = "[[left out]]"  # a note in place of a line, so that the lines after it keep their numbers
_REVISION = re.compile(r"(?<![ \t])(?:[ \t]{2,}|\t)\*{1,3}[ \t]*$", re.MULTILINE)
_MARKED = ("heading", "action", "character", "dialogue", "parenthetical")
_INTERCUT = ("intercut", "inter cut", "begin intercut", "cross cut")
_TOLD = {
    "action": '"{about}" is read as action, not as a name. Write @ before it if somebody is called so.',
    "cast": '"{about}" is read as a list of the cast; it is not filmed.',
    "cue": '"{about}" begins a speech though no empty line stands before it.',
    "data": '"{about}" is about the script; it is not filmed. Put it on a title page: "Draft date: ...".',
    "furniture": '"{about}" belongs to a printed page, not to the film; it is left out.',
    "intercut": '"{about}" does not cut to and fro by itself: write the cuts in their order.',
    "maybe cue": '"{about}" is said, for no empty line stands before it; put one there if it is a name.',
    "maybe said": '"{about}" is read as action. If it is said, put the name on a line of its own, in capitals.',
    "montage": '"{about}" is not shown by itself; what stands under it is filmed in order.',
    "name": '"{about}" begins a speech though it is not written in capitals.',
    "place": '"{about}" says no place. Write a heading: INT. KITCHEN - DAY.',
    "revision": '"{about}" has a mark of revision at its end; it is left out.',
    "remark": '"{about}" is read as a note and not filmed.',
    "structure": '"{about}" is read as the name of a part of the script; it is not filmed.',
    "title": '"{about}" is read as a title and not filmed; write "Title:" or "Episode:" at the top.',
}


@dataclass(frozen=True)
class Understood:
    """A script as it was meant.

    about  sentences of a list of the cast: what is said of people outside the scenes
    """

    elements: tuple[Element, ...]
    about: tuple[str, ...]
    remarks: Remarks


def understood(screenplay: Screenplay, known: Collection[str] = ()) -> Understood:
    """``known``: names of people from the bible; a line that is one of them is never anything else."""
    reading = _Reading(screenplay, known)
    for block in _blocks(reading.elements):
        reading.take(block)
    reading.close()
    return Understood(tuple(reading.out), tuple(reading.about), reading.remarks)


def _blocks(elements: Sequence[Element]) -> Iterator[list[Element]]:
    """A speech with all that is said in it, or one element of another kind."""
    at = 0
    while at < len(elements):
        stop = at + 1
        if elements[at].kind == "character":
            while stop < len(elements) and _may_be_inside(elements[stop]):
                stop += 1
            while elements[stop - 1].kind not in (*_SPOKEN, "character"):
                stop -= 1
        yield list(elements[at:stop])
        at = stop


def _may_be_inside(element: Element) -> bool:
    """What is said, and what may stand between two lines of a speech."""
    return element.kind in (*_SPOKEN, "note", "boneyard") or (element.kind == "blank" and element.forced)


def _lines(block: Sequence[Element]) -> list[Line]:
    """The block line by line as it is written; none where something hidden may span a line end."""
    if any("[[" in element.text or "/*" in element.text for element in block):
        return []
    text = render(Screenplay(elements=tuple(block)))
    return [Line(block[0].first_line + index, line) for index, line in enumerate(text.split("\n")[:-1])]


def _without_marks(elements: Sequence[Element], remarks: Remarks) -> tuple[Element, ...]:
    """Without the stars that mark revised lines at the right edge of a printed page."""
    marked = [element for element in elements if _REVISION.search(element.text) and element.kind in _MARKED]
    if len(marked) < 2:
        return tuple(elements)
    for element in marked:
        remarks.add(element.first_line, element.text, _TOLD["revision"])
    ids = {id(element) for element in marked}
    return tuple(
        element.model_copy(update={"text": _REVISION.sub("", element.text)})
        if id(element) in ids
        else element
        for element in elements
    )


class _Reading:
    """The elements as they are meant, so far."""

    def __init__(self, screenplay: Screenplay, known: Collection[str]) -> None:
        self.out: list[Element] = []
        self.about: list[str] = []
        self.remarks = Remarks(screenplay.source)
        self._torn = False  # a page ended inside a speech
        elements = self.elements = _without_marks(screenplay.elements, self.remarks)
        self._headed = any(element.kind == "heading" for element in elements)
        people = {normal(name) for name in known}
        cues = Counter(
            normal(read_cue(element.text).name)
            for element in elements
            if element.kind == "character" and (element.forced or not direction(cue_text(element)))
        )
        told = (element.text for element in elements if element.kind in ("action", "dialogue"))
        lines = [line for text in told for line in text.split("\n")]
        self.state = State(
            people=people,
            cues=cues,
            speakers=Speakers({*people, *cues}, lines, has_cues=bool(cues)),
            lead=_lead(elements),
            last=max((element.last_line for element in elements if element.kind != "blank"), default=0),
            cue_lines=frozenset(element.first_line for element in elements if element.kind == "character"),
        )

    def take(self, block: list[Element]) -> None:
        first = block[0]
        if first.kind == "character":
            self._speech(block)
        elif first.kind == "action" and not first.forced:
            self._action(first)
        elif first.kind == "section" and (found := self._section(first)):
            self._begin_scene(found, first.first_line)
        elif first.kind in ("blank", "note", "boneyard"):
            self.out.append(first)
        else:
            self._emit(block)

    def close(self) -> None:
        """Put down the heading that labels described."""
        scene, self.state.scene, self.state.expected = self.state.scene, None, ""
        if scene is not None:
            number: Any = scene.number or None
            line = Line(scene.line, scene.number)
            if not scene.heading:
                self._tell(Line(scene.line, f"scene {scene.number}"), "place")
            self._put("heading", line, scene.heading, forced=True, scene_number=number)

    # Blocks

    def _speech(self, block: list[Element]) -> None:
        cue, before, torn = block[0], len(self.out), self._torn
        lines = _lines(block)
        if lines and lines[0].number < self.state.lead and any(is_data(line.text) for line in lines[1:4]):
            for line in lines:  # a title page typed without keys: a title, and 'by' somebody under it
                self._tell(line, "data")
        elif lines and not self.state.is_person(cue):
            self._no_person(lines)
        elif lines and (odd := self._odd_lines(lines, talking=True)):
            self._walk(lines, odd)
        else:
            self._emit(block)
        if torn and "contd" in normal(cue.extension):
            self._mend(before)

    def _no_person(self, lines: list[Line]) -> None:
        first = lines[0]
        odd = self._odd_lines(lines, talking=False)
        if 0 not in odd and is_date(first.text):
            shown = first.number >= self.state.lead
            odd[0] = Direction("words" if shown else "data", first.text.strip())
        elif 0 not in odd:
            self._tell(first, "action")
            lines = [Line(first.number, f"!{first.text.strip()}"), *lines[1:]]
        self._walk(lines, odd)

    def _mend(self, at: int) -> None:
        """Join what the end of a page tore apart: the speech goes on under the same name."""
        after = self.out[at:]
        while at and self.out[at - 1].kind in ("blank", "note"):
            at -= 1
        earlier = next((item for item in reversed(self.out[:at]) if item.kind not in _SPOKEN), None)
        if (
            after
            and after[0].kind == "character"
            and earlier
            and normal(earlier.text) == normal(after[0].text)
        ):
            self.out[at:] = after[1:]
            self._torn = False

    def _action(self, element: Element) -> None:
        last = self.out[-1] if self.out else None
        under = last.kind if last is not None and last.last_line == element.first_line - 1 else ""
        self.state.joined = element.first_line if under in ("heading", "transition") else 0
        lines = _lines([element])
        odd = self._odd_lines(lines, talking=False)
        if 0 not in odd and 1 not in odd and self.state.is_small_name(lines):
            odd[0] = "name"
        # The reader takes what stands right under CUT TO: for action; it begins a paragraph of its own.
        if lines and (odd or self.state.expected or under == "transition"):
            self._walk(lines, odd)
            return
        for line in lines:
            if self.state.speakers.unsure(line.text):
                self._tell(line, "maybe said")
        self._emit([element])

    def _section(self, element: Element) -> Direction | None:
        """``## Scene 2: Rooftop``, where no heading is written in another way."""
        found = direction(element.text) if not self._headed else None
        return found if found and found.kind in ("scene", "heading") else None

    def _odd_lines(self, lines: Sequence[Line], *, talking: bool) -> dict[int, Odd]:
        odd = self.state.odd_lines(lines, talking=talking)
        cues, sure = self.state.cues_in(lines, odd, talking=talking)
        for index in cues:
            if sure:
                odd[index] = "cue"
            else:
                self._tell(lines[index], "maybe cue")
        return odd

    # Lines

    def _walk(self, lines: Sequence[Line], odd: dict[int, Odd]) -> None:
        chunk: list[Line] = []
        for index, line in enumerate(lines):
            found = odd.get(index)
            if found is None:
                chunk.append(line)
            elif isinstance(found, Direction) and found.kind in ("furniture", "data", "remark"):
                self._torn = self._torn or normal(line.text) == "more"
                self._tell(line, found.kind)
                chunk += [Line(line.number, _LEFT_OUT)] if chunk else []
            elif found == "cue" and self._goes_on(chunk, line):
                chunk.append(Line(line.number, _LEFT_OUT))
            else:
                self._flush(chunk)
                chunk = self._handle(found, line)
        self._flush(chunk)
        if self.state.expected == "words":
            self.state.expected = "words next"
        elif self.state.expected not in ("cast", "words next"):
            self.state.expected = ""

    def _goes_on(self, chunk: Sequence[Line], line: Line) -> bool:
        """RIN (CONT'D) after the end of a page, in the speech that Rin began before it."""
        cue = read_cue(line.shown)
        same = bool(chunk) and normal(chunk[0].name) == normal(cue.name)
        return self._torn and same and "contd" in normal(cue.extension)

    def _handle(self, found: Odd, line: Line) -> list[Line]:
        """Act on one line; returns lines that the text after it goes on from."""
        if found == "cue":
            self.state.expected = ""
            self._tell(line, "cue")
            return [line]
        if found == "name":
            self._tell(line, "name")
            return [Line(line.number, f"@{line.text.strip()}")]
        if found == "label":
            self._label(line)
        elif found == "said":
            self._say(line)
        elif isinstance(found, Direction):
            return self._direct(found, line)
        return []

    def _direct(self, found: Direction, line: Line) -> list[Line]:
        if found.kind == "scene":
            self._begin_scene(found, line.number)
            return []
        self.close()
        match found.kind:
            case "heading":
                self._put("heading", line, found.text, scene_number=found.number or None)
            case "transition":
                self._transition(line)
            case "later":
                self._put("transition", line, "time passes")
            case "words" | "ending" | "episode":
                self._words(found, line)
            case "cast":
                self.state.expected = "cast"
                self._tell(line, "cast")
            case "shot" | "sound":
                return [Line(line.number, f"!{line.text.strip()}")]
            case "montage":
                self._tell(line, "montage")
                return [Line(line.number, f"!{about}")] if (about := content(line.shown)) else []
            case _:
                self._tell(line, "structure")
        return []

    def _transition(self, line: Line) -> None:
        self._put("transition", line, line.text.strip())
        if normal(line.text).startswith(_INTERCUT):
            self._tell(line, "intercut")
        if rest := line.shown.partition(":")[2].strip():
            self._put("action", line, rest)

    def _words(self, found: Direction, line: Line) -> None:
        if found.kind == "episode" and line.number < self.state.lead:
            self.state.expected = "episode"
            self._tell(line, "title")
            return
        if found.text:
            self._put("centered", line, found.text, forced=True)
        self.state.expected = (
            "words" if not found.text else "more words" if found.kind == "words" else "all words"
        )

    def _label(self, line: Line) -> None:
        what, _, rest = label(line.text) or ("other", "", "")
        if what == "people":
            for name in listed(rest):
                self.state.speakers.know(name)
        elif what == "deed":
            if rest:
                self._put("action", line, rest)
        elif what == "other":
            self._tell(line, "remark")
        else:
            self.state.scene = self.state.scene or LabelledScene(line.number)
            setattr(self.state.scene, what, rest)

    def _say(self, line: Line) -> None:
        found = self.state.speakers.of(line.text)
        if found is None:
            return
        self._put("character", line, found.name, forced=True)
        if found.how:
            self._put("parenthetical", line, found.how)
        self._put("dialogue", line, found.said)

    def _begin_scene(self, found: Direction, number: int) -> None:
        self.close()
        self.state.scene = LabelledScene(number, number=found.number, place=found.text)

    def _flush(self, chunk: list[Line]) -> None:
        """Plain lines between two odd ones: read anew, as a paragraph of their own."""
        while chunk and chunk[-1].text == _LEFT_OUT:
            chunk = chunk[:-1]
        if chunk and self.state.expected:
            chunk = self._take_expected(chunk)
        if not chunk:
            return
        self.close()
        text = "\n".join(line.text for line in chunk)
        shift = chunk[0].number - 2
        # An empty line before it: its first line is not that of a title page.
        for element in parse(f"\n{text}").elements:
            if element.kind != "blank" or element.forced:
                lines = {"first_line": element.first_line + shift, "last_line": element.last_line + shift}
                self.out.append(element.model_copy(update=lines))

    def _take_expected(self, chunk: list[Line]) -> list[Line]:
        """Take the lines that belong to what was announced; returns the others."""
        taken = 0
        for line in chunk:
            if not self._belongs(line):
                break
            taken += 1
            if self.state.expected == "cast":
                self.about.append(line.shown if line.shown.endswith((".", "。")) else f"{line.shown}.")
                if found := entry(line.text):
                    self.state.speakers.know(found[0])
                    self.state.listed.add(normal(found[0]))
            elif self.state.expected != "episode":
                self._put("centered", line, line.text.strip().strip('"“”'), forced=True)
        if taken < len(chunk) or self.state.expected != "cast":
            self.state.expected = ""
        return chunk[taken:]

    def _belongs(self, line: Line) -> bool:
        quoted = line.shown[:1] in "\"“「『'" and line.shown[-1:] in "\"”」』'"
        match self.state.expected:
            case "cast":
                return self.state.is_entry(line) or bool(self.about and line.shown[:1].islower())
            case "more words" | "words next":
                return quoted or shouted(line.shown)
            case "episode":
                return quoted or len(line.shown) < 60
            case _:
                return True

    # Output

    def _emit(self, block: Iterable[Element]) -> None:
        self.close()
        self.out.extend(block)

    def _put(self, kind: Any, line: Line, text: str, **more: Any) -> None:
        if self.state.scene is not None:
            self.close()
        self.out.append(Element(kind=kind, text=text, first_line=line.number, last_line=line.number, **more))

    def _tell(self, line: Line, what: str) -> None:
        self.remarks.add(line.number, line.text.strip(), _TOLD[what])


def _lead(elements: Sequence[Element]) -> int:
    """The line of the first heading; 0 where there is none."""
    for element in elements:
        if element.kind == "heading":
            return element.first_line
        if element.kind in ("action", "character"):
            found = direction(element.text.split("\n")[0])
            if found and found.kind in ("heading", "scene", "transition"):
                return element.first_line
    return 0
