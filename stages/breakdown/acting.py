"""Turn a paragraph of action into cuts.

In: an Action beat and the unit of its scene.      Out: cuts, shot by the unit.
Sentences about the same people stay in one cut until it grows long.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from assets.grammar import blanked, lexicon
from assets.sheets.cutsheet import Cue, Line
from assets.sheets.look import Expression, Pose
from stages.breakdown import framing, listening
from stages.breakdown.durations import action_seconds, speech_seconds
from stages.breakdown.framing import Framing
from stages.breakdown.pieces import sentences, split
from stages.breakdown.reading import Doing, Moment, read, strongest
from stages.breakdown.scenes import Action, Said
from stages.breakdown.tone import tone
from stages.breakdown.turns import variety
from stages.breakdown.unit import Setup, Unit

# A line begins while the action before it ends.
_DEED_BEFORE_LINE = 0.7
_FACE_OF_POSE: dict[Pose, Expression] = {
    "fall": "pained", "fight": "determined", "cheer": "happy", "dance": "happy",
}  # fmt: skip
_JOLTS = frozenset(("impact", "crash", "explosion", "thud", "thunder", "punch"))


def play(beat: Action, unit: Unit, line: Line | None = None) -> bool:
    """Make the cuts of one paragraph. Returns whether its last cut also holds ``line``, which follows it."""
    *before, last = moments(beat.text, unit)
    for moment in before:
        shoot(moment, unit, (beat.first, beat.last))
    taken = line if line and _says_while_doing(last, line, unit) else None
    shoot(last, unit, (beat.first, taken.source_line if taken else beat.last), line=taken)
    return taken is not None


def opening(beat: Action, unit: Unit, wide: Framing) -> None:
    """Make the cuts of the paragraph that opens a scene: the first one also shows the place."""
    found = moments(beat.text, unit)
    if len(found) > 1 and not found[0].doing and _one_cut(found[0], found[1], unit):
        found[:2] = [_merged(found[0], found[1])]
    source = (beat.first, beat.last)
    for index, moment in enumerate(found):
        # In the widest shots people would be too small to see.
        size = "long" if moment.doing else wide.size
        shoot(
            moment, unit, source, given=replace(wide, size=size) if index == 0 and not moment.size else None
        )


def moments(text: str, unit: Unit) -> list[Moment]:
    """The paragraph as moments; each becomes one cut."""
    limit = unit.options.action_longest
    found: list[Moment] = []
    for sentence in sentences(text):
        for piece in split(sentence, lambda part: action_seconds(part, unit.options), limit):
            moment = read(piece, unit.roster, unit.blocking.present or unit.earlier, unit.last)
            unit.last = moment.subject or unit.last
            _come_in(moment, unit)
            if found and _leads_in(found[-1], moment, unit):
                found[-1] = replace(_merged(found[-1], moment), subject=moment.subject)
            elif found and _belongs(found[-1], moment, unit):
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
    """Make one cut of one moment. ``given`` overrides the framing; ``line`` is said before the cut ends."""
    frames = unit.frames(min(action_seconds(moment.text, unit.options), unit.options.action_longest))
    if moment.silent:
        frames = max(frames, unit.frames(unit.options.reaction + 0.8))
    cues = listening.heard(_without_clearing(moment.plain), frames)
    shaken = any(cue.sound in _JOLTS for cue in cues) or moment.move == "shake"
    if moment.weather:
        unit.weather = strongest([moment.weather, unit.weather]) if moment.weather != "clear" else "clear"  # type: ignore[assignment]
    away = line is None and _drives_away(moment, cues)
    people = () if away else moment.people or _onlookers(moment, unit, bool(cues), shaken)
    if away:
        given, moment.props = framing.DRIVING, ("car",)
    faces = _faces(moment, line, unit)
    if shaken and not moment.doing:
        faces = dict.fromkeys(people, "surprised")
    setup = Setup(
        framing=given or framing.of_action(moment, len(people), index=variety(moment.text), shaken=shaken),
        people=people,
        poses={id: doing.pose for id, doing in moment.doing.items()},
        faces=faces,
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


def _faces(moment: Moment, line: Line | None, unit: Unit) -> dict[str, Expression | None]:
    """Each person's expression: as written, by the tone of their ``line``, or one that fits their pose."""
    found: dict[str, Expression | None] = {}
    for id, doing in moment.doing.items():
        by_body = _FACE_OF_POSE.get(doing.pose) if doing.pose else None
        found[id] = doing.expression or by_body
        if line and line.character == id and not doing.expression:
            said = Said(line.text, line.manner, line.source_line)
            found[id] = tone(said, unit, id)
    return found


def _without_clearing(plain: str) -> str:
    """The text without rain that has stopped."""
    hits = lexicon("pauses").hits(plain)
    return blanked(plain, ((hit.start, hit.stop) for hit in hits if hit.value == "clearing"))


def _says_while_doing(moment: Moment, line: Line, unit: Unit) -> bool:
    """Whether a short action and a short line of the same person fit into one cut."""
    if moment.people != (line.character,) or moment.leaves or moment.size:
        return False
    seconds = action_seconds(moment.text, unit.options) * _DEED_BEFORE_LINE
    return seconds + speech_seconds(line.text, unit.options) + unit.options.hold <= unit.options.act_and_speak


def _come_in(moment: Moment, unit: Unit) -> None:
    unit.blocking.enter(moment.people)


def _remember(moment: Moment, unit: Unit) -> None:
    for id, doing in moment.doing.items():
        unit.blocking.keep(id, doing.pose, doing.prop)
    _hand_on(moment, unit)
    unit.blocking.put_down(moment.props)
    if moment.leaves and moment.subject:
        unit.blocking.leave(moment.subject)


def _hand_on(moment: Moment, unit: Unit) -> None:
    """Update who holds what after this cut: things are put away or given to somebody else."""
    deeds = {hit.value for hit in lexicon("handling").hits(moment.plain)}
    if not moment.subject or not deeds:
        return
    others = [id for id in moment.doing if id != moment.subject]
    receiver = others[0] if others else unit.blocking.listener(moment.subject)
    if "give" in deeds and receiver:
        unit.blocking.give(moment.subject, receiver)
    elif "put_away" in deeds:
        unit.blocking.let_go(moment.subject)


def _onlookers(moment: Moment, unit: Unit, heard: bool, shaken: bool) -> tuple[str, ...]:
    """Who is in the frame where the text names nobody.

    For a silence, a shock, and what only a narrator can see, the people who are there are shown. A sound
    or a change of weather may have the place to itself, but not twice in a row.
    """
    here = list(islice((id for id in reversed(unit.blocking.present) if id in unit.seen), 3))[::-1]
    if not here or moment.props or (moment.weather and not moment.silent):
        return ()
    before = {item.character for item in unit.cuts[-1].staged}
    if heard and before and not (moment.silent or moment.elsewhere or shaken):
        return ()
    if shaken:
        return tuple(here[-3:])
    return tuple(here[-1:] if before >= set(here[-2:]) else here[-2:])


def _drives_away(moment: Moment, cues: Sequence[Cue]) -> bool:
    """Whether people leave in a car: then the car is shown instead of them."""
    off = [cue.text.split()[-1] for cue in cues if cue.sound == "car_pass" and cue.text]
    return bool(moment.doing) and (
        any(word in ("off", "away") for word in off) or (bool(off) and moment.leaves)
    )


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
    if _shows_nothing(moment):
        return True
    if before.doing and moment.props and not moment.doing:
        return False  # a thing that nobody holds is shown alone
    if not moment.doing and not before.doing:
        return bool(before.props) == bool(moment.props)
    return not moment.doing or set(moment.doing) == set(before.doing) or _side_by_side(before, moment)


def _leads_in(before: Moment, moment: Moment, unit: Unit) -> bool:
    """Whether ``before`` is only a sound, as in 'CREAK. They stop': both sentences then share one cut."""
    return (
        _is_only_sound(before) and bool(moment.doing) and not moment.size and _one_cut(before, moment, unit)
    )


def _shows_nothing(moment: Moment) -> bool:
    """Whether the sentence names no person, thing, weather or sound: only a narrator can tell it."""
    if moment.doing or moment.props or moment.weather or moment.size or moment.move or moment.silent:
        return False
    return not listening.heard(moment.plain, 1)


def _is_only_sound(moment: Moment) -> bool:
    """Whether the sentence is only a sound, such as CRASH!"""
    short = len(moment.plain.split()) <= 2 and len(moment.plain.strip()) <= 16
    return short and not moment.doing and not moment.props and bool(listening.heard(moment.plain, 1))


def _one_cut(before: Moment, moment: Moment, unit: Unit) -> bool:
    return action_seconds(before.text + moment.text, unit.options) <= unit.options.action_longest


def _side_by_side(before: Moment, moment: Moment) -> bool:
    """Whether two people who are calm can share a cut; strong feelings and fast actions get their own."""
    doing = [*before.doing.values(), *moment.doing.values()]
    calm = not any(framing.is_strong(item.expression) or framing.is_moving(item.pose) for item in doing)
    return bool(before.doing) and calm and len({*before.doing, *moment.doing}) <= 3


def _merged(before: Moment, moment: Moment) -> Moment:
    """Two sentences in one cut: the expression and the thing of the later one, the pose of the earlier one."""
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
        elsewhere=before.elsewhere,
    )
