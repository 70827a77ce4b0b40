"""The Japanese script form: ``○`` headings with the hour in brackets, ``name「line」``, directions, narration.

In: lines.      Out: the same script as lines of Fountain, and notices of what is not filmed.
A script without a ``○`` heading and without a ``name「line」`` comes out as it is. What a line means follows the
usage of film and broadcast scripts: 柱 (heading), ト書き (direction), 台詞 (speech), N (narration), M (thought).
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from assets.formats import opening, speech
from assets.formats.lines import Line, not_filmed, text_of
from assets.formats.speech import Speech
from assets.fountain.heading import LONGEST, can_be_forced, hour_in, is_heading
from assets.fountain.hidden import UnclosedBoneyard, spans
from assets.fountain.names import is_shouted
from assets.fountain.reader import is_never_said
from assets.grammar import lexicon

_DIGITS = "0-9０-９"
# Marks that stand for nothing but a heading, then those that also number or list other things.
_MARKED = re.compile(
    rf"[\s\u3000]*(?:[○◯〇●◎](?![○◯〇月日時年])|【柱】|柱[：:\s\u3000]|(?:Ｓ|S|シーン|ｼｰﾝ|場面|Ｓｃｅｎｅ|Scene|SCENE)\s*[#＃]?\s*[{_DIGITS}]+[A-Za-z]?(?![{_DIGITS}A-Za-z]))"
    r"[\s\u3000.．:：、）)\-－]*(?P<place>\S.*)"
)
_NUMBERED = re.compile(
    rf"[\s\u3000]*(?:[□■◇◆▽▼△▲☆★]|[#＃]?[{_DIGITS}]{{1,3}}[\s\u3000.．、）)]+)[\s\u3000]*(?P<place>\S.*)"
)
_FRAMED = re.compile(r"[\s\u3000]*[【［\[](?P<place>[^【】［］\[\]]+)[】］\]][\s\u3000]*")
_DOUBLE = re.compile(r"[\s\u3000]*(?P<place>[○◯〇]{2}\S.*)")
_SENTENCE = re.compile(r"[。「」『』！？]")
_THE_END = re.compile(
    r"[\s\u3000]*[（(]?(?P<words>完|終|終わり|おわり|ＥＮＤ|END|FIN|つづく|続く|次回へ(?:続く|つづく))[）)]?。?[\s\u3000]*"
)
_OVER = re.compile(r"[\s\u3000]*[（(]?(?:了|以上|幕)[）)]?。?[\s\u3000]*")
# How one scene follows the other; three crosses tell that time passes.
_JOINS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("ディゾルブ", re.compile(r"(?:[×✕＊*※☓]\s*){3,}|[O0]\.?L\.?|オーバーラップ|ディゾルブ|時間経過")),
    ("フェードイン", re.compile(r"F\.?I\.?|フェード・?イン|溶明")),
    ("フェードアウト", re.compile(r"F\.?O\.?|フェード・?アウト|溶暗|暗転")),
    ("ワイプ", re.compile(r"W\.?I\.?P\.?E?|ワイプ")),
    ("カット", re.compile(r"C\.?[OI]\.?|カット・?(?:アウト|イン|バック)")),
)
_PARAGRAPH = 2000  # characters: longer than any direction that was broken at the margin
_WRAPPED = 15  # characters: a direction that is shorter was not broken at the margin


def rewritten(lines: Sequence[Line], source: str) -> tuple[list[Line], list[str]]:
    """The script as Fountain lines and notices; unchanged where it is not in the Japanese form."""
    hidden = _hidden(lines)
    names = _names(lines, hidden)
    if not _is_japanese(lines, hidden, names):
        return list(lines), []
    writer = _Writer(source, names, hidden)
    first = next((at for at, line in enumerate(lines) if _place(line.text)), None)
    head, body, told = opening.read(lines, first, source, _place)
    writer.told += told
    writer.write(body)
    return [*head, *writer.lines], writer.told


def _is_japanese(lines: Sequence[Line], hidden: frozenset[int], names: frozenset[str]) -> bool:
    marked = any(_MARKED.fullmatch(line.text) for line in lines if line.first not in hidden)
    forced = any(line.text.lstrip().startswith("@") for line in lines)
    return marked or (bool(names) and not forced)


def _hidden(lines: Sequence[Line]) -> frozenset[int]:
    """Lines that a note or boneyard covers, by their first number."""
    text = text_of(lines)
    found: set[int] = set()
    at = line = 0
    try:
        for span in spans(text):
            line, at = line + text.count("\n", at, span.start), span.start
            count = text.count("\n", span.start, span.stop) + 1
            found.update(item.first for item in lines[line : line + count])
    except UnclosedBoneyard:
        return frozenset()  # the reader refuses it, and says where it opens
    return frozenset(found)


def _names(lines: Sequence[Line], hidden: frozenset[int]) -> frozenset[str]:
    """Everyone who says something between brackets."""
    found: set[str] = set()
    for at, line in enumerate(lines):
        start = (
            None
            if line.first in hidden
            else speech.begins(line, lines[at + 1] if at + 1 < len(lines) else None)
        )
        if start:
            found.add(start["name"].strip())
    return frozenset(found)


def _place(text: str) -> str:
    """What a heading says; empty for a line that is none."""
    text = text.strip()
    if len(text) > LONGEST or opening.LABEL.fullmatch(text):
        return ""
    if found := _MARKED.fullmatch(text):
        return found["place"].strip()
    for form in (_NUMBERED, _FRAMED, _DOUBLE):
        found = form.fullmatch(text)
        if found and not _SENTENCE.search(found["place"]):
            place = found["place"].strip()
            if hour_in(place) or (
                form is not _FRAMED and form is not _DOUBLE and lexicon("places").first(place)
            ):
                return place
    return ""


@dataclass
class _Writer:
    """What was written so far, and the notices."""

    source: str
    names: frozenset[str]
    hidden: frozenset[int]
    lines: list[Line] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def write(self, body: Sequence[Line]) -> None:
        end = max((at for at, line in enumerate(body) if not line.blank), default=0)
        at = 0
        while at < len(body):
            line = body[at]
            following = body[at + 1] if at + 1 < len(body) else None
            if line.first in self.hidden or line.blank:
                self.lines.append(line)
                at += 1
            elif place := _place(line.text):
                self.apart(line.saying(_heading(place)))
                at += 1
            elif found := speech.begins(line, following):
                said = speech.read(body[at : at + speech.LONGEST], found, self.names)
                self.say(said, body[at : at + said.took])
                at += said.took
            else:
                self.direct(line, last=at == end)
                at += 1

    def say(self, said: Speech, lines: Sequence[Line]) -> None:
        """A speech, and those that stand behind its closing bracket."""
        following: Speech | None = said
        while following is not None:
            self.say_one(following, lines)
            lines = lines[-1:]
            following = self.behind(following, lines[0])

    def say_one(self, said: Speech, lines: Sequence[Line]) -> None:
        if not said.closed:
            closing = f"{self.source}:{lines[0].first}: the bracket of this line is never closed; it is read to line"
            self.told.append(f"{closing} {lines[-1].last}.")
        if not said.words:
            self.told.append(
                f"{self.source}:{lines[0].first}: {said.name} says nothing between the brackets."
            )
        elif said.kind == "said":
            self.apart(*_turn(said, lines[0]))
        elif said.kind == "written":
            self.apart(*(line.saying(f"> {line.text} <") for line in said.words))
        else:
            self.apart(*(line.saying(_plain_action(line.text)) for line in said.words))

    def behind(self, said: Speech, line: Line) -> Speech | None:
        """What stands behind the closing bracket: another speech, or what is done meanwhile."""
        rest = said.rest.lstrip("、，").rstrip()
        if rest in ("", "。"):
            return None
        text = f"{said.name}{rest}" if rest[0] in "「『｢" and said.kind == "said" else rest
        if found := speech.begins(line.saying(text), None):
            return speech.read([line.saying(text)], found, self.names)
        self.apart(line.saying(_plain_action(rest.removeprefix("と").lstrip("、 \u3000") or rest)))
        return None

    def direct(self, line: Line, *, last: bool) -> None:
        """A direction, or a line that is Fountain already."""
        if last and (end := _THE_END.fullmatch(line.text)):
            self.apart(line.saying(f"> {end['words']} <"))
            return
        if last and _OVER.fullmatch(line.text):
            self.told += not_filmed("the end mark", [line], self.source)
            return
        if join := _join(line.text):
            self.apart(line.saying(f"> {join}"))
            return
        if colon := self.colon(line):
            self.apart(*colon)
            return
        before = self.lines[-1] if self.lines else None
        if before is not None and _was_broken(before) and line.text.lstrip()[:1] not in "（(【":
            self.lines[-1] = Line(before.text.rstrip() + line.text.strip(), before.first, line.last)
        elif self.talks() or _is_bracketed(line.text):
            self.apart(line.saying(_plain_action(line.text)))
        else:
            self.lines.append(line.saying(_plain_action(line.text)))

    def colon(self, line: Line) -> list[Line]:
        """``遥：おはよう``, by somebody who speaks with brackets elsewhere."""
        found = speech.COLON.fullmatch(line.text)
        if found is None or found["name"] not in self.names:
            return []
        cue, said = line.saying(f"@{found['name']}"), line.saying(_dialogue(found["said"].strip()))
        manner = [line.saying(found["bracket"])] if found["bracket"] else []
        return [cue, *manner, said]

    def talks(self) -> bool:
        """Whether a line added now would be taken for words of the speech before it."""
        return bool(self.lines) and not self.lines[-1].blank

    def apart(self, *made: Line) -> None:
        """Add lines as a paragraph of their own."""
        if self.lines and not self.lines[-1].blank:
            self.lines.append(Line("", self.lines[-1].last, self.lines[-1].last))
        self.lines += made
        self.lines.append(Line("", made[-1].last, made[-1].last))


def _join(text: str) -> str:
    """The transition that a line of a Japanese script stands for; empty for one that is none."""
    plain = unicodedata.normalize("NFKC", text.strip()[:40]).strip("()[]- ").replace("・", ".").upper()
    return next((name for name, form in _JOINS if form.fullmatch(plain)), "")


def _heading(place: str) -> str:
    if is_heading(place):
        return place
    return f".{place}" if can_be_forced(place) else f"!{place}"


def _turn(said: Speech, line: Line) -> Iterator[Line]:
    yield line.saying(f"@{said.name}" + (f"（{said.extension}）" if said.extension else ""))
    if said.manner:
        yield line.saying(f"（{said.manner}）")
    for words in said.words:
        yield from _spoken(words)


def _spoken(words: Line) -> Iterator[Line]:
    """``（笑って）おはよう``: the bracket before the words is how they are said."""
    found = re.match(r"(?P<manner>[（(][^（）()]+[）)])[\s\u3000]*(?P<said>\S.*)", words.text)
    if found:
        yield words.saying(found["manner"])
        yield words.saying(_dialogue(found["said"]))
    else:
        yield words.saying(_dialogue(words.text))


def _dialogue(text: str) -> str:
    return f"\\{text}" if text[0] in "~@" or is_never_said(text) else text


def _plain_action(text: str) -> str:
    """Ｏ．Ｐ． in full-width capitals is nobody's name."""
    stripped = text.strip()
    return f"!{stripped}" if is_shouted(stripped) and not stripped.isascii() else text


def _was_broken(line: Line) -> bool:
    """A direction that was broken at the margin goes on in the next line."""
    text = line.text.strip()
    own = text[:1] in "@.!>~#=（(" or (text[:1] == "\\")
    return _WRAPPED <= len(text) <= _PARAGRAPH and not own and text[-1] not in "。！？!?…―」』）)：:"


def _is_bracketed(text: str) -> bool:
    plain = text.strip()
    return plain[:1] in ("（", "(") and plain[-1:] in ("）", ")")
