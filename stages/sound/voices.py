"""Record the lines of a cut sheet, one sound per line.

In: an utterance, a voice.      Out: a Voiced sound in the vault for each of its lines.
Knows nothing about pictures; its measured seconds are what the cuts are timed by.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from pydantic import Field

from assets.errors import InputRefused
from assets.matter import Sound
from assets.media.sound import to_flac_bytes
from assets.plain import shortened
from assets.readings import aloud, directions, shown
from assets.sheets.base import Part, Seed
from assets.sheets.bible import Character
from assets.sheets.cutsheet import Cut, CutNumber, Cutsheet
from assets.sheets.production import Ref, Voiced
from assets.timing import seconds_of
from models.lease import Leased, Named
from models.ports import Voice
from models.sound.letters import without_reading
from stages.sound.record import RecordingSetup, RecordOptions, delivery, record
from stages.sound.utterance import Utterance, part_frames, utterances
from stages.work import Order, Result, Work
from stages.work_cache import WorkCache

_TOLD = 8  # lines named one by one in a refusal


class VoiceOptions(Part):
    """How lines are recorded."""

    seed: Seed = Field(default=0, description="For voices that have chance in them")
    record: RecordOptions = RecordOptions()


Refused = Mapping[tuple[str, int], str]
"""(cut number, index of the line) -> why the voice cannot say it, with the person and the line of the script."""


def unsayable(cutsheet: Cutsheet, speaker: Leased[Voice]) -> dict[tuple[str, int], str]:
    """The lines that the voice cannot say, found before anything is loaded."""
    check: Callable[..., None] | None = getattr(speaker.adapter, "check_line", None)
    found: dict[tuple[str, int], str] = {}
    if check is None:
        return found
    for said in utterances(cutsheet):
        who = cutsheet.character(said.line.character)
        try:
            check(
                aloud(said.text),
                language=cutsheet.language,
                voice=who.voice(cutsheet.language),
                character=who.id,
            )
        except InputRefused as refusal:
            found[said.cut.number, said.index] = named(said.cut, said.index, str(refusal), cutsheet)
    return found


def named(cut: Cut, index: int, reason: str, cutsheet: Cutsheet) -> str:
    """``reason`` with the cut, the person and the line of the script it is about."""
    line = cut.lines[index]
    who = cutsheet.character(line.character).shown(cutsheet.language)
    script = f", script line {line.source_line}" if line.source_line else ""
    return f"{cut.number}, line {index + 1} ({who}{script}): {reason}"


def refuse(refused: Refused) -> None:
    """Raise InputRefused that names the lines, all at once; nothing where there are none."""
    if refused:
        told = "\n".join(_few(list(refused.values())))
        raise InputRefused(
            f"The voice cannot say these lines. Change them in the script or in the cut sheet:\n{told}"
        )


def notices(cutsheet: Cutsheet, speaker: Leased[Voice]) -> tuple[str, ...]:
    """What a caption would show and the voice would not say, line by line."""
    refused = _few([f"{told} It cannot be spoken yet." for told in unsayable(cutsheet, speaker).values()])
    return (*refused, *_few(list(_shown_only(cutsheet))))


def _shown_only(cutsheet: Cutsheet) -> Iterator[str]:
    for cut in cutsheet.cuts:
        for index, line in enumerate(cut.lines):
            if pictures := without_reading(shown(line.text)):
                told = f"{shortened(pictures, 20)} is shown in the captions and not spoken."
                yield named(cut, index, told, cutsheet)
            for direction in directions(line.text):
                told = f"{shortened(direction, 40)} is taken for a direction, neither spoken nor shown."
                yield named(cut, index, told, cutsheet)


def _few(told: list[str]) -> list[str]:
    more = len(told) - _TOLD
    return [*told[:_TOLD], *([f"and {more} more."] if more > 0 else ())]


class VoiceOrder(Part):
    """What all recordings of one cut sheet share, in a form that travels to another process."""

    cutsheet: Cutsheet
    speaker: Named
    options: VoiceOptions


class VoicePiece(Part):
    """One recording: a line, or the lines of several cuts said without a stop."""

    lines: tuple[tuple[CutNumber, int], ...]

    def utterance(self, cutsheet: Cutsheet) -> Utterance:
        return Utterance(tuple((cutsheet.cut(number), index) for number, index in self.lines))


def voice(
    said: Utterance, cutsheet: Cutsheet, *, speaker: Leased[Voice], cache: WorkCache, options: VoiceOptions
) -> tuple[Voiced, ...]:
    """The sound of each line of ``said``, found in the vault or spoken now, in one recording."""
    character = cutsheet.character(said.line.character)
    inputs = _inputs(said, cutsheet, character, options)
    work = Work(step="voice", name=said.name, model=speaker, inputs=inputs)

    def make() -> Result:
        model = speaker.model  # another piece may be using it: waiting is not counted as work
        with cache.machine_time():
            setup = RecordingSetup(model, cutsheet.language, options.seed, options.record)
            sound = record(said.line, character, setup, text=said.text)
        parts = [sound] if len(said.lines) == 1 else in_parts(sound, said.parts, cutsheet.rate)
        kept = [_kept(part, cache) for part in parts]
        return kept[0] if len(kept) == 1 else {"parts": kept}

    def order() -> Order:
        common = VoiceOrder(cutsheet=cutsheet, speaker=speaker.named(), options=options)
        lines = tuple((cut.number, index) for cut, index in said.lines)
        return Order(common, VoicePiece(lines=lines), len(said.text))

    found = cache.get_or_make(work, make, order)
    return tuple(
        Voiced(
            cut=cut.number,
            index=index,
            sound=Ref.model_validate(part["sound"]),
            seconds=part["seconds"],
            recipe=work.recipe,
        )
        for (cut, index), part in zip(said.lines, found.get("parts", [found]), strict=True)
    )


def _inputs(
    said: Utterance, cutsheet: Cutsheet, character: Character, options: VoiceOptions
) -> dict[str, Any]:
    """Everything that decides the bytes of the recording besides the voice model."""
    inputs: dict[str, Any] = {
        "text": aloud(said.text),
        "delivery": delivery(said.line.manner, options.record),
        "character": character.id,
        "voice": character.voice(cutsheet.language).model_dump(mode="json"),
        "language": cutsheet.language,
        "seed": options.seed,
    }
    if len(said.lines) > 1:
        inputs |= {"parts": list(said.parts), "rate": str(cutsheet.rate)}
    return inputs


def _kept(part: Sound, cache: WorkCache) -> Result:
    ref = cache.vault.put(to_flac_bytes(part), "audio/flac")
    return {"sound": ref.model_dump(mode="json"), "seconds": part.seconds}


def in_parts(sound: Sound, parts: Sequence[str], rate: Fraction) -> list[Sound]:
    """``sound`` cut at whole frames, one piece for each of ``parts``; put together they are the sound again."""
    made, start = [], 0
    for frames in part_frames(sound, parts, rate):
        first, last = (round(seconds_of(frame, rate) * sound.rate) for frame in (start, start + frames))
        made.append(Sound(sound.samples[first:last], sound.rate))
        start += frames
    return made
