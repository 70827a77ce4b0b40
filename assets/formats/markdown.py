"""A script kept in Markdown: front matter as a title page, a fenced block as the script, headings as scenes.

In: lines.      Out: lines of Fountain, and notices of what of the document is not filmed.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assets.errors import SheetRefused
from assets.formats.lines import Line, not_filmed, text_of
from assets.fountain.heading import can_be_forced, is_heading
from assets.fountain.title import read_title_page
from assets.loader import parse_yaml
from assets.plain import one_line

Rewritten = tuple[list[Line], list[str]]

_MOST_MATTER = 400  # lines
_MARKS = {"---": ("---", "..."), "+++": ("+++",)}
# Front matter that a title page has a place for, under its Fountain name.
_ENTRIES = {
    "title": "Title", "subtitle": "Episode", "episode": "Episode", "show": "Show", "series": "Series",
    "author": "Author", "authors": "Authors", "by": "Author", "credit": "Credit", "source": "Source",
    "date": "Draft date", "draft date": "Draft date", "contact": "Contact", "copyright": "Copyright",
    "language": "Language", "lang": "Language",
    "タイトル": "Title", "題名": "Title", "作者": "Author", "脚本": "Author",
}  # fmt: skip
_PLAIN_ENTRY = re.compile(r"\s*[\"']?([\w][\w \-]*)[\"']?\s*[:=]\s*(.*)")
_FENCE = re.compile(r"(?P<indent>\s{0,3})(?P<mark>`{3,}|~{3,})\s*(?P<kind>[\w.+-]*)[^`]*")
_SCRIPTS = ("fountain", "screenplay", "script", "spmd", "scenario", "脚本", "シナリオ", "台本")
_UNTOLD = ("", "text", "txt", "plain", "plaintext")
_HEADING = re.compile(r"\s{0,3}(?P<marks>#{1,6})\s+(?P<text>\S.*)")
_SCENE_NUMBER = re.compile(r"(?:(?:scene|シーン)\s*)?(?:#?\d+|[IVX]+)\s*[.:：)\-–—]\s*(?=\S)", re.IGNORECASE)
_RULE = re.compile(r"\s{0,3}(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,})")
_OF_THE_WRITER = re.compile(
    r"(?:characters?|cast(?: list| of characters)?|dramatis personae|synopsis|summary|logline|notes?|outline|todo|"
    r"treatment|登場人物|人物表?|キャスト|あらすじ|梗概|設定|メモ)\W*",
    re.IGNORECASE,
)


def front_matter(lines: Sequence[Line], source: str) -> Rewritten:
    """YAML between ``---`` or TOML between ``+++`` at the top becomes the title page."""
    start = next((at for at, line in enumerate(lines) if not line.blank), len(lines))
    closing = _MARKS.get(lines[start].text.strip()) if start < len(lines) else None
    if closing is None:
        return list(lines), []
    inside = range(start + 1, min(len(lines), start + 1 + _MOST_MATTER))
    stop = next((at for at in inside if lines[at].text.strip() in closing), None)
    found = _entries(lines[start + 1 : stop], toml=closing == ("+++",)) if stop is not None else None
    if stop is None or found is None:
        return list(lines), []
    body = list(lines[stop + 1 :])
    while body and body[0].blank:
        body.pop(0)
    own, count = read_title_page([line.text for line in body])
    page = list(_title_page(found, lines[start + 1 : stop], {entry.key.casefold() for entry in own}))
    apart = [] if count or not page else [Line("", lines[stop].first, lines[stop].last)]
    unread = [key for key in found if key.casefold() not in _ENTRIES]
    where = f"{source}:{lines[start].first}"
    told = [f"{where}: metadata that no title page shows is left out: {', '.join(unread)}."] if unread else []
    return [*page, *apart, *body], told


def fences(lines: Sequence[Line], source: str, is_markdown: bool) -> Rewritten:
    """Where a fenced block holds the script, it is the script; a block of another kind is left out."""
    blocks = list(_blocks(lines, is_markdown))
    if not blocks:
        return list(lines), []
    scripts = [block for block in blocks if block[2] in _SCRIPTS] or [
        block for block in blocks if block[2] in _UNTOLD and _is_script(lines[block[0] + 1 : block[1]])
    ]
    if not scripts:
        gone = {at for start, stop, _ in blocks for at in range(start, stop + 1)}
        told = [
            note
            for start, stop, _ in blocks
            for note in not_filmed("a code block", lines[start + 1 : stop], source)
        ]
        return [line for at, line in enumerate(lines) if at not in gone], told
    kept: list[Line] = []
    told, after = list[str](), 0
    page = read_title_page([line.text for line in lines])[1]
    kept += lines[:page]
    for start, stop, _ in scripts:
        outside = lines[max(after, page) : start]
        told += not_filmed("text outside the script's block", outside, source)
        indent = len(lines[start].text) - len(lines[start].text.lstrip())
        kept += [lines[start].saying(""), *(_dedented(line, indent) for line in lines[start + 1 : stop])]
        after = stop + 1
    told += not_filmed("text outside the script's block", lines[after:], source)
    if not page and not kept[0].text:
        kept.pop(0)
    return [*_titled(lines[: scripts[0][0]], page, kept), *kept], told


def marks(lines: Sequence[Line], source: str, is_markdown: bool) -> Rewritten:
    """Headings of the document as scene headings where the script has no others; rules and comments of Markdown."""
    made, told = _without_comments(lines, source) if is_markdown else (list(lines), [])
    if any(_is_scene(line.text) for line in made):
        return made, told
    if any((found := _HEADING.fullmatch(line.text)) and is_heading(_plain(found["text"])) for line in made):
        return [_as_heading(line) for line in made], told
    if not is_markdown:
        return made, told
    rest, more = _chapters(made, source)
    return rest, told + more


def _entries(lines: Sequence[Line], *, toml: bool) -> dict[str, list[str]] | None:
    """The front matter; None when this is none."""
    text = text_of(lines) + "\n"
    try:
        raw: object = tomllib.loads(text) if toml else parse_yaml(text, "front matter")
    except (SheetRefused, tomllib.TOMLDecodeError):
        pairs = [found for line in lines if (found := _PLAIN_ENTRY.fullmatch(line.text))]
        raw = {found[1].strip(): found[2].strip(" \"'") for found in pairs}
        if not raw:
            return None
    if not isinstance(raw, Mapping):
        return None if any(not line.blank for line in lines) else {}
    return {str(key): list(_values(value)) for key, value in raw.items()}


def _values(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from (words for line in value.splitlines() if (words := one_line(line)))
    elif isinstance(value, list | tuple):
        yield ", ".join(one_line(str(item)) for item in value)
    elif value is not None and not isinstance(value, Mapping):
        yield one_line(str(value))


def _title_page(found: Mapping[str, Sequence[str]], lines: Sequence[Line], known: set[str]) -> Iterator[Line]:
    for key, values in found.items():
        name = _ENTRIES.get(key.casefold())
        if name is None or not values or name.casefold() in known:
            continue
        line = next((item for item in lines if item.text.strip(" \"'").startswith(key)), lines[0])
        if len(values) == 1:
            yield line.saying(f"{name}: {values[0]}")
        else:
            yield line.saying(f"{name}:")
            yield from (line.saying(f"    {value}") for value in values)


def _blocks(lines: Sequence[Line], is_markdown: bool) -> Iterator[tuple[int, int, str]]:
    """Every fenced block: where it opens, where it closes (or the text ends), and its kind."""
    opened: tuple[int, re.Match[str]] | None = None
    for at, line in enumerate(lines):
        found = _FENCE.fullmatch(line.text)
        if opened is None:
            # In Fountain ~ sings; ``` means nothing there.
            if found and (is_markdown or found["mark"][0] == "`"):
                opened = (at, found)
        elif found and not found["kind"] and found["mark"].startswith(opened[1]["mark"]):
            yield opened[0], at, opened[1]["kind"].casefold()
            opened = None
    if opened is not None:
        yield opened[0], len(lines), opened[1]["kind"].casefold()


def _is_script(lines: Sequence[Line]) -> bool:
    return any(_is_scene(line.text) for line in lines)


def _is_scene(text: str) -> bool:
    plain = text.strip()
    forced = plain[:1] == "." and can_be_forced(plain[1:])
    return forced or is_heading(plain) or (plain[:1] in "○◯〇●" and len(plain) > 1)


def _dedented(line: Line, indent: int) -> Line:
    lead = len(line.text) - len(line.text.lstrip(" "))
    return line.saying(line.text[min(lead, indent) :])


def _titled(before: Sequence[Line], page: int, script: Sequence[Line]) -> Iterator[Line]:
    """The document's first heading as the title of a script that has none."""
    if page or read_title_page([line.text for line in script])[1]:
        return
    for line in before:
        if found := _HEADING.fullmatch(line.text):
            yield line.saying(f"Title: {_plain(found['text'])}")
            yield line.saying("")
            return


def _without_comments(lines: Sequence[Line], source: str) -> Rewritten:
    if not lines:
        return [], []
    text, told, kept = text_of(lines), list[str](), list[str]()
    at = line = 0
    while (start := text.find("<!--", at)) >= 0 and (stop := text.find("-->", start)) >= 0:
        line += text.count("\n", at, start)
        told += not_filmed("a comment", [lines[line].saying(one_line(text[start + 4 : stop]))], source)
        breaks = text.count("\n", start, stop)
        kept += [text[at:start], "\n" * breaks]
        at, line = stop + 3, line + breaks
    blanked = "".join((*kept, text[at:])).split("\n")
    page = read_title_page(blanked)[1]
    return [
        line.saying("===") if at >= page and _RULE.fullmatch(new) else line.saying(new)
        for at, (line, new) in enumerate(zip(lines, blanked, strict=True))
    ], told


def _as_heading(line: Line) -> Line:
    found = _HEADING.fullmatch(line.text)
    return line.saying(_plain(found["text"])) if found and is_heading(_plain(found["text"])) else line


def _chapters(lines: Sequence[Line], source: str) -> Rewritten:
    """A document without one scene heading: its deepest headings are the scenes, a lone first one the title."""
    heads = {at: found for at, line in enumerate(lines) if (found := _HEADING.fullmatch(line.text))}
    own = {at for at, found in heads.items() if _OF_THE_WRITER.fullmatch(_plain(found["text"]))}
    scenes = [at for at in heads if at not in own]
    title = _document_title(lines, heads, scenes)
    scenes = [at for at in scenes if at != title]
    if not scenes:
        return list(lines), []
    depth = max(len(heads[at]["marks"]) for at in scenes)
    deepest = {at for at in scenes if len(heads[at]["marks"]) == depth}
    made, told, skip = list[Line](), list[str](), list[Line]()
    page = (
        [lines[title].saying(f"Title: {_plain(heads[title]['text'])}"), lines[title].saying("")]
        if title is not None
        else []
    )
    for at, line in enumerate(lines):
        if at in heads:
            told += not_filmed("a section of the writer's own", skip, source)
            skip = [line] if at in own else []
        elif skip:
            skip.append(line)
        if at == title or skip:
            continue
        made.append(line.saying(_forced(_plain(heads[at]["text"]))) if at in deepest else line)
    told += not_filmed("a section of the writer's own", skip, source)
    return [*page, *made], told


def _document_title(
    lines: Sequence[Line], heads: Mapping[int, re.Match[str]], scenes: Sequence[int]
) -> int | None:
    """A single heading of the first level, before all others, names the script."""
    if read_title_page([line.text for line in lines])[1]:
        return None
    first = [at for at in scenes if len(heads[at]["marks"]) == 1]
    alone = len(first) == 1 and len(scenes) > 1 and first[0] == scenes[0]
    return first[0] if alone else None


def _forced(text: str) -> str:
    place = _SCENE_NUMBER.sub("", text, count=1) if _SCENE_NUMBER.match(text) else text
    return f".{place}" if can_be_forced(place) else place


def _plain(text: str) -> str:
    return text.strip().rstrip("#").strip().strip("*_").strip()
