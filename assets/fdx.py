"""Final Draft scripts (.fdx): XML in, a Screenplay sheet out, and back.

Entities, document types and anything outside the file are refused. Paragraphs are laid out as
Fountain and read from there, so a Screenplay from Final Draft is one that Fountain could have given:
its line numbers are those of ``fountain.render``, not of the XML.

Notes and boneyard travel as script notes; sections and synopses, for which Final Draft has no
paragraph, in a General one as their Fountain line. Fonts, colours, revisions and page layout are not read.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from assets.errors import ScriptRefused
from assets.fountain.heading import NUMBER
from assets.fountain.layout import Piece, lay_out
from assets.fountain.names import CueLine, print_cue
from assets.fountain.printer import PRINTED
from assets.fountain.reader import HELD_OPEN, MAX_BYTES
from assets.fountain.reader import parse as parse_fountain
from assets.fountain.speech import Run, runs, spoken
from assets.fountain.title import print_title_page, read_plain_title_page, read_title_page
from assets.sheets.screenplay import Element, Kind, Screenplay, TitleEntry

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element as Node

KINDS: dict[str, Kind] = {
    "Scene Heading": "heading",
    "Action": "action",
    "Character": "character",
    "Parenthetical": "parenthetical",
    "Dialogue": "dialogue",
    "Lyrics": "lyric",
    "Singing": "lyric",
    "Transition": "transition",
    "General": "note",
}
TYPES: dict[Kind, str] = {kind: name for name, kind in KINDS.items() if name not in ("Singing", "General")}
IN_A_TURN = ("parenthetical", "dialogue", "lyric", "note", "boneyard")
BONEYARD = "Boneyard"
STYLES = ("Bold", "Italic", "Underline")
# What XML 1.0 cannot carry in any spelling.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def parse(data: bytes | str, source: str = "script") -> Screenplay:
    """Read Final Draft XML; ``source`` names it in messages."""
    return parse_fountain(to_fountain(data, source), source)


def to_fountain(data: bytes | str, source: str = "script") -> str:
    """The script as Fountain text, which is what is read."""
    root = _tree(data, source)
    if root.tag != "FinalDraft" or (content := root.find("Content")) is None:
        raise ScriptRefused(
            source, None, f"this XML is a <{root.tag}>, not a Final Draft script.", "Export it as .fdx."
        )
    title = read_plain_title_page([_plain(node) for node in root.iterfind("TitlePage/Content/Paragraph")])
    page = print_title_page(title, None)
    body = lay_out(list(_pieces(content)))
    # Without a title page of its own, a script may still open with a line that looks like one.
    apart = bool(page) or body.startswith("\ufeff") or bool(read_title_page(body.split("\n"))[1])
    return "\n".join([*page, ""] * apart + [body]) if apart else body


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


def _tree(data: bytes | str, source: str) -> "Node":
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    if len(data) > MAX_BYTES:
        raise ScriptRefused(
            source, None, f"{len(data):,} bytes; a script has at most {MAX_BYTES:,}.", "Split it."
        )
    try:
        tree: Node = fromstring(data, forbid_dtd=True)
    except DefusedXmlException as error:
        raise ScriptRefused(
            source, None, "it declares a document type or entities.", "Export it anew from Final Draft."
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        line = error.position[0] if isinstance(error, ParseError) else None
        raise ScriptRefused(
            source, line, f"this is not well-formed XML ({error}).", "Export it as .fdx."
        ) from error
    return tree


def _pieces(content: "Node") -> Iterator[Piece]:
    for paragraph in content.iterfind("Paragraph"):
        if paragraph.get("StartsNewPage") == "Yes":
            yield Piece("page_break", ())
        dual = paragraph.find("DualDialogue")
        if dual is not None:
            yield from _dual_pieces(dual)
        else:
            yield from _paragraph_pieces(paragraph)


def _dual_pieces(dual: "Node") -> Iterator[Piece]:
    speakers = 0
    for paragraph in dual.iterfind("Paragraph"):
        speakers += paragraph.get("Type") == "Character"
        second = paragraph.get("Type") == "Character" and speakers > 1
        yield from (replace(piece, dual=second) for piece in _paragraph_pieces(paragraph))


def _paragraph_pieces(paragraph: "Node") -> Iterator[Piece]:
    words = _words(paragraph)
    kind = KINDS.get(paragraph.get("Type", ""), "action")
    if kind == "note":
        kind = _general_kind(words, paragraph.get("Alignment"))
    if not "".join(run.text for run in words).strip():
        return
    number = paragraph.get("Number", "") if kind == "heading" else ""
    yield Piece(kind, words, number if NUMBER.fullmatch(f"#{number}#") else "")
    for node in paragraph.iterfind("SceneProperties/Summary"):
        if summary := " ".join("".join(node.itertext()).split()):
            yield Piece("note", (Run("= "), Run(summary)))


def _general_kind(words: Sequence[Run], alignment: str | None) -> Kind:
    """A General paragraph may carry a Fountain line of its own; otherwise it is action."""
    text = "".join(run.text for run in words if not run.hidden).strip()
    if alignment == "Center":
        return "centered"
    carried = not text or text == "===" or (text.startswith(("#", "=")) and text.strip("#="))
    return "note" if carried else "action"


def _words(paragraph: "Node") -> tuple[Run, ...]:
    """What the paragraph says, with Final Draft's notes where they stand in it."""
    return tuple(
        _note(node) if node.tag == "ScriptNote" else _run(node)
        for node in paragraph
        if node.tag in ("Text", "ScriptNote")
    )


def _run(node: "Node") -> Run:
    named = (node.get("Style") or "").split("+")
    return Run(_text(node), frozenset(style.lower() for style in named if style in STYLES))


def _note(node: "Node") -> Run:
    lines = "\n".join(
        "".join(map(_text, paragraph.iterfind("Text"))) for paragraph in node.iterfind("Paragraph")
    )
    if node.get("Name") == BONEYARD:
        return Run(f"/*{lines.replace('*/', '* /')}*/", hidden=True)
    held = "\n".join(line if line.strip() else HELD_OPEN for line in lines.replace("]]", "] ]").split("\n"))
    return Run(f"[[{held}]]", hidden=True)


def _text(node: "Node") -> str:
    return "".join(node.itertext())


def _plain(paragraph: "Node") -> str:
    return "".join(run.text for run in _words(paragraph))


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
            # Both turns stand in one paragraph: the first was written already and moves in.
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
    """Turns of dialogue together, everything else by itself; blank lines only part them."""
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
                "Take it out of the script.",
            )
