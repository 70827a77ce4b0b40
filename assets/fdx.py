"""Final Draft scripts (.fdx): read XML to a Screenplay sheet, and write it back.

Entities, document types and anything outside the file are refused. Paragraphs are laid out as
Fountain and read from there, so a Screenplay from Final Draft is always one that Fountain can express:
the line numbers of ``parse`` are those of ``fountain.render``; ``lines`` knows those of the XML.

Notes and boneyard become script notes; sections and synopses, for which Final Draft has no
paragraph, in a General paragraph as their Fountain line. Fonts, colours, revisions and page layout are not read.
What is not filmed (outlines, acts, cast lists, omitted scenes, words struck out) is kept as a section, a synopsis
or a note, and reported in a notice.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from assets.errors import ScriptRefused
from assets.fdx_types import KINDS, is_omitted, kept_as, kind_of
from assets.formats.lines import Line, not_filmed, text_of
from assets.fountain.heading import NUMBER
from assets.fountain.layout import Piece, lay_out_lines
from assets.fountain.names import CueLine, print_cue
from assets.fountain.printer import PRINTED
from assets.fountain.reader import HELD_OPEN, MAX_BYTES
from assets.fountain.reader import parse as parse_fountain
from assets.fountain.speech import Run, runs, spoken
from assets.fountain.title import print_title_page, read_plain_title_page, read_title_page
from assets.loader import shown
from assets.sheets.screenplay import Element, Kind, Screenplay, TitleEntry

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element as Node

TYPES: dict[Kind, str] = {kind: name for name, kind in KINDS.items() if name not in ("Singing", "General")}
IN_A_TURN = ("parenthetical", "dialogue", "lyric", "note", "boneyard")
BONEYARD = "Boneyard"
STYLES = ("Bold", "Italic", "Underline")
# Characters that XML 1.0 cannot hold, not even as an entity.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def parse(data: bytes | str, source: str = "script") -> Screenplay:
    """Read Final Draft XML; ``source`` names it in messages."""
    return parse_fountain(to_fountain(data, source), source)


def to_fountain(data: bytes | str, source: str = "script") -> str:
    """The script as Fountain text, which is then parsed."""
    return text_of(lines(data, source)[0])


def lines(data: bytes | str, source: str = "script") -> tuple[list[Line], list[str]]:
    """The script as lines of Fountain that know their line of the XML, and a notice for what is not filmed."""
    root, where = _tree(data, source)
    if root.tag != "FinalDraft" or (content := root.find("Content")) is None:
        raise ScriptRefused(
            source, None, f"this XML is a <{root.tag}>, not a Final Draft script.", "Export it as .fdx."
        )
    reading = _Reading(where)
    pieces = list(reading.pieces(content))
    title = read_plain_title_page([_plain(node) for node in root.iterfind("TitlePage/Content/Paragraph")])
    page = [Line(line, 1, 1) for line in [*print_title_page(title, None), *reading.title_page(title)]]
    body = [Line(text, max(1, line), max(1, line)) for text, line in lay_out_lines(pieces)]
    # A script without a title page may still open with a line that looks like one.
    apart = (
        bool(page) or text_of(body).startswith("\ufeff") or bool(read_title_page([i.text for i in body])[1])
    )
    made = [*page, Line("", 1, 1), *body] if apart else body
    return [*made, Line("", made[-1].last, made[-1].last)] if made else [], list(reading.notices(source))


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


def _tree(data: bytes | str, source: str) -> "tuple[Node, Mapping[Node, int]]":
    """The root, and the line that each element opens on."""
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import DefusedXMLParser

    if len(data) > MAX_BYTES:
        raise ScriptRefused(
            source, None, f"{len(data):,} bytes; a script has at most {MAX_BYTES:,}.", "Split it."
        )
    try:
        builder = _LineBuilder()
        parser: Any = DefusedXMLParser(target=builder, forbid_dtd=True)
        builder.expat = parser.parser
        parser.feed(data)
        tree: Node = parser.close()
    except DefusedXmlException as error:
        raise ScriptRefused(
            source, None, "it declares a document type or entities.", "Export it again from Final Draft."
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        line = error.position[0] if isinstance(error, ParseError) else None
        raise ScriptRefused(
            source, line, f"this is not well-formed XML ({error}).", "Export it as .fdx."
        ) from error
    return tree, builder.lines


class _LineBuilder:
    """Builds the tree as the standard library does, and records the line of every element."""

    def __init__(self) -> None:
        from xml.etree.ElementTree import TreeBuilder

        self.expat: Any = None
        self.lines: dict[Node, int] = {}
        self._builder = TreeBuilder()

    def start(self, tag: str, attributes: dict[str, str]) -> "Node":
        node = self._builder.start(tag, attributes)
        self.lines[node] = self.expat.CurrentLineNumber
        return node

    def end(self, tag: str) -> "Node":
        return self._builder.end(tag)

    def data(self, data: str) -> None:
        self._builder.data(data)

    def close(self) -> "Node":
        return self._builder.close()


@dataclass
class _Reading:
    """Converts paragraphs to pieces, and collects what is not filmed."""

    where: "Mapping[Node, int]"
    left_out: dict[str, list[Line]] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)
    titles: list[str] = field(default_factory=list)

    def pieces(self, content: "Node") -> Iterator[Piece]:
        omitted = False
        for paragraph in content.iterfind("Paragraph"):
            line = self.where[paragraph]
            if paragraph.get("StartsNewPage") == "Yes":
                yield Piece("page_break", (), line=line)
            if kind_of(paragraph.get("Type", "")) == "heading":
                omitted = _is_omitted(paragraph)
            if omitted:
                yield from self._unfilmed("an omitted scene", paragraph, "note")
            elif (dual := paragraph.find("DualDialogue")) is not None:
                yield from self._dual(dual)
            else:
                yield from self._paragraph(paragraph)

    def title_page(self, known: Sequence[TitleEntry]) -> list[str]:
        """The show's and the episode's title from the script itself, where the title page has none."""
        if any(entry.key.casefold() == "title" for entry in known):
            return []
        found = list(dict.fromkeys(self.titles))
        return [f"{key}: {text}" for key, text in zip(("Title", "Episode"), found, strict=False)]

    def notices(self, source: str) -> Iterator[str]:
        for what, found in self.left_out.items():
            yield from not_filmed(what, found, source)
        for name, line in self.unknown.items():
            yield f"{source}:{line}: the paragraph type {shown(name)!r} is not known; it is read as action."

    def _dual(self, dual: "Node") -> Iterator[Piece]:
        speakers = 0
        for paragraph in dual.iterfind("Paragraph"):
            speaks = kind_of(paragraph.get("Type", "")) == "character"
            speakers += speaks
            second = speaks and speakers > 1
            yield from (replace(piece, dual=second) for piece in self._paragraph(paragraph))

    def _paragraph(self, paragraph: "Node") -> Iterator[Piece]:
        name = paragraph.get("Type", "")
        words, line = self._words(paragraph), self.where[paragraph]
        text = "".join(run.text for run in words).strip()
        if not text:
            return
        kind = kind_of(name)
        if kind is None:
            kept = kept_as(name)
            if kept is not None:
                yield from self._unfilmed(shown(name), paragraph, kept)
                return
            self.unknown.setdefault(name, line)
            kind = "action"
        if not any(run.text.strip() for run in words if not run.hidden):
            kind = "note"  # it contains only a note, whatever the paragraph type
        elif kind == "note":
            kind = _general_kind(words, paragraph.get("Alignment"))
        number = paragraph.get("Number", "") if kind == "heading" else ""
        yield Piece(kind, words, number if NUMBER.fullmatch(f"#{number}#") else "", line=line)
        for node in paragraph.iterfind("SceneProperties/Summary"):
            if summary := " ".join("".join(node.itertext()).split()):
                yield Piece("note", (Run("= "), Run(summary)), line=line)

    def _unfilmed(self, what: str, paragraph: "Node", kept: str) -> Iterator[Piece]:
        """A paragraph that is kept in the script without being filmed."""
        line, words = self.where[paragraph], " ".join(_plain(paragraph).split())
        inner = " / ".join(
            " ".join(_plain(node).split()) for node in paragraph.iterfind("OmittedScene/Paragraph")
        )
        told = " / ".join(part for part in (words, inner) if part)
        if not told:
            return
        self.left_out.setdefault(what, []).append(Line(told, line, line))
        if kept == "title":
            self.titles.append(words.strip('"“”'))
        marks = {"act": "# ", "sequence": "## ", "synopsis": "= "}
        if kept in marks and words.strip("#="):
            yield Piece("note", (Run(f"{marks[kept]}{words}"),), line=line)
        else:
            yield Piece("note", (Run(f"[[{told.replace(']]', '] ]')}]]", hidden=True),), line=line)

    def _words(self, paragraph: "Node") -> tuple[Run, ...]:
        """The text of the paragraph, with Final Draft's notes at their places and without struck-out words."""
        found: list[Run] = []
        for node in paragraph:
            if node.tag == "ScriptNote":
                found.append(_note(node))
            elif node.tag == "Text" and _is_struck_out(node):
                line = self.where[node]
                self.left_out.setdefault("what is struck out", []).append(Line(_text(node), line, line))
            elif node.tag == "Text":
                found.append(_run(node))
        return tuple(found)


def _is_omitted(heading: "Node") -> bool:
    return heading.find("OmittedScene") is not None or is_omitted(_plain(heading))


def _is_struck_out(node: "Node") -> bool:
    return "Strikeout" in (node.get("Style") or "").split("+")


def _general_kind(words: Sequence[Run], alignment: str | None) -> Kind:
    """Whether a General paragraph contains a special Fountain line; otherwise it is action."""
    text = "".join(run.text for run in words if not run.hidden).strip()
    if alignment == "Center":
        return "centered"
    carried = not text or text == "===" or (text.startswith(("#", "=")) and text.strip("#="))
    return "note" if carried else "action"


def _run(node: "Node") -> Run:
    named = (node.get("Style") or "").split("+")
    text = _text(node).upper() if "AllCaps" in named else _text(node)
    return Run(text, frozenset(style.lower() for style in named if style in STYLES))


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
    """Only the words, without notes and styles."""
    return "".join(_run(node).text for node in paragraph if node.tag == "Text" and not _is_struck_out(node))


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
