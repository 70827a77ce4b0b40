"""Lines of a script with their line numbers in the file, which stay when the lines are rewritten.

In: text; a Screenplay read from rewritten lines.      Out: numbered lines; the Screenplay with the file's line numbers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assets.plain import one_line, shortened
from assets.sheets.screenplay import Screenplay

_SHOWN = 60  # characters of the script in a notice


@dataclass(frozen=True)
class Line:
    """One line, and the first and last line of the file (1-based) that it was made from."""

    text: str
    first: int
    last: int

    @property
    def blank(self) -> bool:
        return not self.text.strip()

    def saying(self, text: str) -> "Line":
        """The same line with another text."""
        return replace(self, text=text)


def numbered(text: str) -> list[Line]:
    return [Line(line, number, number) for number, line in enumerate(text.split("\n"), 1)]


def text_of(lines: Sequence[Line]) -> str:
    return "\n".join(line.text for line in lines)


def relined(screenplay: Screenplay, lines: Sequence[Line]) -> Screenplay:
    """``screenplay``, read from ``lines``, with the numbers of the file."""
    if all(line.first == line.last == number for number, line in enumerate(lines, 1)):
        return screenplay
    last = len(lines) - 1
    elements = []
    for element in screenplay.elements:
        first = lines[min(element.first_line - 1, last)].first
        stop = lines[min(element.last_line - 1, last)].last
        elements.append(element.model_copy(update={"first_line": first, "last_line": max(first, stop)}))
    entries = (
        entry.model_copy(update={"line": lines[min(entry.line - 1, last)].first})
        for entry in screenplay.title_page
    )
    return screenplay.model_copy(update={"elements": tuple(elements), "title_page": tuple(entries)})


def not_filmed(what: str, lines: Sequence[Line], source: str) -> Iterator[str]:
    """One notice for lines that are left out: where they stand, what they are, how they begin."""
    said = [line for line in lines if not line.blank]
    if said:
        words = shortened(one_line(" / ".join(line.text.strip() for line in said)), _SHOWN)
        span = f" (to line {said[-1].last})" if said[-1].last > said[0].first else ""
        yield f"{source}:{said[0].first}: {what} is not filmed{span}: {words}"
