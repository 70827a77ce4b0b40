"""Write a Screenplay sheet as a Final Draft script (.fdx).

In: a Screenplay.      Out: XML text, which assets/fdx.py reads back as the same sheet.
Sections and synopses, for which Final Draft has no paragraph, go into a General paragraph as their Fountain line.
"""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from assets.errors import ScriptRefused
from assets.fdx_types import BONEYARD, KINDS, STYLES
from assets.fountain.names import CueLine, print_cue
from assets.fountain.printer import PRINTED
from assets.fountain.speech import Run, runs, spoken
from assets.sheets.screenplay import Element, Kind, Screenplay, TitleEntry

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element as Node

TYPES: dict[Kind, str] = {kind: name for name, kind in KINDS.items() if name not in ("Singing", "General")}
IN_A_TURN = ("parenthetical", "dialogue", "lyric", "note", "boneyard")
# Characters that XML 1.0 cannot hold, not even as an entity.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def render(screenplay: Screenplay) -> str:
    """The script as Final Draft XML. Raises ScriptRefused for characters XML cannot hold."""
    from xml.etree.ElementTree import Element as XmlElement
    from xml.etree.ElementTree import SubElement, indent, tostring

    _check_characters(screenplay)
    root = XmlElement("FinalDraft", DocumentType="Script", Template="No", Version="1")
    _write_body(SubElement(root, "Content"), screenplay.elements)
    page = SubElement(SubElement(root, "TitlePage"), "Content")
    for line in _title_lines(screenplay.title_page):
        _write(page, (Run(line),), Alignment="Center")
    indent(root, space="  ")
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="no" ?>\n'
        + tostring(root, encoding="unicode")
        + "\n"
    )


def _write_body(content: "Node", elements: Sequence[Element]) -> None:
    from xml.etree.ElementTree import SubElement

    before: list[Element] = []
    breaks = False
    for group in _groups(elements):
        if group[0].kind == "page_break":
            breaks = True
            continue
        parent = content
        if group[0].dual and before and before[0].kind == "character":
            # Both speeches are in one paragraph: the first was written already and is moved in.
            first = content[-len(before) :]
            parent = SubElement(SubElement(content, "Paragraph"), "DualDialogue")
            for node in first:
                content.remove(node)
                parent.append(node)
        for element in group:
            _write_element(parent, element, breaks)
            breaks = False
        before = group if parent is content else []
    if breaks:
        _write(content, (Run("==="),), Type="General")


def _groups(elements: Sequence[Element]) -> Iterator[list[Element]]:
    """Group the parts of each speech; everything else is a group of one. Blank lines only separate."""
    turn: list[Element] = []
    for element in elements:
        if turn and element.kind in IN_A_TURN:
            turn.append(element)
            continue
        if turn and not (element.kind == "blank" and element.forced):
            yield turn
            turn = []
        if element.kind == "character":
            turn = [element]
        elif element.kind != "blank":
            yield [element]
    if turn:
        yield turn


def _write_element(parent: "Node", element: Element, breaks: bool) -> None:
    attributes = {"Type": TYPES.get(element.kind, "General")}
    if element.scene_number is not None:
        attributes["Number"] = element.scene_number
    if element.kind == "centered":
        attributes["Alignment"] = "Center"
    if breaks:
        attributes["StartsNewPage"] = "Yes"
    text = element.text
    if element.kind == "character":
        text = print_cue(CueLine(element.text, element.extension))
    elif element.kind in ("section", "synopsis"):
        text = PRINTED[element.kind](element)
    _write(parent, runs(text), **attributes)


def _write(parent: "Node", words: Sequence[Run], **attributes: str) -> None:
    from xml.etree.ElementTree import SubElement

    paragraph = SubElement(parent, "Paragraph", attributes)
    for run in words:
        if run.hidden:
            named = {"Name": BONEYARD} if run.text.startswith("/*") else {}
            note = SubElement(SubElement(paragraph, "ScriptNote", named), "Paragraph")
            SubElement(note, "Text").text = run.text[2:-2]
            continue
        style = "+".join(name for name in STYLES if name.lower() in run.styles)
        SubElement(paragraph, "Text", {"Style": style} if style else {}).text = run.text


def _title_lines(entries: Sequence[TitleEntry]) -> Iterator[str]:
    for index, entry in enumerate(entries):
        if index == 0 and entry.key == "Title" and entry.values:
            yield from (spoken(value) for value in entry.values[:1])
            yield from (f"    {spoken(value)}" for value in entry.values[1:])
            continue
        yield f"{entry.key}: {spoken(entry.values[0]) if entry.values else ''}".rstrip()
        yield from (f"    {spoken(value)}" for value in entry.values[1:])


def _check_characters(screenplay: Screenplay) -> None:
    for element in screenplay.elements:
        if found := FORBIDDEN.search(element.text):
            raise ScriptRefused(
                screenplay.source or "script",
                element.first_line,
                f"the control character U+{ord(found[0]):04X} cannot be written in XML.",
                "Remove it from the script.",
            )
