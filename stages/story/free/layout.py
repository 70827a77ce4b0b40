"""Lay a large writer's scenes out as scenes of the script, and measure them with the real breakdown.

In: planned scenes and their texts.      Out: SceneDrafts, their Fountain text, the seconds each plays.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from assets.fountain import parse
from assets.grammar import lexicon
from assets.plain import one_line
from assets.plots import words
from assets.sheets.bible import Bible, Language
from assets.sheets.cutsheet import Cutsheet
from assets.sheets.look import Weather
from assets.sheets.story import Said, SceneDraft
from assets.timing import seconds_of
from stages.breakdown import BreakdownOptions, break_down
from stages.story import script
from stages.story.free.answers import Cast, Planned, SceneText


@dataclass(frozen=True)
class Titled:
    """What stands around the scenes."""

    title: str
    logline: str
    language: Language
    bible: Bible | None
    episode: str

    def fountain(self, scenes: Sequence[SceneDraft]) -> str:
        return script.page(self.language, self.title, self.logline, scenes, self.bible)


# The sky in a heading, where the first action does not tell it: the breakdown would keep that of the scene before.
_SKIES: dict[Weather, tuple[str, str]] = {
    "clear": ("CLEAR SKY", "快晴"),
    "cloudy": ("OVERCAST", "曇り"),
    "rain": ("RAIN", "雨"),
    "storm": ("STORM", "嵐"),
    "snow": ("SNOW", "雪"),
    "fog": ("FOG", "霧"),
    "wind": ("WIND", "風"),
    "petals": ("CHERRY BLOSSOMS", "桜"),
}


def drafted(
    plan: Planned, text: SceneText, cast: Cast, language: Language, before: Planned | None = None
) -> SceneDraft:
    """One scene; every text on one line and without invisible characters. ``before``: the scene before it."""
    said = spoken(text)
    told = lexicon("weathers").first(next((one.text for one in said if not one.who), ""))
    known = told is not None or plan.weather == (before.weather if before else "clear")
    sky = "" if known else f" - {_SKIES[plan.weather][0 if language == 'en' else 1]}"
    return SceneDraft(heading=heading(plan, cast, language) + sky, synopsis=one_line(plan.goal), said=said)


def spoken(text: SceneText) -> tuple[Said, ...]:
    """The lines of a scene as the sheet keeps them."""
    said = (
        Said(who=told.who, manner=one_line(told.how).strip("()（）"), text=one_line(told.text))
        for told in text.said
    )
    return tuple(one for one in said if one.text)


def heading(plan: Planned, cast: Cast, language: Language) -> str:
    place = next(one for one in cast.places if one.name == plan.place)
    hour = words().hours[plan.hour][0 if language == "en" else 1]
    name = one_line(place.name)
    if language == "ja":
        return f"{name} - {hour}"
    return f"{'INT.' if place.inside else 'EXT.'} {name.upper()} - {hour}"


def measured(scenes: Sequence[SceneDraft], around: Titled, options: BreakdownOptions) -> list[float]:
    """Seconds of every scene, as it will be cut."""
    if not scenes:
        return []
    sheet = break_down(
        parse(around.fountain(scenes)),
        around.bible,
        episode=around.episode,
        language=around.language,
        options=options,
    )
    return _by_scene(sheet, len(scenes))


def _by_scene(sheet: Cutsheet, scenes: int) -> list[float]:
    frames: dict[str, int] = {}
    for cut in sheet.cuts:
        frames[cut.scene] = frames.get(cut.scene, 0) + cut.frames
    # The breakdown numbers scenes as the script has them; one in which nothing is seen has no cut.
    numbers = [f"S{at:02}" for at in range(1, scenes + 1)]
    return [float(seconds_of(frames.get(number, 0), sheet.rate)) for number in numbers]
