"""Make the cuts of one scene: the place first, then beat after beat, with words on screen and transitions.

In: a scene, its setting and unit.      Out: cuts in the unit.
Knows nothing about other scenes, except the join that a transition asks for.
"""

import re
from collections.abc import Sequence
from itertools import dropwhile

from assets.fountain import spoken
from assets.grammar import lexicon
from assets.sheets.cutsheet import Cut
from assets.sheets.look import Prop
from stages.breakdown import acting, framing, talking
from stages.breakdown.durations import speech_seconds
from stages.breakdown.framing import Framing
from stages.breakdown.places import Setting
from stages.breakdown.scenes import Action, Beat, Scene, Speech, Transition, Words
from stages.breakdown.turns import pairs
from stages.breakdown.unit import Setup, Unit

# Things that people read: words in quotes that follow are written on them.
_READABLE: tuple[Prop, ...] = ("letter", "paper_plane", "book", "phone", "laptop")
# The cuts of a beat depend on the beat after it; no rule looks further.
_LOOKED_AT = 4
_QUOTED = re.compile(r"^\s*[\"“”'‘「『*_]*[\"“「『]")


def direct(scene: Scene, setting: Setting, unit: Unit, before: list[Cut]) -> str:
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


def ended(unit: Unit) -> list[Cut]:
    """The scene's cuts; the last one is held longer after its line."""
    if unit.cuts and unit.cuts[-1].lines:
        unit.stretch(unit.frames(unit.options.last_hold))
    return unit.cuts
