"""Read Final Draft scripts (.fdx): XML to a Screenplay sheet. They are written in fdx_writer.py.

Entities, document types and anything outside the file are refused. Paragraphs are laid out as
Fountain and read from there, so a Screenplay from Final Draft is always one that Fountain can express:
the line numbers of ``parse`` are those of ``fountain.render``; ``lines`` knows those of the XML.

Notes and boneyard become script notes; sections and synopses, for which Final Draft has no
paragraph, in a General paragraph as their Fountain line. Fonts, colours, revisions and page layout are not read.
What is not filmed (outlines, acts, cast lists, omitted scenes, words struck out) is kept as a section, a synopsis
or a note, and reported in a notice.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from assets.errors import ScriptRefused
from assets.fdx_types import BONEYARD, STYLES, is_omitted, kept_as, kind_of
from assets.formats.lines import Line, not_filmed, text_of
from assets.fountain.heading import NUMBER
from assets.fountain.layout import Piece, lay_out_lines
from assets.fountain.reader import HELD_OPEN, MAX_BYTES
from assets.fountain.reader import parse as parse_fountain
from assets.fountain.speech import Run
from assets.fountain.title import print_title_page, read_plain_title_page, read_title_page
from assets.loader import shown
from assets.sheets.screenplay import Kind, Screenplay, TitleEntry

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element as Node


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
