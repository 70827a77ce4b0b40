"""Record the lines of a cut sheet, one sound per line.

In: a cut and the index of one of its lines, a voice.      Out: a Voiced sound in the vault.
Knows nothing about pictures; its measured seconds are what the cuts are timed by.
"""

from collections.abc import Callable

from pydantic import Field

from assets.errors import InputRefused
from assets.fountain import spoken
from assets.media.sound import to_flac_bytes
from assets.sheets.base import Part, Seed
from assets.sheets.bible import Character, Language
from assets.sheets.cutsheet import Cut, Cutsheet, Line
from assets.sheets.production import Ref, Voiced
from models.lease import Leased
from models.ports import Voice
from stages.sound.record import RecordOptions, delivery, record
from stages.work_cache import Result, Work, WorkCache

_TOLD = 8  # lines named one by one in a refusal


class VoiceOptions(Part):
    """How lines are recorded."""

    seed: Seed = Field(default=0, description="For voices that have chance in them")
    record: RecordOptions = RecordOptions()


def check_lines(cutsheet: Cutsheet, speaker: Leased[Voice]) -> None:
    """Refuse a sheet with lines that the voice cannot say, before anything is paid for.

    raises  InputRefused naming these lines, all at once
    """
    cast = {who.id: who for who in cutsheet.cast}
    refused = [
        f"{cut.number}, line {index + 1} ({line.character}): {reason}"
        for cut in cutsheet.cuts
        for index, line in enumerate(cut.lines)
        if (reason := _refusal(line, cast[line.character], cutsheet.language, speaker))
    ]
    if refused:
        more = len(refused) - _TOLD
        raise InputRefused(
            "\n".join(
                (
                    "The voice cannot say these lines. Change them in the script or in the cut sheet:",
                    *refused[:_TOLD],
                    *([f"and {more} more."] if more > 0 else ()),
                )
            )
        )


def _refusal(line: Line, who: Character, language: Language, speaker: Leased[Voice]) -> str:
    """Why the voice would refuse ``line``; empty where it would not."""
    check: Callable[..., None] | None = getattr(speaker.adapter, "check_line", None)
    if check is None:
        return ""
    try:
        check(spoken(line.text), language=language, voice=who.voice(language), character=who.id)
    except InputRefused as refusal:
        return str(refusal)
    return ""


def voice(
    cut: Cut,
    index: int,
    cutsheet: Cutsheet,
    *,
    speaker: Leased[Voice],
    cache: WorkCache,
    options: VoiceOptions,
) -> Voiced:
    """The sound of ``cut.lines[index]``, found in the vault or spoken now."""
    line = cut.lines[index]
    character = cutsheet.character(line.character)
    spec = character.voice(cutsheet.language)
    work = Work(
        step="voice",
        name=f"{cut.number}/{index + 1}",
        model=speaker,
        inputs={
            "text": spoken(line.text),
            "delivery": delivery(line.manner, options.record),
            "character": character.id,
            "voice": spec.model_dump(mode="json"),
            "language": cutsheet.language,
            "seed": options.seed,
        },
    )

    def make() -> Result:
        with cache.machine_time():
            sound = record(
                line,
                character,
                voice=speaker.model,
                language=cutsheet.language,
                seed=options.seed,
                options=options.record,
            )
        ref = cache.vault.put(to_flac_bytes(sound), "audio/flac")
        return {"sound": ref.model_dump(mode="json"), "seconds": sound.seconds}

    found = cache.get_or_make(work, make)
    return Voiced(
        cut=cut.number,
        index=index,
        sound=Ref.model_validate(found["sound"]),
        seconds=found["seconds"],
        recipe=work.recipe,
    )
