"""Break a screenplay down into a cut sheet, by rules alone.

In: a Screenplay, the show's Bible if there is one.      Out: a Cutsheet, numbered C001, C002...
The same script always gives the same sheet. Knows nothing about earlier sheets or hand edits.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import dropwhile
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
from stages.breakdown import acting, cues, framing, talking
from stages.breakdown.coverage import add_coverage
from stages.breakdown.durations import speech_seconds
from stages.breakdown.framing import Framing
from stages.breakdown.interpretation import interpret
from stages.breakdown.introductions import gather
from stages.breakdown.options import BreakdownOptions
from stages.breakdown.people import Roster
from stages.breakdown.places import Atlas, Setting
from stages.breakdown.scenes import Action, Beat, Scene, Speech, Transition, Words, scenes
from stages.breakdown.staging import Blocking
from stages.breakdown.turns import pairs, variety
from stages.breakdown.unit import Setup, Unit

_KANA = re.compile(r"[ぁ-ヿ]")
_HAN = re.compile(r"[一-鿿]")
_LATIN = re.compile(r"[A-Za-z]")
MOST_CUTS = 9999
# A scene has the mood of its mood words if there is more than one in this many beats.
_BEATS_A_WORD = 8
# Things that people read: words in quotes that follow are written on them.
_READABLE: tuple[Prop, ...] = ("letter", "paper_plane", "book", "phone", "laptop")
# The cuts of a beat depend on the beat after it; no rule looks further.
_LOOKED_AT = 4
_QUOTED = re.compile(r"^\s*[\"“”'‘「『*_]*[\"“「『]")


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
        join = _direct(scene, setting, unit, cuts)
        cuts.extend(_ended(unit))
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


def _direct(scene: Scene, setting: Setting, unit: Unit, before: list[Cut]) -> str:
    """Make the cuts of the scene. Returns the join that its closing transition requires before the next scene."""
    beats = list(dropwhile(lambda beat: isinstance(beat, Transition), scene.beats))
    for beat in scene.beats[: len(scene.beats) - len(beats)]:
        _join(beat, unit, before)
    unit.pairs = pairs(beats, unit)
    beats = _establish(scene, setting, beats, unit)
    at = 0
    while at < len(beats):
        at += _shoot(beats[at : at + _LOOKED_AT], unit)
    join, unit.next_join = unit.next_join, ""
    return join


def _shoot(beats: Sequence[Beat], unit: Unit) -> int:
    """Make the cuts of the next beat. Returns how many beats were used."""
    beat, following = beats[0], beats[1:]
    if isinstance(beat, Action):
        line = None if _is_dual(following[1:]) else talking.said_at_once(next(iter(following), None), unit)
        return 2 if acting.play(beat, unit, line) else 1
    if isinstance(beat, Speech):
        return talking.play(beat, unit, following) if beat.said else 1
    if isinstance(beat, Words):
        _show_words(beat, unit)
    else:
        _join(beat, unit, unit.cuts)
    return 1


def _is_dual(beats: Sequence[Beat]) -> bool:
    return bool(beats) and isinstance(beats[0], Speech) and beats[0].dual


def _establish(scene: Scene, setting: Setting, beats: list[Beat], unit: Unit) -> list[Beat]:
    """Show the place: with the first action on it if it opens the scene, else by itself."""
    shot = framing.establishing(
        setting.place.kind, unit.index, interior=setting.interior, revisited=setting.revisited
    )
    first = beats[0] if beats else None
    if setting.named and scene.heading is not None:
        line = scene.heading.first_line
        seconds = unit.options.establishing * 0.8
        name, text = setting.place.names[0], spoken(scene.heading.text)
        unit.shoot(Setup(shot, action=text, text=name, frames=unit.frames(seconds), source=(line, line)))
        return beats
    if isinstance(first, Action):
        acting.opening(first, unit, shot)
        _lengthen(unit, setting)
        return beats[1:]
    if isinstance(first, Words) and (scene.heading is None or setting.place.kind == "void"):
        return beats
    if scene.heading is not None:
        seconds = unit.options.establishing * (0.6 if setting.revisited else 0.8 if beats else 1)
        line = scene.heading.first_line
        unit.shoot(
            Setup(shot, action=spoken(scene.heading.text), frames=unit.frames(seconds), source=(line, line))
        )
    return beats


def _lengthen(unit: Unit, setting: Setting) -> None:
    """Make the first cut of a place longer."""
    if unit.cuts and not setting.revisited:
        first, least = unit.cuts[0], unit.frames(unit.options.establishing)
        if first.frames < least and not first.lines:
            cues = tuple(
                cue.model_copy(update={"frames": least}) if cue.frames else cue for cue in first.cues
            )
            unit.cuts[0] = first.model_copy(update={"frames": least, "cues": cues})


def _show_words(beat: Words, unit: Unit) -> None:
    text = "\n".join(line.strip(" \t<>~") for line in spoken(beat.text).splitlines())
    seconds = min(2.0 + speech_seconds(text, unit.options) * 0.6, unit.options.action_longest)
    page = _page(text, unit)
    singer = (unit.last,) if beat.sung and unit.last in unit.blocking.present else ()
    shot = Framing("insert" if page else "medium" if singer else "long", "push_in", amount=0.4)
    unit.shoot(
        Setup(
            shot,
            people=tuple(id for id in singer if id),
            props=page,
            text=text,
            frames=unit.frames(seconds),
            source=(beat.first, beat.last),
        )
    )


def _page(text: str, unit: Unit) -> tuple[Prop, ...]:
    """The thing (a letter, a phone) that quoted words are read from, if somebody has just held it."""
    held = [item.prop for cut in unit.cuts[-1:] for item in cut.staged if item.prop in _READABLE]
    return tuple(prop for prop in held[:1] if prop) if _QUOTED.match(text) else ()


def _join(beat: Beat, unit: Unit, before: list[Cut]) -> None:
    """Apply a transition: a fade-out ends the cut before it, every other transition opens the next one."""
    kind = lexicon("joins").first(spoken(beat.text)) if isinstance(beat, Transition) else None
    if kind == "fade_out" and before:
        before[-1] = before[-1].model_copy(update={"join": "fade_out"})
    elif kind in ("dissolve", "fade_in", "wipe"):
        unit.next_join = kind


def _ended(unit: Unit) -> list[Cut]:
    """The scene's cuts; the last one is held longer after its line."""
    if unit.cuts and unit.cuts[-1].lines:
        unit.stretch(unit.frames(unit.options.last_hold))
    return unit.cuts


def _numbered(cuts: Sequence[Cut]) -> tuple[Cut, ...]:
    return tuple(cut.model_copy(update={"number": f"C{index:03d}"}) for index, cut in enumerate(cuts, 1))
