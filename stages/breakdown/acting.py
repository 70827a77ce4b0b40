"""Turn a paragraph of action into cuts.

In: an Action beat and the unit of its scene.      Out: cuts, shot by the unit.
Sentences about the same people stay in one cut until it grows long.
"""

from dataclasses import replace
from zlib import crc32

from assets.sheets.cutsheet import Line
from stages.breakdown import framing, listening
from stages.breakdown.durations import action_seconds, speech_seconds
from stages.breakdown.framing import Framing
from stages.breakdown.pieces import sentences, split
from stages.breakdown.reading import Doing, Moment, read, strongest
from stages.breakdown.scenes import Action
from stages.breakdown.unit import Setup, Unit

# A line begins while the deed before it comes to its end.
_DEED_BEFORE_LINE = 0.7
_JOLTS = frozenset(("impact", "crash", "explosion", "thud", "thunder", "punch"))


def play(beat: Action, unit: Unit, line: Line | None = None) -> bool:
    """Shoot one paragraph; whether ``line``, said right after it, was said in its last cut."""
    *before, last = moments(beat.text, unit)
    for moment in before:
        shoot(moment, unit, (beat.first, beat.last))
    taken = line if line and _says_while_doing(last, line, unit) else None
    shoot(last, unit, (beat.first, taken.source_line if taken else beat.last), line=taken)
    return taken is not None


def opening(beat: Action, unit: Unit, wide: Framing) -> None:
    """Shoot the paragraph that opens a scene: its first cut shows the place as well."""
    found = moments(beat.text, unit)
    if len(found) > 1 and not found[0].doing and _one_cut(found[0], found[1], unit):
        found[:2] = [_merged(found[0], found[1])]
    source = (beat.first, beat.last)
    for index, moment in enumerate(found):
        # People are not to be lost in the widest of shots.
        size = "long" if moment.doing else wide.size
        shoot(
            moment, unit, source, given=replace(wide, size=size) if index == 0 and not moment.size else None
        )


def moments(text: str, unit: Unit) -> list[Moment]:
    """The paragraph as moments, each worth a cut."""
    limit = unit.options.action_longest
    found: list[Moment] = []
    for sentence in sentences(text):
        for piece in split(sentence, lambda part: action_seconds(part, unit.options), limit):
            moment = read(piece, unit.roster, unit.blocking.present, unit.last)
            unit.last = moment.subject or unit.last
            _come_in(moment, unit)
            if found and _belongs(found[-1], moment, unit):
                found[-1] = _merged(found[-1], moment)
            else:
                found.append(moment)
    return found


def shoot(
    moment: Moment,
    unit: Unit,
    source: tuple[int, int],
    *,
    given: Framing | None = None,
    line: Line | None = None,
) -> None:
    """One moment, one cut; ``given`` overrides the framing, ``line`` is said before it is over."""
    frames = unit.frames(min(action_seconds(moment.text, unit.options), unit.options.action_longest))
    if moment.silent:
        frames = max(frames, unit.frames(unit.options.reaction + 0.8))
    cues = listening.heard(moment.plain, frames)
    shaken = any(cue.sound in _JOLTS for cue in cues) or moment.move == "shake"
    if moment.weather:
        unit.weather = strongest([moment.weather, unit.weather]) if moment.weather != "clear" else "clear"  # type: ignore[assignment]
    people = moment.people or _waiting(moment, unit)
    setup = Setup(
        framing=given or framing.of_action(moment, len(people), index=_variety(moment.text), shaken=shaken),
        people=people,
        poses={id: doing.pose for id, doing in moment.doing.items()},
        faces={id: doing.expression for id, doing in moment.doing.items()},
        held={id: doing.prop for id, doing in moment.doing.items()},
        props=moment.props,
        action=moment.text.strip(),
        cues=cues,
        lines=(line.model_copy(update={"at": int(frames * _DEED_BEFORE_LINE)}),) if line else (),
        frames=frames,
        hold=unit.frames(unit.options.hold) if line else 0,
        source=source,
    )
    unit.shoot(setup)
    _remember(moment, unit)


def _variety(text: str) -> int:
    """Changes from text to text, but not when a cut is inserted before it."""
    return crc32(text.strip().encode())


def _says_while_doing(moment: Moment, line: Line, unit: Unit) -> bool:
    """A short deed and its doer's short line are one cut."""
    if moment.people != (line.character,) or moment.leaves or moment.size:
        return False
    seconds = action_seconds(moment.text, unit.options) * _DEED_BEFORE_LINE
    return seconds + speech_seconds(line.text, unit.options) + unit.options.hold <= unit.options.act_and_speak


def _come_in(moment: Moment, unit: Unit) -> None:
    unit.blocking.enter(moment.people)


def _remember(moment: Moment, unit: Unit) -> None:
    for id, doing in moment.doing.items():
        unit.blocking.keep(id, doing.pose, doing.prop)
        if doing.expression:
            unit.blocking.faces[id] = doing.expression
    if moment.leaves and moment.subject:
        unit.blocking.leave(moment.subject)


def _waiting(moment: Moment, unit: Unit) -> tuple[str, ...]:
    """A long silence is on the faces of those who are there; a landscape is on nobody's."""
    return tuple(unit.blocking.present[-2:]) if moment.silent and not moment.props else ()


def _belongs(before: Moment, moment: Moment, unit: Unit) -> bool:
    """Whether a sentence goes on in the cut of the one before it."""
    if _is_only_sound(moment):
        return _one_cut(before, moment, unit)
    if moment.size or moment.move or before.leaves or before.silent != moment.silent:
        return False
    if moment.weather and before.weather not in (None, moment.weather):
        return False
    if not _one_cut(before, moment, unit):
        return False
    if not moment.doing and not before.doing:
        return bool(before.props) == bool(moment.props)
    return not moment.doing or set(moment.doing) == set(before.doing) or _side_by_side(before, moment)


def _is_only_sound(moment: Moment) -> bool:
    """CRASH! by itself is heard in the cut it happens in."""
    short = len(moment.plain.split()) <= 2 and len(moment.plain.strip()) <= 16
    return short and not moment.doing and not moment.props and bool(listening.heard(moment.plain, 1))


def _one_cut(before: Moment, moment: Moment, unit: Unit) -> bool:
    return action_seconds(before.text + moment.text, unit.options) <= unit.options.action_longest


def _side_by_side(before: Moment, moment: Moment) -> bool:
    """Two people at rest make a two-shot; feeling or haste deserves a cut of its own."""
    doing = [*before.doing.values(), *moment.doing.values()]
    calm = not any(framing.is_strong(item.expression) or framing.is_moving(item.pose) for item in doing)
    return bool(before.doing) and calm and len({*before.doing, *moment.doing}) <= 3


def _merged(before: Moment, moment: Moment) -> Moment:
    """Two sentences in one cut: the later face and thing, the earlier pose."""
    doing: dict[str, Doing] = {}
    for id in (*before.doing, *moment.doing):
        first, then = before.doing.get(id, Doing()), moment.doing.get(id, Doing())
        doing[id] = Doing(
            expression=then.expression or first.expression,
            pose=first.pose or then.pose,
            prop=then.prop or first.prop,
        )
    return Moment(
        text=before.text + moment.text,
        plain=before.plain + moment.plain,
        doing=doing,
        subject=before.subject or moment.subject,
        props=tuple(dict.fromkeys((*before.props, *moment.props)))[:4],
        size=before.size,
        move=before.move,
        weather=moment.weather or before.weather,
        silent=before.silent,
        leaves=moment.leaves,
    )
