"""Write the prompt of a cut's picture, in the dialect that the model's card names.

In: a cut of a cut sheet, a card, the note of a retake.      Out: a Prompt, exactly as it is sent.
A prompt that a person wrote into the cut sheet wins. Knows nothing about pictures, LoRA files or seeds.

tags   how many, who (trigger words), looks, action, framing, place, hour, style; separated by commas. The makers of
       anime checkpoints captioned their pictures in this order; their quality tags come last, or first.
prose  the same in English sentences
"""

import re
from collections.abc import Sequence

from assets.plain import one_line
from assets.sheets.bible import Art, Character, Place
from assets.sheets.cutsheet import Cut, Cutsheet, Staged
from assets.sheets.look import Look
from models.card import Card
from models.ports import Prompt
from stages.sets import NEUTRAL

_FRAMING = {
    "extreme_long": "very wide shot", "long": "wide shot", "full": "full body", "medium": "cowboy shot",
    "medium_close": "upper body", "close": "close-up", "extreme_close": "extreme close-up", "insert": "still life",
}  # fmt: skip
_ANGLE = {"eye": "", "low": "from below", "high": "from above", "dutch": "dutch angle"}
_MOVES = {
    "fix": "static camera", "pan_left": "camera pans left", "pan_right": "camera pans right",
    "tilt_up": "camera tilts up", "tilt_down": "camera tilts down", "push_in": "camera pushes in",
    "pull_out": "camera pulls out", "shake": "camera shakes", "parallax": "camera drifts sideways",
    "follow": "camera follows",
}  # fmt: skip
_COUNTED = re.compile(r"^\s*1(girl|boy|other)\s*(?:,|$)\s*")
_FACING = {"front": "", "left": "facing left", "right": "facing right", "away": "from behind"}


def prompt_of(cut: Cut, cutsheet: Cutsheet, card: Card, *, note: str = "") -> Prompt:
    """The prompt for ``card``'s model and ``cut``; empty for a model that reads none or writes its own."""
    if card.dialect not in ("tags", "prose"):
        return Prompt()
    negative = (cutsheet.style.negative or card.negative) if "negative_prompt" in card.accepts else ""
    by_hand = cut.motion_prompt if card.port == "animator" else cut.prompt
    if by_hand:
        return Prompt(by_hand, negative)
    text = _tags(cut, cutsheet, card, note) if card.dialect == "tags" else _prose(cut, cutsheet, card, note)
    return Prompt(text, negative)


def triggers(arts: list[Art], card: Card) -> list[str]:
    """The trigger words of every LoRA of the card's family."""
    return [
        lora.trigger for art in arts for lora in art.loras if lora.trigger and lora.base == card.lora_base
    ]


def _tags(cut: Cut, cutsheet: Cutsheet, card: Card, note: str) -> str:
    place, cast = cutsheet.place(cut.place), [cutsheet.character(item.character) for item in cut.staged]
    looks = [who.art.tags or look_tags(who.look) for who in cast]
    parts = [count(looks), *triggers([who.art for who in cast], card)]
    for staged, look in zip(cut.staged, looks, strict=True):
        parts += [uncounted(look), *_acting(staged)]
    parts += [cut.visual, _plain(_FRAMING[cut.size]), _ANGLE[cut.camera.angle], *_moving(cut, card)]
    parts += [*triggers([place.art], card), place.art.tags or _set(place), _plain(cut.time)]
    parts += [_plain(cut.weather) if cut.weather != "clear" else "", *(_plain(prop) for prop in cut.props)]
    parts += [note, *triggers([cutsheet.style], card), cutsheet.style.tags]
    parts = [card.quality_tags, *parts] if card.quality_at == "first" else [*parts, card.quality_tags]
    return ", ".join(part.strip(" ,") for part in parts if part.strip(" ,"))


def count(looks: Sequence[str]) -> str:
    """How many people of which kind: 2girls, 1boy; from the count tag that each character's own tags begin with."""
    if not looks:
        return "no humans, scenery"
    kinds = [found[1] if (found := _COUNTED.match(look)) else "" for look in looks]
    if not all(kinds):
        return "solo" if len(looks) == 1 else f"{len(looks)} people"
    counts = [(kind, kinds.count(kind)) for kind in ("girl", "boy", "other") if kind in kinds]
    counted = [f"{count}{kind}{'s' if count > 1 else ''}" for kind, count in counts]
    return ", ".join([*counted, *["solo"] * (len(looks) == 1)])


def uncounted(look: str) -> str:
    """A character's own tags without the count that they begin with."""
    return _COUNTED.sub("", look)


def _prose(cut: Cut, cutsheet: Cutsheet, card: Card, note: str) -> str:
    place, cast = cutsheet.place(cut.place), [cutsheet.character(item.character) for item in cut.staged]
    called = " ".join(triggers([who.art for who in cast] + [place.art, cutsheet.style], card))
    shown = _plain(_FRAMING[cut.size]).capitalize()
    weather = "" if cut.weather == "clear" else f", {_plain(cut.weather)}"
    where = place.art.prose or place.about or _set(place)
    sentences = [
        called,
        f"{shown}{', ' + _ANGLE[cut.camera.angle] if _ANGLE[cut.camera.angle] else ''}.",
        *(_person(staged, who) for staged, who in zip(cut.staged, cast, strict=True)),
        cut.visual or cut.action,
        *(f"{words.capitalize()}." for words in _moving(cut, card)),
        f"Place: {where.rstrip('.')}; {_plain(cut.time)}{weather}.",
        f"Things in view: {', '.join(map(_plain, cut.props))}." if cut.props else "",
        f"The director asks: {note}" if note else "",
        cutsheet.style.prose,
    ]
    return " ".join(" ".join(sentence.split()) for sentence in sentences if sentence.strip())


def _moving(cut: Cut, card: Card) -> list[str]:
    """What moves, for models that make moving pictures."""
    if card.port != "animator":
        return []
    talking = ["talking"] if any(line.heard == "on" for line in cut.lines) else []
    return [_MOVES[cut.camera.move], *talking]


def _person(staged: Staged, who: Character) -> str:
    look = who.art.prose or who.about or look_tags(who.look)
    return f"{who.shown('en')}: {look.rstrip('.')}; {', '.join(_acting(staged))}."


def _acting(staged: Staged) -> list[str]:
    """Face, pose, what is held, and the position, as tags."""
    side = "" if staged.position == "center" else f"on the {_plain(staged.position)}"
    held = f"holding {_plain(staged.prop)}" if staged.prop else ""
    words = (f"{staged.expression} expression", _plain(staged.pose), held, _FACING[staged.facing], side)
    return [word for word in words if word]


def look_tags(look: Look) -> str:
    """The rig's traits as tags, for a character without its own tags."""
    hair = "bald" if look.hair == "bald" else f"{look.hair_color} hair, {_plain(look.hair)} hair"
    eyes, outfit = f"{look.eye_color} eyes", f"{look.outfit_color} {_plain(look.outfit)}"
    return ", ".join([look.age, hair, eyes, outfit, *map(_plain, look.accessories)])


def _set(place: Place) -> str:
    """What is painted there; a place of which only the name is known is told by its name."""
    return one_line(place.names[0]) if place.kind in NEUTRAL else _plain(place.kind)


def _plain(word: str) -> str:
    return word.replace("_", " ")
