"""What stands before the first heading of a Japanese script: its title, its writer, the people, the synopsis.

In: the lines, where the first heading is.      Out: a title page, the lines to film, notices of what is not filmed.
"""

import re
from collections.abc import Callable, Sequence

from assets.formats.lines import Line, not_filmed
from assets.formats.speech import START
from assets.fountain.heading import LONGEST
from assets.fountain.title import read_title_page

_LABELS = (
    "主?な?登場人物表?|人物表?|人物設定|キャスト|出演者?|あらすじ|梗概|ストーリー|企画意図|企画書|設定|舞台設定|ログライン|テーマ|"
    "備考|注意書き|メモ"
)
LABEL = re.compile(
    rf"[\s\u3000]*[【＜<［\[■●◆◇○◯〇◎・《〈]*[\s\u3000]*(?:{_LABELS})[\s\u3000]*[】＞>］\]》〉：:]*[\s\u3000]*"
)
_LABELLED = re.compile(rf"[\s\u3000]*(?:{_LABELS})[：:].+")
_QUOTED = re.compile(r"[「『【《〈](?P<title>[^「」『』【】]+)[」』】》〉]")
_NAMED = re.compile(
    r"(?:題名?|タイトル|作品名?|メインタイトル)(?:[：:\s\u3000]+|(?=[「『]))[「『]?(?P<title>[^「」『』]+)[」』]?"
)
_WRITER = re.compile(r"(?P<what>作|脚本|原作|作者|著者?|脚色|シナリオ)(?:[・：:／/\s\u3000]+)(?P<who>\S.*)")
_NUMBER = re.compile(
    r"(?:第[0-9０-９一二三四五六七八九十百]+[話回]|[#＃][0-9０-９]+|エピソード[0-9０-９]+)[\s\u3000]*(?P<title>.*)"
)
_LONGEST = 30  # characters of a title without marks


def read(
    lines: Sequence[Line], first: int | None, source: str, place: Callable[[str], str]
) -> tuple[list[Line], list[Line], list[str]]:
    """``first`` is where the first heading stands, if there is one."""
    page = read_title_page([line.text for line in lines])[1]
    head = list(lines[:page])
    body, told = _without_sections(lines[page:], source, place)
    if not page and first is not None:
        head, body = _titled(body, place)
    return head, body, told


def _without_sections(
    lines: Sequence[Line], source: str, place: Callable[[str], str]
) -> tuple[list[Line], list[str]]:
    """Lists of people and synopses are the writer's own, up to the next heading or speech."""
    kept, told, section = list[Line](), list[str](), list[Line]()
    for line in lines:
        text = line.text.strip()
        labelled = len(text) < LONGEST and bool(LABEL.fullmatch(text) or _LABELLED.fullmatch(text))
        if section and (labelled or place(line.text) or START.match(line.text)):
            told += not_filmed("a list of the writer's own", section, source)
            section = []
        if labelled or section:
            section.append(line)
        else:
            kept.append(line)
    return kept, told + list(not_filmed("a list of the writer's own", section, source))


def _titled(lines: Sequence[Line], place: Callable[[str], str]) -> tuple[list[Line], list[Line]]:
    """The title page from the first lines, as far as they are one; the rest is filmed."""
    page: list[Line] = []
    at = 0
    for at, line in enumerate(lines):
        text = line.text.strip()
        if line.blank:
            continue
        entry = (
            ""
            if place(line.text)
            else _entry(text, bool(page), lines[at + 1] if at + 1 < len(lines) else None)
        )
        if not entry:
            break
        page.append(line.saying(entry))
    if not page:
        return [], list(lines)
    return [*page, Line("", page[-1].last, page[-1].last)], list(lines[at:])


def _entry(text: str, titled: bool, following: Line | None) -> str:
    if found := _WRITER.fullmatch(text):
        return f"{'Source' if found['what'] == '原作' else 'Author'}: {found['who']}"
    if found := _NUMBER.fullmatch(text):
        return f"Episode: {text}"
    if titled:
        return ""
    if found := _QUOTED.fullmatch(text) or _NAMED.fullmatch(text):
        return f"Title: {found['title'].strip()}"
    ends = following is None or following.blank or bool(_WRITER.fullmatch(following.text.strip()))
    plain = len(text) <= _LONGEST and not re.search(r"[。、！？「（(.@>#=~!]", text) and ends
    return f"Title: {text}" if plain else ""
