"""Print a Screenplay as Fountain.

In: a Screenplay.      Out: text that is read back as the same sheet, every line in place.
Prints exactly the sheet; a sheet made by hand needs its blank lines as elements.
"""

from collections.abc import Callable

from assets.fountain.names import CueLine, print_cue
from assets.fountain.title import print_title_page
from assets.sheets.screenplay import Element, Kind, Screenplay


def render(screenplay: Screenplay) -> str:
    """The script as text; empty for an empty sheet."""
    first = screenplay.elements[0].first_line if screenplay.elements else None
    lines = print_title_page(screenplay.title_page, first)
    lines += (PRINTED.get(element.kind, _plain)(element) for element in screenplay.elements)
    return "\n".join((*lines, "")) if lines else ""


def _plain(element: Element) -> str:
    return element.text


def _blank(element: Element) -> str:
    line = "  " if element.forced else ""
    return "\n".join([line] * (element.last_line - element.first_line + 1))


def _heading(element: Element) -> str:
    number = f" #{element.scene_number}#" if element.scene_number is not None else ""
    return f"{'.' if element.forced else ''}{element.text}{number}"


def _action(element: Element) -> str:
    return f"{'!' if element.forced else ''}{element.text}"


def _character(element: Element) -> str:
    cue = print_cue(CueLine(element.text, element.extension, element.dual))
    return f"{'@' if element.forced else ''}{cue}"


def _transition(element: Element) -> str:
    return f"> {element.text}" if element.forced else element.text


PRINTED: dict[Kind, Callable[[Element], str]] = {
    "blank": _blank,
    "heading": _heading,
    "action": _action,
    "character": _character,
    "transition": _transition,
    "centered": lambda element: f"> {element.text} <",
    "lyric": lambda element: f"~{element.text}",
    "section": lambda element: f"{'#' * element.depth} {element.text}",
    "synopsis": lambda element: f"= {element.text}",
}
