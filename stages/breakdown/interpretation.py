"""Interpret a script whose writer did not keep to Fountain's syntax.

In: the elements of a Screenplay, names of people who are known.      Out: elements, and remarks for the writer.
Fountain takes any line in capitals with words under it for a speaker: ``FADE IN:``, ``ACT ONE``, a page number.
An element that the syntax reads correctly stays as it is.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from assets.fountain import parse
from assets.fountain.names import read_cue
from assets.sheets.screenplay import Element, Screenplay
from stages.breakdown.blocks import SPOKEN, blocks, first_heading, lines_of, without_revision_marks
from stages.breakdown.directions import Direction, direction, is_data, is_date, normal, shouted
from stages.breakdown.labels import Speakers, entry
from stages.breakdown.misread import Line, Odd, State, cue_text
from stages.breakdown.remarks import Remarks
from stages.breakdown.rewriting import Rewriting

_LEFT_OUT = "[[left out]]"  # a note in place of a line, so that the lines after it keep their numbers


@dataclass(frozen=True)
class Interpretation:
    """A script as its writer meant it.

    about  sentences of a list of the cast: what is said of people outside the scenes
    """

    elements: tuple[Element, ...]
    about: tuple[str, ...]
    remarks: Remarks


def interpret(screenplay: Screenplay, known: Collection[str] = ()) -> Interpretation:
    """Read ``screenplay`` as its writer meant it.

    known  names of people from the bible; a line that is one of them is never read as anything else
    """
    reading = _Reading(screenplay, known)
    for block in blocks(reading.elements):
        reading.take(block)
    script = reading.script
    script.close()
    return Interpretation(tuple(script.out), tuple(script.about), script.remarks)


class _Reading:
    """The script as it was meant, so far."""

    def __init__(self, screenplay: Screenplay, known: Collection[str]) -> None:
        remarks = Remarks(screenplay.source)
        self.elements = without_revision_marks(screenplay.elements, remarks)
        self.state = _state(self.elements, {normal(name) for name in known})
        self.script = Rewriting(self.state, remarks)
        self._torn = False  # a page ended inside a speech
        self._headed = any(element.kind == "heading" for element in self.elements)

    def take(self, block: list[Element]) -> None:
        first = block[0]
        if first.kind == "character":
            self._speech(block)
        elif first.kind == "action" and not first.forced:
            self._action(first)
        elif first.kind == "section" and (found := self._section(first)):
            self.script.begin_scene(found, first.first_line)
        elif first.kind in ("blank", "note", "boneyard"):
            self.script.out.append(first)
        else:
            self.script.emit(block)

    # Blocks

    def _speech(self, block: list[Element]) -> None:
        cue, before, torn = block[0], len(self.script.out), self._torn
        lines = lines_of(block)
        if lines and lines[0].number < self.state.lead and any(is_data(line.text) for line in lines[1:4]):
            for line in lines:  # a title page typed without keys: a title, and 'by' somebody under it
                self.script.tell(line, "data")
        elif lines and not self.state.is_person(cue):
            self._no_person(lines)
        elif lines and (odd := self._odd_lines(lines, talking=True)):
            self._walk(lines, odd)
        else:
            self.script.emit(block)
        if torn and "contd" in normal(cue.extension):
            self._mend(before)

    def _no_person(self, lines: list[Line]) -> None:
        first = lines[0]
        odd = self._odd_lines(lines, talking=False)
        if 0 not in odd and is_date(first.text):
            shown = first.number >= self.state.lead
            odd[0] = Direction("words" if shown else "data", first.text.strip())
        elif 0 not in odd:
            self.script.tell(first, "action")
            lines = [Line(first.number, f"!{first.text.strip()}"), *lines[1:]]
        self._walk(lines, odd)

    def _mend(self, at: int) -> None:
        """Join what the end of a page tore apart: the speech goes on under the same name."""
        after = self.script.out[at:]
        while at and self.script.out[at - 1].kind in ("blank", "note"):
            at -= 1
        earlier = next((item for item in reversed(self.script.out[:at]) if item.kind not in SPOKEN), None)
        if (
            after
            and after[0].kind == "character"
            and earlier
            and normal(earlier.text) == normal(after[0].text)
        ):
            self.script.out[at:] = after[1:]
            self._torn = False

    def _action(self, element: Element) -> None:
        last = self.script.out[-1] if self.script.out else None
        under = last.kind if last is not None and last.last_line == element.first_line - 1 else ""
        self.state.joined = element.first_line if under in ("heading", "transition") else 0
        lines = lines_of([element])
        odd = self._odd_lines(lines, talking=False)
        if 0 not in odd and 1 not in odd and self.state.is_small_name(lines):
            odd[0] = "name"
        # The reader takes what stands right under CUT TO: for action; it begins a paragraph of its own.
        if lines and (odd or self.state.expected or under == "transition"):
            self._walk(lines, odd)
            return
        for line in lines:
            if self.state.speakers.unsure(line.text):
                self.script.tell(line, "maybe said")
        self.script.emit([element])

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
                self.script.tell(lines[index], "maybe cue")
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
                self.script.tell(line, found.kind)
                chunk += [Line(line.number, _LEFT_OUT)] if chunk else []
            elif found == "cue" and self._goes_on(chunk, line):
                chunk.append(Line(line.number, _LEFT_OUT))
            else:
                self._flush(chunk)
                chunk = self.script.act(found, line)
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

    def _flush(self, chunk: list[Line]) -> None:
        """Plain lines between two odd ones: read anew, as a paragraph of their own."""
        while chunk and chunk[-1].text == _LEFT_OUT:
            chunk = chunk[:-1]
        if chunk and self.state.expected:
            chunk = self._take_expected(chunk)
        if not chunk:
            return
        self.script.close()
        text = "\n".join(line.text for line in chunk)
        shift = chunk[0].number - 2
        # An empty line before it: its first line is not that of a title page.
        for element in parse(f"\n{text}").elements:
            if element.kind != "blank" or element.forced:
                lines = {"first_line": element.first_line + shift, "last_line": element.last_line + shift}
                self.script.out.append(element.model_copy(update=lines))

    def _take_expected(self, chunk: list[Line]) -> list[Line]:
        """Take the lines that belong to what was announced; returns the others."""
        taken = 0
        for line in chunk:
            if not self._belongs(line):
                break
            taken += 1
            if self.state.expected == "cast":
                self.script.about.append(line.shown if line.shown.endswith((".", "。")) else f"{line.shown}.")
                if found := entry(line.text):
                    self.state.speakers.know(found[0])
                    self.state.listed.add(normal(found[0]))
            elif self.state.expected != "episode":
                self.script.put("centered", line, line.text.strip().strip('"“”'), forced=True)
        if taken < len(chunk) or self.state.expected != "cast":
            self.state.expected = ""
        return chunk[taken:]

    def _belongs(self, line: Line) -> bool:
        quoted = line.shown[:1] in "\"“「『'" and line.shown[-1:] in "\"”」』'"
        match self.state.expected:
            case "cast":
                return self.state.is_entry(line) or bool(self.script.about and line.shown[:1].islower())
            case "more words" | "words next":
                return quoted or shouted(line.shown)
            case "episode":
                return quoted or len(line.shown) < 60
            case _:
                return True


def _state(elements: Sequence[Element], people: set[str]) -> State:
    """What is known of the script before its first line is read."""
    cues = Counter(
        normal(read_cue(element.text).name)
        for element in elements
        if element.kind == "character" and (element.forced or not direction(cue_text(element)))
    )
    told = (element.text for element in elements if element.kind in ("action", "dialogue"))
    lines = [line for text in told for line in text.split("\n")]
    return State(
        people=people,
        cues=cues,
        speakers=Speakers({*people, *cues}, lines, has_cues=bool(cues)),
        lead=first_heading(elements),
        last=max((element.last_line for element in elements if element.kind != "blank"), default=0),
        cue_lines=frozenset(element.first_line for element in elements if element.kind == "character"),
    )
