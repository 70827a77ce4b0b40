"""Find the sounds of a script: effects that the action names, and the ambience of a place.

In: texts, their place and time.      Out: cues, placed roughly at their word in the text.
"""

import re
from collections.abc import Iterable

from assets.grammar import Hit, lexicon, words
from assets.sheets.cutsheet import Cue
from assets.sheets.look import PlaceKind, TimeOfDay, Weather
from assets.sheets.sounds import AMBIENCES

# Closed places: weather is not heard in them.
_INDOORS = frozenset(
    ("classroom", "corridor", "cafe", "kitchen", "living_room", "bedroom", "office", "shop", "library",
     "observatory", "garage", "laboratory", "spaceship", "train", "void",
     "cave", "hospital", "room")
)  # fmt: skip
_SHOUTED = re.compile(r"(?<![A-Za-z])([A-Z]{3,})!|(?:^|[。、\s])([ァ-ヴー]{2,}[ッー]?[！!])")
MOST_CUES = 8
# No footsteps are heard where a train runs.
_WHEELS = frozenset(("train_pass", "car_pass", "engine"))
# A cut with more single sounds than this is noise.
_MOST_SINGLE = 4


def heard(text: str, frames: int) -> list[Cue]:
    """The effects that ``text`` names; names of people in ``text`` are blanked out before."""
    hits = list(lexicon("cues").hits(text)) or [
        Hit("impact", found.start(), found.group().strip("。、 ")) for found in _SHOUTED.finditer(text)
    ]
    on_wheels = any(hit.value in _WHEELS for hit in hits)
    cues: dict[str, Cue] = {}
    for hit in hits:
        if (
            hit.value == "silence"
            or (on_wheels and "footsteps" in hit.value)
            or hit.value in cues
            or len(cues) >= _MOST_SINGLE
        ):
            continue
        fills = hit.value in AMBIENCES
        at = 0 if fills else int(frames * 0.7 * hit.start / max(1, len(text)))
        cues[hit.value] = Cue(sound=hit.value, text=hit.text, at=at, frames=frames if fills else 0)
    return list(cues.values())


def ambience(place: PlaceKind, time: TimeOfDay, weather: Weather) -> tuple[str, ...]:
    """The ambience: of the weather if it is outside, else of the time of day, else of the place."""
    keys = [f"weather:{weather}"] if place not in _INDOORS else []
    keys += [f"night:{place}"] if time in ("night", "dusk") else [f"{time}:{place}"]
    keys += [f"place:{place}"] if time != "night" or f"night:{place}" not in _asked() else []
    for key in keys:
        if key in _asked():
            return (_asked()[key],)
    return ()


def with_ambience(cues: Iterable[Cue], sounds: Iterable[str], frames: int) -> tuple[Cue, ...]:
    """``cues`` with the place's ambience added."""
    told = list(cues)[: MOST_CUES - 1]
    under = [Cue(sound=sound, frames=frames) for sound in sounds if sound not in {cue.sound for cue in told}]
    return tuple(under + told)[:MOST_CUES]


def _asked() -> dict[str, str]:
    return {key: sound for sound, keys in words("ambience").items() for key in keys}
