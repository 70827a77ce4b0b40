"""The consent of people whose voice or face a production uses.

In: a show's bible, who speaks it, the registry.      Out: what must be cleared, each with the use it needs.
A voice or likeness that is bound to characters of a show is needed by those characters, for as long as its grant
lasts. Art that derives from a likeness may be used for nobody else.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from assets.rights.clearance import Used
from assets.rights.registry import Registry
from assets.sheets.bible import Art, Bible, Character, Language, Lora, Reference
from assets.sheets.rights import Scope, Work


@dataclass(frozen=True)
class Speaking:
    """Which voice adapter speaks which language."""

    adapter: str
    language: Language


def consents(bible: Bible | None, speaking: Speaking | None, registry: Registry) -> Iterator[Used]:
    """Every voice and likeness of a person that the show uses."""
    if bible is None:
        return
    people = [work for work in registry.works.values() if work.portrays]
    for who in bible.characters:
        for work in people:
            if f"{bible.id}/{who.id}" in work.portrays:
                yield _consent(work, f"the {work.kind} of {who.id}", registry)
        voice = _voice(who, speaking, registry)
        if voice is not None:
            yield from _strayed(f"what {who.id} speaks with", f"{bible.id}/{who.id}", voice, registry)
        yield from _foreign(bible, who.id, who.art, registry)
    for place in bible.places:
        yield from _foreign(bible, place.id, place.art, registry)
    yield from _foreign(bible, "the style", bible.style, registry)


def _voice(who: Character, speaking: Speaking | None, registry: Registry) -> Work | None:
    """The registered voice that the bible names for a character."""
    if speaking is None or not (voice := who.voice(speaking.language).voice):
        return None
    return registry.work_of(f"{speaking.adapter}:{voice}")


def _foreign(bible: Bible, owner: str, art: Art, registry: Registry) -> Iterator[Used]:
    """Art of ``owner`` that derives from the likeness or voice of somebody who portrays others."""
    files: list[Reference | Lora] = [*art.references, *art.loras]
    for file in files:
        work = registry.work_of(file.sha256)
        if work is not None:
            for below in registry.beneath(work).values():
                yield from _strayed(f"{file.file} of {owner}", f"{bible.id}/{owner}", below, registry)


def _strayed(what: str, character: str, work: Work, registry: Registry) -> Iterator[Used]:
    if work.kind not in ("voice", "likeness"):
        return
    wrong: tuple[str, ...] = ()
    if work.portrays and character not in work.portrays:
        wrong = (f"that {work.kind} is granted for {', '.join(work.portrays)} only",)
    yield _consent(work, f"{what}, which has the {work.kind}", registry, wrong)


def _consent(work: Work, what: str, registry: Registry, wrong: tuple[str, ...] = ()) -> Used:
    scope: Scope = "voice" if work.kind == "voice" else "likeness"
    return Used(
        f"{what} (work {work.id})",
        work.id,
        registry.terms(work),
        instead=lambda: (
            f"Ask for a grant of the use '{scope}', or take another; `sakuga rights show {work.id}` names its grants."
        ),
        scope=scope,
        wrong=wrong,
    )
