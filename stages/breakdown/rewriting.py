"""The script as it is read, written element by element: what a line's direction, label or speaker becomes.

In: odd lines with what they are.      Out: elements, what a list of the cast says, remarks for the writer.
"""

from collections.abc import Iterable

from assets.sheets.screenplay import Element, Kind
from stages.breakdown.directions import Direction, normal
from stages.breakdown.labels import LabelledScene, label, listed
from stages.breakdown.misread import Line, Odd, State, content
from stages.breakdown.remarks import Remarks

_INTERCUT = ("intercut", "inter cut", "begin intercut", "cross cut")


class Rewriting:
    """The elements so far. ``state`` is shared with the reading and says what the next lines belong to."""

    def __init__(self, state: State, remarks: Remarks) -> None:
        self.out: list[Element] = []
        self.about: list[str] = []
        self.state, self.remarks = state, remarks

    def emit(self, block: Iterable[Element]) -> None:
        self.close()
        self.out.extend(block)

    def put(
        self, kind: Kind, line: Line, text: str, *, forced: bool = False, scene_number: str | None = None
    ) -> None:
        if self.state.scene is not None:
            self.close()
        at = line.number
        self.out.append(
            Element(
                kind=kind, text=text, first_line=at, last_line=at, forced=forced, scene_number=scene_number
            )
        )

    def tell(self, line: Line, what: str) -> None:
        """Remark that ``line`` is read as ``what``, a key of the table in remarks.py."""
        self.remarks.read_as(what, line.number, line.text.strip())

    def close(self) -> None:
        """Put down the heading that labels described."""
        scene, self.state.scene, self.state.expected = self.state.scene, None, ""
        if scene is not None:
            line = Line(scene.line, scene.number)
            if not scene.heading:
                self.tell(Line(scene.line, f"scene {scene.number}"), "place")
            self.put("heading", line, scene.heading, forced=True, scene_number=scene.number or None)

    def act(self, found: Odd, line: Line) -> list[Line]:
        """Act on one line; returns lines that the text after it goes on from."""
        if found == "cue":
            self.state.expected = ""
            self.tell(line, "cue")
            return [line]
        if found == "name":
            self.tell(line, "name")
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
            self.begin_scene(found, line.number)
            return []
        self.close()
        match found.kind:
            case "heading":
                self.put("heading", line, found.text, scene_number=found.number or None)
            case "transition":
                self._transition(line)
            case "later":
                self.put("transition", line, "time passes")
            case "words" | "ending" | "episode":
                self._words(found, line)
            case "cast":
                self.state.expected = "cast"
                self.tell(line, "cast")
            case "shot" | "sound":
                return [Line(line.number, f"!{line.text.strip()}")]
            case "montage":
                self.tell(line, "montage")
                return [Line(line.number, f"!{about}")] if (about := content(line.shown)) else []
            case _:
                self.tell(line, "structure")
        return []

    def _transition(self, line: Line) -> None:
        self.put("transition", line, line.text.strip())
        if normal(line.text).startswith(_INTERCUT):
            self.tell(line, "intercut")
        if rest := line.shown.partition(":")[2].strip():
            self.put("action", line, rest)

    def _words(self, found: Direction, line: Line) -> None:
        if found.kind == "episode" and line.number < self.state.lead:
            self.state.expected = "episode"
            self.tell(line, "title")
            return
        if found.text:
            self.put("centered", line, found.text, forced=True)
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
                self.put("action", line, rest)
        elif what == "other":
            self.tell(line, "remark")
        else:
            self.state.scene = self.state.scene or LabelledScene(line.number)
            setattr(self.state.scene, what, rest)

    def _say(self, line: Line) -> None:
        found = self.state.speakers.of(line.text)
        if found is None:
            return
        self.put("character", line, found.name, forced=True)
        if found.how:
            self.put("parenthetical", line, found.how)
        self.put("dialogue", line, found.said)

    def begin_scene(self, found: Direction, number: int) -> None:
        self.close()
        self.state.scene = LabelledScene(number, number=found.number, place=found.text)
