"""The turns of a dialogue: who speaks in each, and which line and answer share a cut.

In: the beats of a scene, its unit.      Out: Turns; the first lines of the speeches that share a cut.
Makes no cuts; talking.py does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast
from zlib import crc32

from assets.fountain import spoken
from assets.grammar import lexicon
from stages.breakdown import cues, framing
from stages.breakdown.cues import Cue, Heard
from stages.breakdown.durations import speech_seconds
from stages.breakdown.scenes import Beat, Said, Speech
from stages.breakdown.tone import tone
from stages.breakdown.unit import Unit


@dataclass(frozen=True)
class Turn:
    """A speaker's turn, with its speakers and lines resolved."""

    speech: Speech
    speakers: tuple[str, ...]
    heard: Heard

    @property
    def who(self) -> str:
        return self.speakers[0]


_OPENING = 6  # letters
MOST_AT_ONCE = 4  # voices: a cut holds no more lines


def turn_of(speech: Speech, unit: Unit) -> Turn:
    cue = cues.read(speech.name, speech.extension)
    speakers = unit.roster.voices(cue) or _group(cue, unit)
    unseen = speakers[0] in unit.roster.unseen and cue.heard == "on"
    return Turn(speech, speakers[:MOST_AT_ONCE], "off" if unseen else cue.heard)


def _group(cue: Cue, unit: Unit) -> tuple[str, ...]:
    """The people meant by BOTH or EVERYONE: those present, else those who speak in this scene, else the whole cast."""
    silent = set(unit.roster.speakers(cue.but)) if cue.but else set()
    here = [id for id in unit.blocking.present if id not in unit.roster.unseen]
    least = cue.size or 2
    for more in (unit.speaking, unit.roster.speaking):
        if len(here) < least:
            here = [*dict.fromkeys([*here, *(id for id in more if id not in unit.roster.unseen)])]
    meant = [id for id in here if id not in silent] or here
    return tuple(meant[-cue.size :] if cue.size else meant) or unit.roster.speaking[:1]


def pairs(beats: Sequence[Beat], unit: Unit) -> frozenset[int]:
    """Where a line and its answer share a cut: the first lines of these speeches.

    Of pairs that stand close together one is taken, by what is said in them and nothing else: a line put
    in further up changes nothing here. Two pairs in a row would look mechanical.
    """
    ranks = [_rank(beats, at, unit) for at in range(len(beats))]
    chosen = []
    for at, rank in enumerate(ranks):
        near = [other for other in ranks[max(0, at - 2) : at + 3] if other is not None]
        if rank is not None and rank == min(near):
            chosen.append(beats[at].first)
    return frozenset(chosen)


def _rank(beats: Sequence[Beat], at: int, unit: Unit) -> tuple[bool, int, int] | None:
    """The rank of a pair: the lowest among its neighbours is taken; a pair that opens a dialogue ranks first."""
    pair = beats[at : at + 2]
    if len(pair) < 2 or not all(isinstance(beat, Speech) and beat.said for beat in pair):
        return None
    first, second = (turn_of(cast(Speech, beat), unit) for beat in pair)
    if first.speech.dual or second.speech.dual or not _is_quick(first, second, unit):
        return None
    if any(isinstance(beat, Speech) and beat.dual for beat in beats[at + 2 : at + 3]):
        return None  # the second is said at once with what follows it
    goes_on = at > 0 and isinstance(beats[at - 1], Speech)
    return goes_on, variety(first.speech.said[0].text + second.speech.said[0].text), at


def variety(text: str) -> int:
    """A number computed from the beginning of the text, so that a change further on keeps the same framing."""
    letters = "".join(letter for letter in text.casefold() if letter.isalnum())
    return crc32(letters[:_OPENING].encode())


def _is_quick(turn: Turn, other: Turn, unit: Unit) -> bool:
    """Whether two short lines may share one cut."""
    if not turn.speakers or not other.speakers:
        return False
    if turn.who == other.who or turn.heard != "on" or other.heard != "on":
        return False
    if len(turn.speakers) > 1 or len(other.speakers) > 1:
        return False  # several speak at once: that is a cut of its own
    said = (*turn.speech.said, *other.speech.said)
    if len(turn.speech.said) != 1 or len(other.speech.said) != 1 or any(pauses(item) for item in said):
        return False
    if all(item.manner for item in said):
        return False  # two lines with parentheticals need an expression each
    if any(framing.is_strong(tone(item, unit, turn.who)) for item in said):
        return False
    return sum(speech_seconds(item.text, unit.options) for item in said) <= unit.options.quick_exchange


def pauses(said: Said) -> bool:
    """Whether the parenthetical asks for a pause."""
    return "pause" in {hit.value for hit in lexicon("pauses").hits(spoken(said.manner))}
