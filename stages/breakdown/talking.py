"""Turn dialogue into cuts: who is in the frame while a line is heard, with which expression.

In: Speech beats and the unit of their scene.      Out: cuts, shot by the unit.
Dialogue stays as written, byte for byte: a long speech is split, never reworded.
"""

from collections.abc import Sequence
from typing import cast

from assets.fountain import spoken
from assets.grammar import lexicon
from assets.sheets.cutsheet import Line
from assets.sheets.look import Expression, Pose, Prop
from stages.breakdown import framing, listening
from stages.breakdown.durations import speech_seconds
from stages.breakdown.framing import Framing
from stages.breakdown.pieces import split
from stages.breakdown.reading import STANDING
from stages.breakdown.scenes import Beat, Said, Speech
from stages.breakdown.tone import is_loud, tone
from stages.breakdown.turns import Turn, pauses, turn_of, variety
from stages.breakdown.unit import Setup, Unit
from stages.sound.utterance import ends_sentence, is_parted

# The listener's expression for each expression of the speaker.
_ANSWERS: dict[Expression, Expression] = {
    "angry": "scared",
    "crying": "sad",
    "sad": "sad",
    "surprised": "surprised",
    "scared": "surprised",
    "happy": "happy",
    "laughing": "happy",
    "determined": "surprised",
    "pained": "scared",
}


def play(beat: Speech, unit: Unit, following: Sequence[Beat]) -> int:
    """Make the cuts of one turn, or of two that share a cut. Returns how many beats were used."""
    turn = turn_of(beat, unit)
    after = following[0] if following else None
    if isinstance(after, Speech) and after.said:
        other = turn_of(after, unit)
        if after.dual and other.who != turn.who:
            _shoot_dual(turn, other, unit)
            return 2
        if turn.heard == "on" and other.heard == "on":
            unit.blocking.enter((*turn.speakers, *other.speakers))  # they talk: both are here
        if beat.first in unit.pairs:
            _shoot_pair(turn, other, unit, at_once=False)
            return 2
    _shoot_turn(turn, unit)
    _react(turn, unit, after)
    return 1


def said_at_once(beat: Beat | None, unit: Unit) -> Line | None:
    """The whole of a turn, if it is one plain line that may share the cut of a deed before it."""
    if not isinstance(beat, Speech) or len(beat.said) != 1 or beat.said[0].manner:
        return None
    turn = turn_of(beat, unit)
    lines = _lines(beat.said[0], turn, unit)
    return lines[0] if turn.heard == "on" and len(turn.speakers) == len(lines) == 1 else None


def _shoot_turn(turn: Turn, unit: Unit) -> None:
    if turn.heard == "on":
        unit.blocking.enter(turn.speakers)
    for said in turn.speech.said:
        if not said.text:
            _hold(turn, unit, said)
            continue
        lines = _lines(said, turn, unit)
        for index, line in enumerate(lines):
            away = len(lines) > 2 and index % (3 if turn.heard == "on" else 2) == 1
            _shoot_line(line, said, turn, unit, away=away)
    unit.last = turn.who if turn.heard == "on" else unit.last


def _lines(said: Said, turn: Turn, unit: Unit) -> list[Line]:
    """The words as lines, split where they are too long for one cut."""
    pieces = _pieces(said.text, unit)
    breath = unit.options.breath + (unit.options.reaction * 0.8 if pauses(said) else 0)
    return [
        Line(
            character=turn.who,
            text=piece,
            manner=said.manner if index == 0 else "",
            heard=turn.heard,
            part=f"{index + 1}/{len(pieces)}" if len(pieces) > 1 else "",
            at=_begins(index, pieces, breath, unit),
            source_line=said.line,
        )
        for index, piece in enumerate(pieces)
    ]


def _begins(index: int, pieces: Sequence[str], breath: float, unit: Unit) -> int:
    """The frame at which a piece begins: 0 where its sentence began in the cut before."""
    if index and not ends_sentence(pieces[index - 1]):
        return 0
    return unit.frames(unit.options.breath if index else breath)


def _pieces(text: str, unit: Unit) -> list[str]:
    """``text`` in parts that each fit a cut; without emphasis marks where a mark would span two parts."""
    pieces = split(text, lambda words: speech_seconds(words, unit.options), unit.options.speech_limit)
    if len(pieces) == 1 or "".join("".join(map(spoken, pieces)).split()) == "".join(spoken(text).split()):
        return pieces
    return split(spoken(text), lambda words: speech_seconds(words, unit.options), unit.options.speech_limit)


def _shoot_line(line: Line, said: Said, turn: Turn, unit: Unit, *, away: bool) -> None:
    """Make the cut of one line. ``away``: the voice continues while the listener or the place is shown."""
    listener = _spoken_to(line, unit) if len(turn.speakers) == 1 else None
    face = tone(said, unit, turn.who)
    source = (line.source_line, max(line.source_line, turn.speech.last))
    together = _together(line, turn)
    if away and turn.heard != "on":
        view = Framing("long", ("pan_right", "pan_left")[variety(line.text) % 2], amount=0.6)
        unit.shoot(_setup(view, (), unit, {}, together, source))
        return
    if away and listener:
        carried = line.model_copy(update={"heard": "off"})
        answer: Expression = _ANSWERS.get(face, "thoughtful")
        unit.shoot(_setup(Framing("medium_close"), (listener,), unit, {listener: answer}, (carried,), source))
        return
    if turn.heard != "on" and not (turn.heard == "voice_over" and turn.who in unit.blocking.present):
        _shoot_unseen(together, unit, source)
        return
    alone = listener is None
    loud = is_loud(line.text)
    opens = not unit.cuts or not (unit.cuts[-1].lines or {line.character, listener} <= _seen(unit))
    chosen = framing.of_line(variety(line.text), face, alone=alone, loud=loud, opens=opens)
    if len(turn.speakers) > 1:
        chosen = framing.of_many(len(turn.speakers))
    both = chosen.size == "medium" and listener is not None and turn.heard == "on"
    people = (*turn.speakers, *((listener,) if both and listener else ()))
    faces = dict.fromkeys(turn.speakers, face)
    setup = _setup(chosen, tuple(dict.fromkeys(people)), unit, faces, together, source)
    unit.shoot(_with_manner(setup, said.manner, turn, unit))


def _seen(unit: Unit) -> set[str | None]:
    return {item.character for item in unit.cuts[-1].staged} if unit.cuts else set()


def _spoken_to(line: Line, unit: Unit) -> str | None:
    """The person whom a line addresses by name, else the person who acted last."""
    named = [found.character for found in unit.roster.mentions(line.text)]
    here = [id for id in named if id in unit.blocking.present and id != line.character]
    return here[0] if here else unit.blocking.listener(line.character)


def _together(line: Line, turn: Turn) -> tuple[Line, ...]:
    """The line once for everyone who says it, all beginning at once."""
    return tuple(line.model_copy(update={"character": id}) for id in turn.speakers)


def _shoot_unseen(lines: tuple[Line, ...], unit: Unit, source: tuple[int, int]) -> None:
    """Make the cut of a voice from elsewhere: it shows the people who hear it, or the place."""
    speakers = {line.character for line in lines}
    hearer = next((id for id in reversed(unit.blocking.present) if id not in speakers), None)
    if hearer:
        unit.shoot(_setup(Framing("medium_close"), (hearer,), unit, {hearer: "thoughtful"}, lines, source))
    else:
        unit.shoot(_setup(Framing("long", "push_in", amount=0.5), (), unit, {}, lines, source))


def _shoot_dual(turn: Turn, other: Turn, unit: Unit) -> None:
    """Make the cuts of two people who speak at once, as two-shots; pieces of long speeches are paired."""
    seen = [item for item in (turn, other) if item.heard == "on"]
    unit.blocking.enter([id for item in seen for id in item.speakers])
    spoken_by = [
        [line for said in item.speech.said if said.text for line in _lines(said, item, unit)]
        for item in (turn, other)
    ]
    for index in range(max(map(len, spoken_by), default=0)):
        # Both at once, even where one of the brackets asks for a pause.
        start = {"at": unit.frames(unit.options.breath)}
        lines = tuple(lines[index].model_copy(update=start) for lines in spoken_by if index < len(lines))
        faces = {
            line.character: tone(Said(line.text, line.manner, line.source_line), unit, line.character)
            for line in lines
        }
        people = tuple(dict.fromkeys(id for item in seen for id in item.speakers))
        source = (turn.speech.first, other.speech.last)
        unit.shoot(_setup(Framing("medium"), people, unit, dict(faces), lines, source))


def _shoot_pair(turn: Turn, other: Turn, unit: Unit, *, at_once: bool) -> None:
    lines, faces = [], {}
    for index, item in enumerate((turn, other)):
        said = item.speech.said[0]
        line = _lines(said, item, unit)[0]
        # Different starts tell one after the other from both at once, until they are timed.
        lines.append(line if at_once else line.model_copy(update={"at": line.at + index}))
        faces[item.who] = tone(said, unit, item.who)
    people = (*turn.speakers, *other.speakers)
    source = (turn.speech.first, other.speech.last)
    setup = _setup(Framing("medium"), people, unit, faces, tuple(lines), source)
    unit.shoot(_with_manner(setup, turn.speech.said[0].manner, turn, unit))
    unit.last = other.who


def _hold(turn: Turn, unit: Unit, said: Said) -> None:
    """Make the cut of a (beat): the face, without a line."""
    who = turn.who if turn.heard == "on" else next(iter(reversed(unit.blocking.present)), "")
    people = (who,) if who else ()
    before = unit.cuts[-1] if unit.cuts else None
    if before and before.scene == unit.scene and before.lines and before.lines[-1].character == who:
        longer = before.hold + unit.frames(unit.options.reaction * 0.6)
        unit.stretch(longer)  # the same face again would be a jump cut: the last cut is held instead
        return
    setup = Setup(
        framing=Framing("close" if people else "long"),
        people=people,
        faces=dict.fromkeys(people, "thoughtful"),
        frames=unit.frames(unit.options.reaction),
        source=(said.line, said.line),
    )
    unit.shoot(setup)


def _react(turn: Turn, unit: Unit, after: Beat | None) -> None:
    """Add a cut of the listener after a strong line that nobody answers."""
    if not unit.options.reactions or turn.heard != "on" or not turn.speech.said or unit.since_reaction < 3:
        return
    listener, face = unit.blocking.listener(turn.who), tone(turn.speech.said[-1], unit, turn.who)
    answered = after is not None and not (isinstance(after, Speech) and turn_of(after, unit).who == turn.who)
    if listener is None or answered or not framing.is_strong(face):
        return
    answer = _ANSWERS.get(face, "surprised")
    unit.shoot(
        Setup(
            framing=Framing("close"),
            people=(listener,),
            faces={listener: answer},
            frames=unit.frames(unit.options.reaction),
            source=(turn.speech.last, turn.speech.last),
        )
    )
    unit.since_reaction = 0


def _setup(
    chosen: Framing,
    people: tuple[str, ...],
    unit: Unit,
    faces: dict[str, Expression],
    lines: tuple[Line, ...],
    source: tuple[int, int],
) -> Setup:
    return Setup(
        framing=chosen,
        people=people,
        faces=dict(faces),
        lines=lines,
        hold=0 if len(lines) == 1 and is_parted(lines[0]) else unit.frames(unit.options.hold),
        source=source,
    )


def _with_manner(setup: Setup, manner: str, turn: Turn, unit: Unit) -> Setup:
    """Add what the parenthetical says besides the feeling: a pose, a thing in hand, a sound."""
    if not manner:
        return setup
    told = lexicon("not_meant").masked(unit.roster.masked(spoken(manner)))
    pose, prop = lexicon("poses").first(told), lexicon("props").first(told)
    held = {turn.who: cast(Prop, prop)} if prop and prop not in STANDING else {}
    return Setup(
        **{
            **setup.__dict__,
            "poses": {turn.who: cast(Pose, pose)} if pose else {},
            "held": held,
            "cues": listening.heard(told, 1),
        }
    )
