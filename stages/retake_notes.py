"""What the words of a retake change in the cut sheet: "closer" is one size up, "cross" an angry face.

In: words in English or Japanese, a cut of a sheet.      Out: edits, each with what stood there before.
Only usual words are understood, from a closed list. A painter that reads gets the words as well.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, get_args

from assets.sheets.base import Part
from assets.sheets.cutsheet import Cut, Cutsheet, Staged
from assets.sheets.look import ShotSize
from stages.continuity import Edits, apply

SIZES = [size for size in get_args(ShotSize) if size != "insert"]  # from far to near

CHOICES = (
    "closer, wider; cross, smiling, laughing, sad, crying, surprised, scared, shy, serious, calm; "
    "looks left, looks right, faces the camera, turns away; push in, pull out, pan left, pan right, static camera; "
    "hold longer, hold shorter"
)
CHOICES_JA = (
    "もっと寄って、引いて／怒って、笑顔で、笑って、悲しく、泣いて、驚いて、怖がって、照れて、真剣に、落ち着いて／"
    "左向き、右向き、正面、後ろ向き／トラックアップ、トラックバック、左にパン、右にパン、フィックス／間を長く、間を短く"
)


class Edit(Part):
    """One value of a cut that a note changes."""

    cut: str
    path: str
    was: str | int
    to: str | int

    def describe(self) -> str:
        return f"{self.path.removeprefix('staged.')}: {self.was} -> {self.to}"


class Understood(Part):
    """What a note changes, and sentences about what of it cannot be done."""

    edits: tuple[Edit, ...] = ()
    problems: tuple[str, ...] = ()


def understood(words: str, cut: Cut, sheet: Cutsheet, *, part: bool = False) -> Understood:
    """What ``words`` change in ``cut``.

    part  only some frames are to be made again: the sheet, which is about the whole cut, is left alone
    """
    found = _Reading(cut, sheet)
    for clause in _clauses(words):
        found.read(clause)
    edits = tuple(edit for edit in found.edits.values() if edit.was != edit.to)
    if part and edits:
        return Understood(
            problems=(f"{cut.number}: only the whole cut can change that way; leave the frames out.",)
        )
    return Understood(edits=edits, problems=tuple(dict.fromkeys(found.problems)))


def changed(edits: Sequence[Edit], sheet: Cutsheet) -> Cutsheet:
    """``sheet`` with ``edits`` on it, as if a person had typed them there."""
    by_cut: dict[str, dict[str, Any]] = {}
    for edit in edits:
        by_cut.setdefault(edit.cut, {})[edit.path] = edit.to
    return apply(Edits(cuts=by_cut), sheet)


def value_at(cut: Cut, path: str) -> str | int | None:
    """What stands at ``path`` of the cut; None when it has no such part."""
    if path.startswith("staged."):
        _, who, name = path.split(".")
        return next((getattr(item, name) for item in cut.staged if item.character == who), None)
    if path.startswith("camera."):
        return str(getattr(cut.camera, path.partition(".")[2]))
    found: str | int | None = getattr(cut, path, None)
    return found


_EXPRESSIONS = {
    # Before "happy" and the others: a longer word holds a shorter one.
    "laughing": r"\blaugh\w*|笑って|笑う|笑い声|大笑い|爆笑",
    "happy": r"\bsmil\w+|\bhapp(y|ier|ily)\b|\bcheerful\w*|\bglad\b|笑顔|微笑|ほほえ|にっこり|嬉し|うれし|楽しそう",
    "angry": r"\bcross(er)?\b(?! the|ing|fade)|\bangr(y|ier|ily)\b|\bfurious\b|\bannoyed\b|怒|不機嫌|むっと|ムッと",
    "sad": r"\bsad(der|ly)?\b|\bunhappy\b|\bgloomy\b|悲し|かなし|寂し|さびし",
    "crying": r"\bcry(ing)?\b|\bcries\b|\bin tears\b|\bweep\w*|\bsob\w*|泣",
    "surprised": r"\bsurprise\w*|\bstartled\b|\bshocked\b|\bamazed\b|驚|びっくり",
    "scared": r"\bscared\b|\bafraid\b|\bfrightened\b|\bterrified\b|怖|怯|おびえ",
    "shy": r"\bshy\b|\bblush\w*|\bembarrassed\b|照れ|恥ずかし",
    "determined": r"\bdetermined\b|\bresolute\b|\bserious\b|決意|真剣",
    "thoughtful": r"\bthoughtful\b|\bpensive\b|考え込|物思い",
    "smug": r"\bsmug\b|得意げ|ドヤ顔",
    "sleepy": r"\bsleepy\b|\bdrowsy\b|眠そう|眠たそう",
    "pained": r"\bpained\b|\bin pain\b|痛そう|苦しそう",
    "neutral": r"\bneutral\b|\bexpressionless\b|\bcalm(er)?\b|無表情|真顔|落ち着",
}
_LOOKS = r"(look(s|ing)?|fac(e|es|ing)|turn(s|ed|ing)?)( \w+){0,2}? "
_FACING = {
    "left": rf"\b{_LOOKS}left\b|左(を|へ|に)?(見|向)",
    "right": rf"\b{_LOOKS}right\b|右(を|へ|に)?(見|向)",
    "front": rf"\b{_LOOKS}(camera|viewer|front)\b|正面|カメラ目線|こちら(を|へ|に)?(見|向)",
    "away": rf"\b{_LOOKS}(away|round|around)\b|\bback to (us|the camera)\b|後ろ(を|へ|に)?向|背中(を|向)",
}
_MOVES = {
    "push_in": r"\b(push|dolly|track)(es|ing)?[ -]in\b|トラックアップ|\bt\.?u\b",
    "pull_out": r"\b(pull|dolly|track)(s|ing)?[ -](out|back)\b|トラックバック|\bt\.?b\b",
    "pan_left": r"\bpan(s|ning)?( to the)? left\b|左(に|へ)パン",
    "pan_right": r"\bpan(s|ning)?( to the)? right\b|右(に|へ)パン",
    "tilt_up": r"\btilt(s|ing)? up\b|ティルトアップ",
    "tilt_down": r"\btilt(s|ing)? down\b|ティルトダウン",
    "fix": r"\b(static|fixed|locked[ -]off|still)( camera| shot)\b|\bno camera (move|movement)\b|フィックス",
}
_STEPS = {
    # "too close" before "closer": what is taken is not looked at again.
    -1: r"\btoo (close|tight|near)\b|寄りすぎ|寄り過ぎ|近すぎ|近過ぎ",
    1: r"\btoo (wide|far)\b|引きすぎ|引き過ぎ|遠すぎ|遠過ぎ",
}
_NEARER = (
    r"\bcloser\b(?! to(?!( the|her|his)* (face|eyes|him|her|them))| together)|\bnearer\b(?! to)|"
    r"\btighter (shot|framing|on)\b|^tighter$|\b(zoom|move|come|go) in\b|\bclose[ -]?up\b|"
    r"寄って|寄り(で|に|目|$)|アップ(で|に|$)|近づいて|近くから"
)
_FARTHER = (
    r"\bwider\b|\b(farther|further) (away|back|out)\b|\bzoom out\b|\bstep back\b|"
    r"引いて|引き(で|に|目|$)|遠くから|ロング(で|に|$)"
)
_ADVERB = r"((a (bit|little)|much|make it|slightly|even|should be|please|もう少し|もっと|少し) ?)*"
_TIMES = r"(hold|pause|beat|shot|cut|take)"
_LONGER = (
    rf"\b(hold|pause|wait)\w*( [\w.]+){{0,3}} (longer|more)\b|\blonger {_TIMES}|^{_ADVERB}longer( please)?$|"
    r"\btoo (short|quick|fast)\b$|"
    r"(間|タメ|溜め|尺|カット)(を|が|は)?(もう少し|もっと)?(長|取|と[っる])|^(もう少し|もっと|少し)?長[くめ]|"
    r"短すぎ|短過ぎ|早すぎ|速すぎ"
)
_SHORTER = (
    rf"\b(hold|pause|wait)\w*( [\w.]+){{0,3}} (shorter|less)\b|\bshorter {_TIMES}|^{_ADVERB}shorter( please)?$|"
    r"\btoo (long|slow)\b$|(間|タメ|溜め|尺|カット)(を|が|は)?(もう少し|もっと)?(短|詰)|"
    r"^(もう少し|もっと|少し)?短[くめ]|長すぎ|長過ぎ|遅すぎ"
)
_SECONDS = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?(?:s\b|sec\w*|秒)")
_NOT_BEFORE = re.compile(
    r"(\bnot|n't|\bno|\bnever|\bwithout|\bless|\btoo|\bstop|\binstead of|\brather than)( \w+){0,2} $"
)
_NOT_AFTER = re.compile(r"^\w{0,3}?(では|じゃ|で|く|ら|れ|わ|か|せ|て)?(は)?(な[いくし]|ません|ず|すぎ|過ぎ)")
# No break inside a number: "1.5 seconds".
_BREAK = re.compile(r"[,;:!?()\n、。，；：！？（）/／]|\.(?![0-9a-z])|\b(?:and|but)\b")


class _Reading:
    """One note, read clause by clause: a name that was mentioned holds until another one is."""

    def __init__(self, cut: Cut, sheet: Cutsheet) -> None:
        self._cut, self._sheet = cut, sheet
        self._who: Staged | None = None
        self.edits: dict[str, Edit] = {}
        self.problems: list[str] = []

    def read(self, clause: str) -> None:
        self._who = next((item for name, item in self._names.items() if name in clause), self._who)
        self._size(clause)
        self._length(clause)
        for move, pattern in _MOVES.items():
            if _says(pattern, clause):
                self._edit("camera.move", move)
        for name, meanings in (("expression", _EXPRESSIONS), ("facing", _FACING)):
            found = next((word for word, pattern in meanings.items() if _says(pattern, clause)), None)
            if found:
                self._staged(name, found)

    def _size(self, clause: str) -> None:
        step = next((step for step, pattern in _STEPS.items() if re.search(pattern, clause)), 0)
        if not step:
            step = 1 if _says(_NEARER, clause) else -1 if _says(_FARTHER, clause) else 0
        if not step:
            return
        if self._cut.size not in SIZES:
            self.problems.append(f"{self._cut.number} is an insert: it has no nearer or wider size.")
            return
        at = SIZES.index(self._cut.size) + step
        if not 0 <= at < len(SIZES):
            self.problems.append(f"{self._cut.number} is {self._cut.size} already, the last size there is.")
            return
        self._edit("size", SIZES[at])

    def _length(self, clause: str) -> None:
        sign = (1 if _says(_LONGER, clause) else 0) or (-1 if _says(_SHORTER, clause) else 0)
        if not sign:
            return
        said = _SECONDS.search(clause)
        seconds = min(float(said[1]), 60.0) if said else 0.5
        spoken = max((line.at + line.frames for line in self._cut.lines), default=0)
        least = max(spoken, round(self._sheet.rate / 2))
        frames = max(self._cut.frames + sign * round(seconds * self._sheet.rate), least)
        if sign < 0 and frames >= self._cut.frames:
            self.problems.append(f"{self._cut.number} cannot be shorter than its lines ({spoken} frames).")
            return
        self._edit("frames", frames)

    def _staged(self, name: str, value: str) -> None:
        if not self._cut.staged:
            self.problems.append(f"{self._cut.number} shows nobody, so nobody's {name} can change.")
            return
        who = self._who or self._only
        if who is None:
            people = ", ".join(self._sheet.character(item.character).names[0] for item in self._cut.staged)
            self.problems.append(f"{self._cut.number} shows several people: say whose {name} ({people}).")
            return
        self._edit(f"staged.{who.character}.{name}", value)

    def _edit(self, path: str, to: str | int) -> None:
        was = value_at(self._cut, path)
        if was is None:
            return
        if was == to:
            self.problems.append(f"{self._cut.number}: {path.removeprefix('staged.')} is {to} already.")
        self.edits[path] = Edit(cut=self._cut.number, path=path, was=was, to=to)

    @property
    def _only(self) -> Staged | None:
        """Who is meant where nobody is named: the only one in the picture, or the only one who speaks."""
        if len(self._cut.staged) == 1:
            return self._cut.staged[0]
        speakers = {line.character for line in self._cut.lines if line.heard == "on"}
        speaking = [item for item in self._cut.staged if item.character in speakers]
        return speaking[0] if len(speaking) == 1 else None

    @cached_property
    def _names(self) -> Mapping[str, Staged]:
        found = {}
        for item in self._cut.staged:
            character = self._sheet.character(item.character)
            for name in (character.id, *character.names, *character.title.values()):
                found[_plain(name)] = item
        return dict(sorted(found.items(), key=lambda pair: -len(pair[0])))


def _says(pattern: str, clause: str) -> bool:
    """Whether the clause says it, and does not deny it: "not smiling", "怒らないで"."""
    return any(
        not _NOT_BEFORE.search(clause[: found.start()]) and not _NOT_AFTER.search(clause[found.end() :])
        for found in re.finditer(pattern, clause)
    )


def _clauses(words: str) -> Iterator[str]:
    for clause in _BREAK.split(_plain(words)):
        if clause and (told := " ".join(clause.split())):
            yield told


def _plain(words: str) -> str:
    return unicodedata.normalize("NFKC", words).casefold()
