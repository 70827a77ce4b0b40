"""Random shots and their captions in a closed grammar, for training pictures.

In: a seed.      Out: a Shot; its caption; the attributes in a caption.
Every parameter is sampled uniformly and independently, so that a model can learn each word separately.
Knows nothing about canvases.
"""

from fractions import Fraction
from random import Random
from typing import Any, get_args

from assets.sheets import look as words
from assets.sheets.bible import Character, Place
from assets.sheets.cutsheet import Camera, Cut, Staged
from assets.sheets.look import Look
from models.ports import Shot

_POSITIONS: tuple[tuple[words.Position, ...], ...] = (
    ("center",), ("left",), ("right",), ("far_left",), ("far_right",),
)  # fmt: skip
_PAIRS: tuple[tuple[words.Position, words.Position], ...] = (
    ("left", "right"), ("far_left", "right"), ("left", "far_right"), ("far_left", "far_right"),
)  # fmt: skip
# Accessories at the same place on the body are never drawn together.
_KITS: tuple[tuple[words.Accessory, ...], ...] = (
    (), (), (), ("glasses",), ("ribbon",), ("hairpin",), ("headphones",), ("hat",), ("cap",), ("scarf",),
    ("earrings",), ("bag",), ("bandage",), ("headband",), ("witch_hat",), ("tie",), ("eyepatch",), ("crown",),
    ("glasses", "scarf"), ("ribbon", "bag"), ("hairpin", "earrings"), ("glasses", "tie"),
)  # fmt: skip


def sample(seed: int, *, size: tuple[int, int]) -> Shot:
    """One shot with one or two characters; the same seed gives the same shot."""
    rng = Random(seed)
    people = 1 if rng.random() < 0.65 else 2
    positions = rng.choice(_POSITIONS) if people == 1 else rng.choice(_PAIRS)
    cast = tuple(Character(id=f"p{n}", names=(f"p{n}",), look=_look(rng)) for n in range(people))
    staged = tuple(_staged(rng, person.id, at) for person, at in zip(cast, positions, strict=True))
    place = Place(id="place", names=("place",), kind=rng.choice(_PLACES), variant=rng.randrange(8))
    cut = Cut(
        number="C001",
        scene="S01",
        place="place",
        time=_one(rng, words.TimeOfDay),
        weather="clear" if rng.random() < 0.4 else _one(rng, words.Weather),
        size=rng.choice([s for s in get_args(words.ShotSize) if s != "insert"]),
        camera=Camera(move=_one(rng, words.CameraMove), angle=_one(rng, words.CameraAngle)),
        staged=staged,
        frames=49,
    )
    return Shot(cut, cast, place, size, Fraction(24))


def _look(rng: Random) -> Look:
    age: words.Age = _one(rng, words.Age)
    kit = rng.choice(_KITS)
    if age in ("adult", "elder") and rng.random() < 0.15:
        kit = (rng.choice(("beard", "moustache")),)
    return Look(
        hair=_one(rng, words.HairStyle), hair_color=_one(rng, words.HairColor), eyes=_one(rng, words.EyeShape),
        eye_color=_one(rng, words.EyeColor), skin=_one(rng, words.SkinTone), outfit=_one(rng, words.Outfit),
        outfit_color=_one(rng, words.Color), accent_color=_one(rng, words.Color), age=age,
        build=_one(rng, words.Build), accessories=kit,
    )  # fmt: skip


def _staged(rng: Random, character: str, position: words.Position) -> Staged:
    pose: words.Pose = _one(rng, words.Pose)
    carries = pose in ("stand", "hold", "sit", "walk") and rng.random() < 0.25
    return Staged(
        character=character,
        expression=_one(rng, words.Expression),
        pose=pose,
        position=position,
        facing=_one(rng, words.Facing),
        prop=rng.choice([p for p in get_args(words.Prop) if p not in ("car", "bicycle")])
        if carries
        else None,
    )


def _one(rng: Random, choices: Any) -> Any:
    return rng.choice(get_args(choices))


# The grammar: fields are `key word`, separated by commas; people are separated by semicolons.

_SCENE = ("place", "time", "weather", "size", "move", "angle")
_LOOK = (
    "age", "build", "hair", "hair_color", "eyes", "eye_color", "skin", "outfit", "outfit_color", "accent_color",
)  # fmt: skip
_ACT = ("expression", "pose", "position", "facing", "prop")


def caption(shot: Shot) -> str:
    """Every attribute that the shot shows; ``parse_caption`` reads it back.

    ``place rooftop, time sunset, ...; age teen, hair bob, ..., wearing glasses ribbon; age child, ...``
    """
    cut = shot.cut
    camera = cut.camera
    kind = CAPTIONED_AS.get(shot.place.kind, shot.place.kind)
    said: list[str] = [kind, cut.time, cut.weather, cut.size, camera.move, camera.angle]
    scene = dict(zip(_SCENE, said, strict=True))
    people = [_person(member.look, staged) for member, staged in zip(shot.cast, cut.staged, strict=True)]
    parts: list[dict[str, str]] = [scene, *people]
    return "; ".join(", ".join(f"{key} {word}" for key, word in part.items()) for part in parts)


def look_caption(look: Look) -> str:
    """The part of a caption that says how a person looks, without face, pose and position."""
    return ", ".join(f"{key} {word}" for key, word in _person(look, None).items())


def _person(look: Look, staged: Staged | None) -> dict[str, str]:
    fields = {key: str(getattr(look, key)) for key in _LOOK}
    fields |= {key: str(getattr(staged, key)) for key in _ACT if getattr(staged, key, None) is not None}
    if look.accessories:
        fields["wearing"] = " ".join(look.accessories)
    return fields


def parse_caption(text: str) -> list[dict[str, str]]:
    """The attributes in a caption: the scene's first, then each person's, in order.

    raises  ValueError for a word that is not in the grammar, naming it
    """
    sections = [dict(_field(field) for field in part.split(", ")) for part in text.split("; ")]
    for number, section in enumerate(sections):
        known = {*_LOOK, *_ACT, "wearing"} if number else set(_SCENE)
        if unknown := set(section) - known:
            raise ValueError(
                f"{', '.join(sorted(unknown))} is not a field of this part of a caption: {text!r}"
            )
    return sections


def _field(field: str) -> tuple[str, str]:
    key, _, word = field.strip().partition(" ")
    allowed = _VOCABULARY.get(key)
    if allowed is None or not word or any(part not in allowed for part in word.split()):
        raise ValueError(
            f"{field!r} is not in the caption grammar; {key!r} takes {', '.join(allowed or ()) or 'nothing'}"
        )
    return key, word


def vocabulary() -> dict[str, tuple[str, ...]]:
    """Every field of the caption grammar with its possible words."""
    return dict(_VOCABULARY)


# Sets that came after the house models were trained, by the trained set they look most like: a word of its own
# would have no token, and would move those of all others.
CAPTIONED_AS: dict[words.PlaceKind, words.PlaceKind] = {
    "hills": "mountain", "sea": "beach", "cave": "castle", "market": "street", "hospital": "bedroom",
    "ground": "desert", "room": "living_room",
}  # fmt: skip
_PLACES: tuple[words.PlaceKind, ...] = tuple(
    kind for kind in get_args(words.PlaceKind) if kind not in CAPTIONED_AS
)
_VOCABULARY: dict[str, tuple[str, ...]] = {
    "place": _PLACES, "time": get_args(words.TimeOfDay), "weather": get_args(words.Weather),
    "size": get_args(words.ShotSize), "move": get_args(words.CameraMove), "angle": get_args(words.CameraAngle),
    "age": get_args(words.Age), "build": get_args(words.Build), "hair": get_args(words.HairStyle),
    "hair_color": get_args(words.HairColor), "eyes": get_args(words.EyeShape),
    "eye_color": get_args(words.EyeColor), "skin": get_args(words.SkinTone), "outfit": get_args(words.Outfit),
    "outfit_color": get_args(words.Color), "accent_color": get_args(words.Color),
    "expression": get_args(words.Expression), "pose": get_args(words.Pose),
    "position": get_args(words.Position), "facing": get_args(words.Facing), "prop": get_args(words.Prop),
    "wearing": get_args(words.Accessory),
}  # fmt: skip
