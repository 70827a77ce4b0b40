"""What Final Draft's paragraph types mean: which of them are filmed and as what, and which are private to the writer.

In: the name of a type, in any release or template.      Out: a kind of Fountain, or how it is kept unfilmed.
"""

import re
from typing import Literal

from assets.sheets.screenplay import Kind

BONEYARD = "Boneyard"  # the name of a script note that holds it
STYLES = ("Bold", "Italic", "Underline")

KINDS: dict[str, Kind] = {
    "Scene Heading": "heading",
    "Action": "action",
    "Character": "character",
    "Parenthetical": "parenthetical",
    "Dialogue": "dialogue",
    "Lyrics": "lyric",
    "Singing": "lyric",
    "Transition": "transition",
    "General": "note",
}
# Of Final Draft's stage, radio and television templates.
_ALSO: dict[Kind, tuple[str, ...]] = {
    "heading": ("slugline", "slug line", "scene", "scene header"),
    "action": (
        "shot", "stage direction", "stage directions", "stage business", "setting", "set", "at rise", "description",
        "scene description", "sound", "sound effect", "sound effects", "sfx", "music", "audio", "video", "montage",
        "secondary scene heading", "sub-heading", "subheading", "minislug", "",
    ),
    "character": ("character name", "speaker", "cue"),
    "parenthetical": ("parentheses", "personal direction", "direction"),
    "dialogue": ("speech", "narration", "voice over", "voiceover"),
    "lyric": ("lyric", "song", "verse"),
    "centered": ("super", "superimpose", "title card", "titles", "chyron", "subtitle", "on-screen text",
                 "on screen text"),
    "transition": ("transitions", "cut"),
}  # fmt: skip
_BY_NAME = {name.casefold(): kind for name, kind in KINDS.items()} | {
    name: kind for kind, names in _ALSO.items() for name in names
}
Kept = Literal["act", "sequence", "synopsis", "title", "note"]
# Paragraphs about the script, or printed beside it; outline and summary types bear numbers and additions.
_NOT_FILMED: tuple[tuple[Kept, re.Pattern[str]], ...] = (
    ("title", re.compile(r"(?:show|ep(?:isode)?|series)\b.*title|show/ep\.?.*|title")),
    ("act", re.compile(r"new act|act(?: break| start| heading| header| \d+)?|(?:teaser|cold open(?:ing)?)\b.*|tag")),
    ("note", re.compile(r"end of (?:act|teaser|tag|show|episode).*|act end|(?:act )?end")),
    ("sequence", re.compile(r"sequence.*|outline \d.*|chapter")),
    ("synopsis", re.compile(r"outline.*|beat.*|summary.*|synopsis.*|scene (?:summary|synopsis)|logline")),
    ("note", re.compile(
        r"(?:script ?)?notes?|comments?|cast(?: list)?|characters?(?: list| description| in scene)|dramatis personae|"
        r"scene cast|header.*|footer.*|page.*|bookmark|revision.*|index card.*|day|time|production notes?|contact.*|"
        r"draft.*|author"
    )),
)  # fmt: skip
_SCENE_NUMBERS = re.compile(
    r"OMIT(?:TED|S)?|SCENES?|AND|TO|THRU|THROUGH|[A-Z]?\d+[A-Z]{0,2}|(?<=-)[A-Z]|[-–—,&.:\s]", re.IGNORECASE
)


def kind_of(type_: str) -> Kind | None:
    """The kind that is filmed; None for a type that is not, or that nobody knows."""
    return _BY_NAME.get(_plain(type_))


def kept_as(type_: str) -> Kept | None:
    """How a paragraph that is not filmed is kept in the script; None for a type that nobody knows."""
    return next((kept for kept, form in _NOT_FILMED if form.fullmatch(_plain(type_))), None)


def is_omitted(heading: str) -> bool:
    """``OMITTED``, ``3-4 OMIT``, ``SCENES 5 AND 6 OMITTED``: a heading whose scene was taken out."""
    return "OMIT" in heading.upper() and not _SCENE_NUMBERS.sub("", heading)


def _plain(type_: str) -> str:
    return " ".join(type_.split()).casefold()
