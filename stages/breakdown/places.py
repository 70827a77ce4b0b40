"""Where and when a scene plays, from its heading and the words around it.

In: scenes, one after the other.      Out: a Setting for each; unknown places are invented.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from assets.fountain import Heading, heading_parts, spoken
from assets.grammar import lexicon
from assets.sheets.bible import Bible, Place
from assets.sheets.cutsheet import Cutsheet
from assets.sheets.look import TimeOfDay, Weather
from models.cel.sets.hours import INDOORS
from stages import sets
from stages.breakdown.people import Roster
from stages.breakdown.phrases import Phrases
from stages.breakdown.reading import strongest
from stages.breakdown.scenes import Action, Scene


@dataclass(frozen=True)
class Setting:
    place: Place
    time: TimeOfDay
    weather: Weather
    interior: bool | None
    revisited: bool
    named: bool = False  # nothing says what the place looks like: its name is shown with its first cut


class Atlas:
    """The places of one episode, in order of appearance."""

    def __init__(self, bible: Bible | None) -> None:
        self._known: dict[str, Place] = {}
        self._names: dict[str, str] = {}
        self._called: dict[str, list[str]] = {}
        self._written, self._ranks = Phrases(), dict[str, int]()  # by age
        self._copies: dict[str, int] = {}
        self.used: dict[str, Place] = {}
        self.invented: dict[str, None] = {}
        self._before: Setting | None = None
        for place in bible.places if bible else ():
            self._add(place)

    def enter(self, scene: Scene, roster: Roster) -> Setting:
        """The setting of the next scene; the roster tells which words are names."""
        heading = heading_parts(scene.heading.text) if scene.heading else Heading(None, "", "")
        opening = [roster.masked(text) for text in _told(scene)]
        told = " ".join(opening)
        place = self._place(heading, told)
        before = self._before
        setting = Setting(
            place=place,
            time=self._time(heading, told),
            weather=self._weather(heading, next(iter(opening), ""), place),
            interior=heading.interior,
            revisited=bool(before and before.place.id == place.id),
            named=place.kind in sets.NEUTRAL and place.id in self.invented and place.id not in self.used,
        )
        self.used.setdefault(place.id, place)
        self._before = setting
        return setting

    def _place(self, heading: Heading, told: str) -> Place:
        name = heading.place.strip()
        if self._before and _stays(name):
            return self._before.place
        if not name:
            name = next((hit.text for hit in lexicon("places").hits(told)), "")
            if not name and self._before:
                return self._before.place
        return self._find(name, heading.interior) or self._invent(name, heading.interior, told)

    def _find(self, name: str, interior: bool | None) -> Place | None:
        """Find a place by its whole name or by a part of it; RESTAURANT KITCHEN is not found as RESTAURANT."""
        key, kind = _key(name), sets.named_kind(name, interior)
        inside = {known for _, known in self._written.found(key)}
        for known in sorted(inside, key=lambda known: (-len(known), self._ranks[known])):
            # The place that was used last is tried first: INT. MUSEUM and EXT. MUSEUM have one name.
            last = self._names[known]
            for id in (last, *(id for id in self._called[known] if id != last)):
                place = self._known[id]
                # A name without a word for a place is known by itself alone, inside or outside as before.
                unnamed = kind is None and known == key and interior in (None, place.kind in INDOORS)
                if id not in self.invented or place.kind == kind or unnamed:
                    return place
        return None

    def _invent(self, name: str, interior: bool | None, told: str) -> Place:
        place = sets.place(name, interior, self._known, self._copies, told)
        self._add(place)
        # INT. MUSEUM after EXT. MUSEUM: the name now means where we were last.
        self._names[_key(name)] = place.id
        self.invented[place.id] = None
        return place

    def _add(self, place: Place) -> None:
        self._known[place.id] = place
        for name in (*place.names, place.id):
            self._names.setdefault(_key(name), place.id)
            self._called.setdefault(_key(name), []).append(place.id)
            self._ranks.setdefault(_key(name), len(self._ranks))
            self._written.add(_key(name))

    def _time(self, heading: Heading, told: str) -> TimeOfDay:
        found = lexicon("hours").last(heading.time) or lexicon("hours").last(heading.place)
        if found is None and self._before and (_stays(heading.place) or heading.time):
            found = self._before.time  # CONTINUOUS, LATER: as it was
        if found is None:
            found = lexicon("hours").first(told)
        return cast(TimeOfDay, found or (self._before.time if self._before else "day"))

    def _weather(self, heading: Heading, told: str, place: Place) -> Weather:
        """The weather from the heading or the opening action; else that of the scene before."""
        for text in (f"{heading.place} {heading.time}", told):
            clean = lexicon("not_meant").masked(text)
            found = strongest([cast(Weather, hit.value) for hit in lexicon("weathers").hits(clean)])
            if found:
                return found
        if place.kind == "snowfield":
            return "snow"
        stays = self._before is not None and (self._before.place.id == place.id or _continues(heading))
        return self._before.weather if self._before and stays else "clear"


def unknown_places(sheet: Cutsheet, source: str) -> tuple[str, ...]:
    """A notice for each place of which neither the bible nor the script says what it looks like."""
    told = []
    for place in sheet.places:
        if place.kind not in sets.NEUTRAL or place.id not in sheet.invented:
            continue
        line = next((cut.source[0] for cut in sheet.cuts if cut.place == place.id), 0)
        drawn = "a bare room" if place.kind == "room" else "bare ground"
        told.append(
            f"{source}:{line}: nothing says what {place.names[0]} looks like, so {drawn} is drawn and its name is "
            "shown. Write what it is in the heading (such as DESERT or KITCHEN), or give the place a kind in the bible."
        )
    return tuple(told)


def _told(scene: Scene) -> Iterator[str]:
    """The action before the first line of dialogue."""
    for beat in scene.beats:
        if not isinstance(beat, Action):
            return
        yield spoken(beat.text)


def _stays(name: str) -> bool:
    found = [hit.value for hit in lexicon("references").hits(name)]
    return "here" in found and lexicon("places").first(name) is None


def _continues(heading: Heading) -> bool:
    return "here" in [hit.value for hit in lexicon("references").hits(heading.time)]


def _key(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
