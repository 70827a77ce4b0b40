"""Propose the whole bible of a show from a premise: people, looks, voices, places, relations, tone.

In: a premise, a large writer.      Out: a valid Bible, for a person to edit.
Looks are closed words that the rig can draw; prose beside them is for painters that read.
"""

from typing import Any, Literal, get_args

from assets.plain import one_line
from assets.sheets.base import Part
from assets.sheets.bible import Art, Bible, Character, Language, Place, Relation, VoiceSpec
from assets.sheets.look import (
    Accessory,
    Age,
    Build,
    Color,
    EyeColor,
    EyeShape,
    HairColor,
    HairStyle,
    Look,
    Mood,
    Outfit,
    PlaceKind,
    SkinTone,
)
from stages.ids import slug
from stages.story.free import language as languages
from stages.story.free.answers import Schema, many, one_of, record, text
from stages.story.free.client import Question, WriterClient
from stages.story.free.context import opening

Voice = Literal["woman", "man", "girl", "boy", "elder_woman", "elder_man"]
_PLANNED_SECONDS = 90
_LATIN = r"^[A-Z][A-Za-z .'-]{0,23}$"
_JAPANESE = r"^[ぁ-ゖァ-ヺー一-鿿々・]{1,12}$"


class _Person(Part):
    name: str
    name_ja: str
    about: str
    look: Look
    prose: str
    voice: Voice


class _Spot(Part):
    name: str
    name_ja: str
    kind: PlaceKind
    about: str
    prose: str


class _Tie(Part):
    one: str
    other: str
    what: str


class _Proposal(Part):
    title: str
    about: str
    tone: str
    mood: Mood
    characters: tuple[_Person, ...]
    places: tuple[_Spot, ...]
    relations: tuple[_Tie, ...]
    limits: tuple[str, ...]


def propose(premise: str, id: str, language: Language, client: WriterClient) -> Bible:
    """The bible of the show ``id``."""
    client.cache.began("story", 1)
    prompts = opening(premise, language, _PLANNED_SECONDS, None, ()).prompts("free-bible")
    data = client.ask(Question("bible", prompts, _schema(), lambda answer: _fault(answer, language)))
    return _bible(_Proposal.model_validate(data), id, language)


def _schema() -> Schema:
    look = record(
        hair=one_of(get_args(HairStyle)), hair_color=one_of(get_args(HairColor)), eyes=one_of(get_args(EyeShape)),
        eye_color=one_of(get_args(EyeColor)), skin=one_of(get_args(SkinTone)), outfit=one_of(get_args(Outfit)),
        outfit_color=one_of(get_args(Color)), accent_color=one_of(get_args(Color)), age=one_of(get_args(Age)),
        build=one_of(get_args(Build)), accessories=many(one_of(get_args(Accessory)), 0, 3),
    )  # fmt: skip
    name = {"type": "string", "minLength": 1, "maxLength": 24, "pattern": _LATIN}
    name_ja = {"type": "string", "minLength": 1, "maxLength": 12, "pattern": _JAPANESE}
    person = record(
        name=name, name_ja=name_ja, about=text(300), look=look, prose=text(300), voice=one_of(get_args(Voice))
    )
    kinds = [kind for kind in get_args(PlaceKind) if kind != "void"]
    place = record(name=text(30), name_ja=name_ja, kind=one_of(kinds), about=text(200), prose=text(300))
    tie = record(one=text(24), other=text(24), what=text(200))
    return record(
        title=text(60), about=text(300), tone=text(200), mood=one_of(get_args(Mood)),
        characters=many(person, 2, 6), places=many(place, 2, 5), relations=many(tie, 1, 10),
        limits=many(text(24), 0, 8),
    )  # fmt: skip


def _fault(data: dict[str, Any], language: Language) -> str:
    made = _Proposal.model_validate(data)
    for what, names in (
        ("characters", [name for one in made.characters for name in (one.name.casefold(), one.name_ja)]),
        ("places", [name for one in made.places for name in (one.name.casefold(), one.name_ja)]),
    ):
        if len(set(names)) < len(names):
            return f"Two {what} have the same name. Give each a name of its own."
    known = {one.name for one in made.characters}
    strangers = {name for tie in made.relations for name in (tie.one, tie.other)} - known
    if strangers or any(tie.one == tie.other for tie in made.relations):
        return (
            f"A relation is between two of the characters; {', '.join(sorted(strangers)) or 'one'} is none."
        )
    looks = [(one.look.hair, one.look.hair_color, one.look.outfit) for one in made.characters]
    if len(set(looks)) < len(looks):
        return "Two characters have the same hair and outfit. Make them easy to tell apart."
    return languages.wrong([made.about, made.tone, *(one.about for one in made.characters)], language)


def _bible(made: _Proposal, id: str, language: Language) -> Bible:
    taken: dict[str, object] = {}
    ids: dict[str, str] = {}
    for one in made.characters:
        ids[one.name] = slug(one.name, taken, "person", {})
        taken[ids[one.name]] = None
    places: dict[str, object] = {}
    spots = []
    for spot in made.places:
        key = slug(spot.name, places, "place", {})
        places[key] = None
        spots.append(_place(spot, key))
    return Bible(
        id=id,
        title={language: one_line(made.title)},
        about=one_line(made.about),
        tone=one_line(made.tone),
        mood=made.mood,
        characters=tuple(_character(one, ids[one.name]) for one in made.characters),
        places=tuple(spots),
        relations=tuple(
            Relation(between=(ids[tie.one], ids[tie.other]), what=one_line(tie.what))
            for tie in made.relations
        ),
        limits=tuple(one_line(word) for word in made.limits),
    )


def _character(one: _Person, id: str) -> Character:
    names = tuple(dict.fromkeys((one.name.upper(), one.name, one.name_ja)))
    return Character(
        id=id,
        names=names,
        title={"en": one.name, "ja": one.name_ja},
        about=one_line(one.about),
        look=one.look,
        art=Art(prose=one_line(one.prose)),
        voices={"ja": VoiceSpec(voice=one.voice), "en": VoiceSpec(voice=one.voice)},
    )


def _place(spot: _Spot, id: str) -> Place:
    names = tuple(dict.fromkeys((one_line(spot.name).upper(), spot.name_ja)))
    return Place(
        id=id, names=names, kind=spot.kind, about=one_line(spot.about), art=Art(prose=one_line(spot.prose))
    )
