"""Turn a paragraph of action into cuts.

In: an Action beat and the unit of its scene.      Out: cuts, shot by the unit.
Sentences about the same people stay in one cut until it grows long.
"""

from stages.breakdown import framing, listening
from stages.breakdown.durations import action_seconds
from stages.breakdown.framing import Framing
from stages.breakdown.pieces import sentences, split
from stages.breakdown.reading import Doing, Moment, read, strongest
from stages.breakdown.scenes import Action
from stages.breakdown.unit import Setup, Unit

_JOLTS = frozenset(("impact", "crash", "explosion", "thud", "thunder", "punch"))


def play(beat: Action, unit: Unit) -> None:
    """Shoot one paragraph."""
    for moment in moments(beat.text, unit):
        shoot(moment, unit, (beat.first, beat.last))


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


def shoot(moment: Moment, unit: Unit, source: tuple[int, int], given: Framing | None = None) -> None:
    """One moment, one cut; ``given`` overrides the framing (an establishing cut)."""
    frames = unit.frames(min(action_seconds(moment.text, unit.options), unit.options.action_longest))
    if moment.silent:
        frames = max(frames, unit.frames(unit.options.reaction + 0.8))
    cues = listening.heard(moment.plain, frames)
    shaken = any(cue.sound in _JOLTS for cue in cues) or moment.move == "shake"
    if moment.weather:
        unit.weather = strongest([moment.weather, unit.weather]) if moment.weather != "clear" else "clear"  # type: ignore[assignment]
    people = moment.people or _waiting(moment, unit)
    setup = Setup(
        framing=given or framing.of_action(moment, len(people), index=len(unit.cuts), shaken=shaken),
        people=people,
        poses={id: doing.pose for id, doing in moment.doing.items()},
        faces={id: doing.expression for id, doing in moment.doing.items()},
        held={id: doing.prop for id, doing in moment.doing.items()},
        props=moment.props,
        action=moment.text.strip(),
        cues=cues,
        frames=frames,
        source=source,
    )
    unit.shoot(setup)
    _remember(moment, unit)


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
    if moment.size or moment.move or before.leaves or before.silent != moment.silent:
        return False
    if moment.weather and before.weather not in (None, moment.weather):
        return False
    both = before.text + moment.text
    if action_seconds(both, unit.options) > unit.options.action_longest:
        return False
    if not moment.doing and not before.doing:
        return bool(before.props) == bool(moment.props)
    return not moment.doing or set(moment.doing) == set(before.doing)


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
