"""Find a show, check it, or start a new one.

In: the id of a show in the library, a bible file, or a folder with ``bible.yaml``.      Out: a Bible.
Knows nothing about how a show is produced.
"""

import re
from collections.abc import Callable
from pathlib import Path

import yaml

from assets import files
from assets.errors import InputRefused, PathRefused, SheetRefused
from assets.loader import shown
from assets.sheets.bible import Bible, Character

LIBRARY = Path(__file__).parent / "library" / "shows"
BIBLE = "bible.yaml"
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SHEETS = (".yaml", ".yml", ".json")


def load(ref: str | Path, root: Path | None = None) -> Bible:
    """Read the bible of ``ref``.

    root  when given, files must be inside it (for a service that takes refs from strangers)
    """
    return Bible.read(located(ref, root))


def located(ref: str | Path, root: Path | None = None) -> Path:
    """The bible file of ``ref``; its art is in the same folder."""
    if isinstance(ref, str) and _ID.fullmatch(ref) and (LIBRARY / ref / BIBLE).is_file():
        return LIBRARY / ref / BIBLE
    path = _inside(Path(ref), root)
    if _is(path, Path.is_dir):
        path = _inside(path / BIBLE, root)
    if not _is(path, Path.is_file):
        raise InputRefused(
            f"There is no show '{shown(str(ref))}'. Shows in the library: {', '.join(library()) or 'none'}. "
            f"Or name a bible file, or a folder that holds {BIBLE} (`sakuga show new` writes one)."
        )
    if path.suffix.casefold() not in _SHEETS:
        raise SheetRefused(f"{path}: a bible is a {', '.join(_SHEETS)} file.")
    return path


def library() -> tuple[str, ...]:
    """Ids of the shows in the library."""
    return tuple(sorted(path.parent.name for path in LIBRARY.glob(f"*/{BIBLE}")))


def check(bible: Bible) -> list[str]:
    """Warnings about things that work, but probably not as intended; nothing here is an error."""
    warnings = (
        [] if bible.characters else ["No characters: everyone in a script will be given a look of their own."]
    )
    warnings += [] if bible.places else ["No places: every set will be chosen by the words of the headings."]
    for language in bible.title:
        warnings += [
            f"{item.id} has no {language} voice: the model will pick one."
            for item in bible.characters
            if item.voices.get(language) is None or not item.voices[language].voice
        ]
    warnings += _twins(bible.characters)
    warnings += [
        f"{item.id}'s approved sheet shows an earlier description. Draw another one: "
        f'`sakuga cast {item.id} --again "the description has changed"`.'
        for item in bible.characters
        if any(one.approved and one.approved.basis != item.basis for one in item.art.references)
    ]
    warnings += [
        f"Place {place.id} is drawn as an empty void; give it a kind."
        for place in bible.places
        if place.kind == "void"
    ]
    if bible.licence == "NOASSERTION":
        warnings.append("No licence: state the terms under which the show may be used (an SPDX expression).")
    return warnings


def new(folder: Path, id: str, title: str) -> Path:
    """Write a starter bible and script into ``folder``; return the bible. Never overwrites."""
    if not _ID.fullmatch(id):
        raise InputRefused(f"{id!r} is not a show id: use 1 to 64 letters (a-z), digits, - and _.")
    if not title.strip():
        raise InputRefused("A show needs a title; give it one, in any language.")
    bible, script = folder / BIBLE, folder / "ep01.fountain"
    for path in (bible, script):
        if path.exists() or path.is_symlink():
            raise PathRefused(f"{path} is already there and would be overwritten. Choose another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    shown = _quoted(" ".join(title.split()))
    files.write(bible, _BIBLE.format(id=id, title=shown, language=_language(title)))
    files.write(script, _SCRIPT.format(title=" ".join(title.split())))
    return bible


def copied(id: str, folder: Path) -> Path:
    """Copy a show of the library into ``folder``, to change it; return the bible. Never overwrites."""
    if id not in library():
        raise InputRefused(f"There is no show {shown(id)!r} in the library. Shows: {', '.join(library())}.")
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise PathRefused(f"{folder} is already there and is not empty. Choose another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted((LIBRARY / id).iterdir()):
        if path.is_file():
            files.copy(path, folder / path.name)
    return folder / BIBLE


def _is(path: Path, kind: Callable[[Path], bool]) -> bool:
    try:
        return kind(path)
    except (OSError, ValueError):  # a name that no file system accepts, or a folder that may not be read
        return False


def _inside(path: Path, root: Path | None) -> Path:
    if root is None:
        return path
    whole, limit = (root / path).resolve(), root.resolve()
    if not whole.is_relative_to(limit):
        raise PathRefused(f"{path} leaves {root}. Name a show inside that folder.")
    return whole


def _twins(characters: tuple[Character, ...]) -> list[str]:
    seen: dict[tuple[str, str, str], str] = {}
    warnings = []
    for item in characters:
        key = (item.look.hair, item.look.hair_color, item.look.outfit)
        if key in seen:
            warnings.append(
                f"{item.id} and {seen[key]} have the same hair and outfit: hard to tell apart from a distance."
            )
        seen.setdefault(key, item.id)
    return warnings


def _language(title: str) -> str:
    return "ja" if re.search(r"[ぁ-ヿ一-鿿]", title) else "en"


def _quoted(text: str) -> str:
    """``text`` as one YAML scalar, whatever it contains."""
    return yaml.safe_dump(text, allow_unicode=True, default_style='"', width=10_000).strip()


_BIBLE = """\
# The bible of a show: who is in it, where it plays, how it sounds and feels.
# `sakuga show check` tells what is missing; every line but id and title may go.
sheet: bible
version: 2
id: {id}
title:
  {language}: {title}
about: What it is about, in a sentence or two.
tone: How it feels.
mood: warm             # calm cheerful tense sad mysterious action warm wonder
rate: "24"             # frames a second: 24, "24000/1001"...
characters:
  - id: hana
    names: [HANA, Hana, ハナ]      # every way a script may call her
    title: {{ja: ハナ, en: Hana}}
    about: Who she is, in a sentence.
    look:
      hair: ponytail               # short bob long ponytail twintails braid bun spiky messy...
      hair_color: red
      eyes: round                  # round sharp droopy narrow wide
      eye_color: green
      outfit: hoodie               # sailor blazer gakuran hoodie dress kimono suit coat...
      outfit_color: orange
      age: teen                    # child teen adult elder
      accessories: []              # glasses ribbon hat scarf headphones...
    # art:                         # for models that read prompts and look at drawings
    #   tags: "1girl, red hair, ponytail, orange hoodie"
    #   prose: A girl of sixteen with a red ponytail and an orange hoodie.
    #   references: [{{file: art/hana.png, origin: "Drawn by ..."}}]
    #   loras: [{{file: art/hana.safetensors, base: sdxl, strength: 0.8, trigger: hana}}]
    voices:                        # leave out: the model picks one that stays the same
      ja: {{voice: jf_alpha, speed: 1.0, pitch: 0}}
      en: {{voice: heart, speed: 1.0, pitch: 0}}
places:
  - id: cafe
    names: [CAFE, 喫茶店]
    kind: cafe                     # classroom rooftop street station cafe kitchen park beach...
licence: NOASSERTION               # under which terms others may use the show
"""

_SCRIPT = """\
Title: {title}
Credit: Written by
Author: You

INT. CAFE - MORNING

Rain taps on the window. HANA stirs her coffee and looks out.

HANA
(smiling)
Good. I like it when it rains.
"""
