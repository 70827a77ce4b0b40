"""Check a draft by rules: obvious faults, found without asking a model.

In: the idea, the cast, the plan, the scenes.      Out: Faults with scene and line.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assets.plots import little_words
from assets.sheets.bible import Bible, Language
from assets.sheets.story import Fault, Said, SceneDraft
from stages.story import checks
from stages.story.fidelity import missing
from stages.story.free.answers import Cast, Idea, Planned

LONGEST_LINE: dict[Language, int] = {"en": 26, "ja": 60}  # words; letters
LONGEST_ACTION: dict[Language, int] = {"en": 40, "ja": 90}
_INWARD = re.compile(
    r"\b(?:thinks? (?:about|of|that)|remembers?|realizes?|realises?|wonders?|knows? that|feels? (?:that|like)|"
    r"decides? (?:to|that)|wants? to)\b"
    r"|と思う|と思った|を思い出す|思い出した|と感じ|ことを知っている|決意する|と気づ[くい]",
    re.IGNORECASE,
)
_CAMERA = re.compile(
    r"\b(?:camera|close[- ]?up|we see|we hear|cut to|zoom|pan (?:left|right|to)|wide shot|montage)\b"
    r"|カメラ|クローズアップ|カットバック|ズーム|モンタージュ",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<=[a-z,;] )([A-Z][a-z]{2,})")
_CALLED = re.compile(r"([一-鿿]{1,4}|[ァ-ヴー]{2,8})(?:さん|くん|ちゃん|君|様|殿)")
_KIN = re.compile(r"^(?:お?(?:父|母|兄|姉|爺|婆|客|巡査|医者|先生|祖父|祖母|皆|子|姫|王子|神)|皆)$")


@dataclass(frozen=True)
class Draft:
    """One draft with everything it is checked against."""

    premise: str
    language: Language
    idea: Idea
    cast: Cast
    plan: Sequence[Planned]
    scenes: Sequence[SceneDraft]
    seconds: Sequence[float]
    tolerance: float
    bible: Bible | None
    heard: frozenset[str] = frozenset()  # lines of earlier episodes


@dataclass(frozen=True)
class Known:
    """What a single line is checked against.

    named  a text in which every name may occur that nobody has to introduce
    """

    language: Language
    named: str
    limits: tuple[str, ...] = ()
    heard: frozenset[str] = frozenset()


def faults(draft: Draft) -> tuple[Fault, ...]:
    """Everything that is wrong with ``draft``, scene by scene; what concerns all of it comes first."""
    found = [*_unkept(draft), *_unpaid(draft)]
    known = Known(draft.language, _named(draft), draft.bible.limits if draft.bible else (), draft.heard)
    said: list[str] = []
    for number, scene in enumerate(draft.scenes, start=1):
        found += _length(draft, number)
        for at, line in enumerate(scene.said, start=1):
            found += (
                Fault(scene=number, line=at, by="rule", what=what)
                for what in line_faults(known, draft.plan[number - 1].people, line, said)
            )
            said.append(line.text)
    return tuple(found)


def _unkept(draft: Draft) -> Iterator[Fault]:
    """What of the premise does not occur."""
    text = " ".join(
        (
            *(scene.heading for scene in draft.scenes),
            *(f"{said.who} {said.text}" for scene in draft.scenes for said in scene.said),
        )
    )
    for kept in draft.idea.keeps:
        if lost := missing(kept.story, text, draft.language):
            yield Fault(
                scene=0,
                by="rule",
                what=f"The {kept.kind} of the premise, {kept.premise!r}, is not in it: {lost}.",
            )


def _unpaid(draft: Draft) -> Iterator[Fault]:
    last = max((at for at, scene in enumerate(draft.plan) if scene.pays_off), default=-1)
    for at, scene in enumerate(draft.plan):
        if scene.sets_up and last <= at and len(draft.plan) > 1:
            yield Fault(
                scene=at + 1, by="rule", what=f"It sets up {scene.sets_up!r}, and nothing later pays it off."
            )


def _length(draft: Draft, number: int) -> Iterator[Fault]:
    wanted, plays = draft.plan[number - 1].seconds, draft.seconds[number - 1]
    if off(plays, wanted, draft.tolerance):
        yield Fault(scene=number, by="rule", what=f"It plays {plays:.0f} s and has {wanted} s.")


def off(plays: float, wanted: float, tolerance: float) -> bool:
    """Whether a scene misses its length; of a short one, a line more or less."""
    return abs(plays - wanted) > max(4.0, tolerance * wanted)


def line_faults(known: Known, people: Sequence[str], said: Said, before: Sequence[str]) -> Iterator[str]:
    """What is wrong with one line.

    people  who is in the scene
    before  the lines before it
    """
    language = known.language
    size = len(said.text.split()) if language == "en" else len(said.text)
    if said.who and said.who not in people:
        yield f"{said.who} speaks and is not in the scene."
    if size > (LONGEST_LINE if said.who else LONGEST_ACTION)[language]:
        yield "It is too long for one line." if said.who else "It is too long for one picture."
    if not said.who and (found := _INWARD.search(said.text)):
        yield f"{found[0]!r} cannot be seen."
    if not said.who and (found := _CAMERA.search(said.text)):
        yield f"{found[0]!r} is the director's word; write what is seen."
    if stranger := _stranger(said.text, known):
        yield f"It names {stranger}, who is not in the cast."
    if touched := checks.limited(said.text, known.limits):
        yield f"It touches a limit: {touched}."
    if said.text in known.heard:
        yield "It was said in an earlier episode."
    elif said.text in before and size > 3:
        yield "It was said before, word for word."


def _stranger(text: str, known: Known) -> str:
    """A name that nobody of the cast, the show, the places or the premise has."""
    if known.language == "en":
        found = (name for name in _NAME.findall(text) if name not in little_words("no_person"))
    else:
        found = (name for name in _CALLED.findall(text) if not _KIN.match(name))
    named = known.named.casefold()
    return next((name for name in found if name.casefold() not in named), "")


def _named(draft: Draft) -> str:
    return " ".join(
        (
            draft.premise,
            draft.idea.title,
            *(f"{one.name} {one.role} {one.looks}" for one in draft.cast.people),
            *(f"{one.name} {one.look}" for one in draft.cast.places),
            *names_in(draft.bible),
        )
    )


def names_in(bible: Bible | None) -> Iterator[str]:
    """Every name of the show's people and places."""
    for who in bible.characters if bible else ():
        yield from who.names
    for place in bible.places if bible else ():
        yield from place.names
