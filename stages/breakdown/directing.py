"""Break a screenplay down into a cut sheet, by rules alone.

In: a Screenplay, the show's Bible if there is one.      Out: a Cutsheet, numbered C001, C002...
The same script always gives the same sheet. Knows nothing about earlier sheets or hand edits.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import PurePath
from typing import cast

from assets.errors import InputRefused, ScriptRefused
from assets.fountain import spoken
from assets.grammar import lexicon
from assets.plain import one_line, shortened
from assets.sheets.bible import Bible, Language, Style
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.look import Mood, Prop
from assets.sheets.screenplay import LONGEST_TITLE, Screenplay
from stages.breakdown import cues
from stages.breakdown.coverage import add_coverage
from stages.breakdown.interpretation import interpret
from stages.breakdown.introductions import gather
from stages.breakdown.options import BreakdownOptions
from stages.breakdown.people import Roster
from stages.breakdown.places import Atlas, Setting
from stages.breakdown.scene_cuts import direct, ended
from stages.breakdown.scenes import Action, Scene, Speech, Words, scenes
from stages.breakdown.staging import Blocking
from stages.breakdown.turns import variety
from stages.breakdown.unit import Unit

_KANA = re.compile(r"[ぁ-ヿ]")
_HAN = re.compile(r"[一-鿿]")
_LATIN = re.compile(r"[A-Za-z]")
MOST_CUTS = 9999
# A scene has the mood of its mood words if there is more than one in this many beats.
_BEATS_A_WORD = 8


@dataclass(frozen=True)
class Breakdown:
    """A cut sheet, and remarks for the writer about how the script was read, one sentence each."""

    cutsheet: Cutsheet
    notices: tuple[str, ...]


def break_down(
    screenplay: Screenplay,
    bible: Bible | None,
    *,
    episode: str,
    language: Language | None,
    options: BreakdownOptions,
) -> Cutsheet:
    """The cut sheet alone; ``language`` None: the one the lines are written in."""
    return break_down_with_notices(
        screenplay, bible, episode=episode, language=language, options=options
    ).cutsheet


def break_down_with_notices(
    screenplay: Screenplay,
    bible: Bible | None,
    *,
    episode: str,
    language: Language | None,
    options: BreakdownOptions,
) -> Breakdown:
    """The cut sheet, with a notice for everything that was not understood, or was read differently than written."""
    _check_length(screenplay)
    read = interpret(screenplay, _names(bible))
    told = scenes(read.elements)
    roster, atlas = gather(bible, told, read), Atlas(bible)
    rate = bible.rate if bible else Fraction(24)
    cuts = _cuts(told, roster, atlas, bible, options)
    title = screenplay.episode_title(_file_title(screenplay) or episode)
    if not cuts:
        raise ScriptRefused(
            screenplay.source or "script",
            None,
            "there is nothing in it to show.",
            "Write a scene heading (INT. KITCHEN - DAY), an action or a line first.",
        )
    sheet = Cutsheet(
        episode=episode,
        title=title,
        show=bible.id if bible else None,
        language=language or language_of(told),
        rate=rate,
        style=bible.style if bible else Style(),
        cast=roster.cast,
        places=tuple(atlas.used.values()),
        cuts=_numbered(cuts),
        invented=tuple(id for id in roster.invented if id in roster.used) + tuple(atlas.invented),
    )
    add_coverage(read.remarks, told, sheet)
    return Breakdown(sheet, read.remarks.sentences())


def _cuts(
    told: Sequence[Scene], roster: Roster, atlas: Atlas, bible: Bible | None, options: BreakdownOptions
) -> list[Cut]:
    """The cuts of every scene in order; people and things in hand continue from scene to scene."""
    rate, mood = (bible.rate, bible.mood) if bible else (Fraction(24), "calm")
    cuts: list[Cut] = []
    join = ""
    earlier: dict[str, None] = {}
    held: dict[str, Prop] = {}
    for scene in told:
        setting = atlas.enter(scene, roster)
        unit = _unit(scene, setting, roster, rate, options, mood)
        unit.earlier = earlier
        if cuts and cuts[-1].time == setting.time:
            unit.blocking.held |= held  # no time to put anything down
        unit.next_join = join or _passing(cuts, setting)
        join = direct(scene, setting, unit, cuts)
        cuts.extend(ended(unit))
        if len(cuts) > MOST_CUTS:
            raise _too_long(f"more than {MOST_CUTS:,} cuts")
        earlier, held = unit.blocking.present or earlier, unit.blocking.carried()
    return cuts


def _names(bible: Bible | None) -> list[str]:
    return [name for character in bible.characters for name in character.names] if bible else []


def _file_title(screenplay: Screenplay) -> str:
    """The name of the script's file: it resembles a title more than the episode's id, which is cleaned for folders."""
    file = PurePath(screenplay.source)
    return shortened(one_line(file.stem), LONGEST_TITLE) if file.suffix else ""


def _check_length(screenplay: Screenplay) -> None:
    """Refuse now what would be refused only minutes later: a cut holds at most four pieces."""
    pieces = sum(element.kind in ("action", "character") for element in screenplay.elements)
    if pieces > 4 * MOST_CUTS:
        raise _too_long(f"{pieces:,} pieces of action and dialogue")


def _too_long(made: str) -> InputRefused:
    return InputRefused(
        f"The script makes {made}; an episode has at most {MOST_CUTS:,} cuts. "
        "Split it into several episodes, a file each."
    )


def language_of(told: Sequence[Scene]) -> Language:
    """The language, by the letters of the dialogue, else of the action; kana or many kanji mean Japanese."""
    beats = [beat for scene in told for beat in scene.beats]
    text = " ".join(said.text for beat in beats if isinstance(beat, Speech) for said in beat.said)
    text = text or " ".join(beat.text for beat in beats if isinstance(beat, Action | Words))
    latin = len(_LATIN.findall(text))
    # No English is written in characters: a Chinese script is refused by the Japanese voice, line by line.
    return "ja" if 4 * len(_KANA.findall(text)) > latin or len(_HAN.findall(text)) > latin else "en"


def _unit(
    scene: Scene, setting: Setting, roster: Roster, rate: Fraction, options: BreakdownOptions, mood: Mood
) -> Unit:
    return Unit(
        scene=scene.id,
        index=variety(scene.heading.text if scene.heading else ""),
        place=setting.place,
        time=setting.time,
        weather=setting.weather,
        mood=mood_of(scene, mood),
        rate=rate,
        options=options,
        roster=roster,
        blocking=Blocking(roster.rank),
        speaking=_speaking(scene, roster),
    )


def _speaking(scene: Scene, roster: Roster) -> tuple[str, ...]:
    said = (cues.read(beat.name, beat.extension) for beat in scene.beats if isinstance(beat, Speech))
    return tuple(dict.fromkeys(id for cue in said for id in roster.voices(cue)))


def mood_of(scene: Scene, otherwise: Mood) -> Mood:
    """The mood that most words of the scene suggest; the show's own mood where none does."""
    counted: Counter[str] = Counter()
    for beat in scene.beats:
        texts = [said.text + said.manner for said in beat.said] if isinstance(beat, Speech) else [beat.text]
        counted.update(hit.value for text in texts for hit in lexicon("moods").hits(spoken(text)))
    ranked = counted.most_common(1)
    # One word in a long scene does not decide its music.
    told = bool(ranked) and ranked[0][1] * _BEATS_A_WORD > len(scene.beats)
    return cast(Mood, ranked[0][0]) if told else otherwise


def _passing(cuts: Sequence[Cut], setting: Setting) -> str:
    """The join between two scenes: a dissolve where time passes."""
    if not cuts or cuts[-1].join == "fade_out":
        return "fade_in" if cuts else ""
    return "dissolve" if cuts[-1].time != setting.time else ""


def _numbered(cuts: Sequence[Cut]) -> tuple[Cut, ...]:
    return tuple(cut.model_copy(update={"number": f"C{index:03d}"}) for index, cut in enumerate(cuts, 1))
