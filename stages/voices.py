"""Record the lines of a cut sheet, one sound per line.

In: a cut and the index of one of its lines, a voice.      Out: a Voiced sound in the vault.
Knows nothing about pictures; its measured seconds are what the cuts are timed by.
"""

from pydantic import Field

from assets.fountain import spoken
from assets.media.sound import to_flac_bytes
from assets.sheets.base import Part, Seed
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.production import Ref, Voiced
from models.lease import Leased
from stages.desk import Desk, Result, Work
from stages.sound.record import RecordOptions, delivery, record


class VoiceOptions(Part):
    """How lines are recorded."""

    seed: Seed = Field(default=0, description="For voices that have chance in them")
    record: RecordOptions = RecordOptions()


def voice(
    cut: Cut, index: int, cutsheet: Cutsheet, *, speaker: Leased, desk: Desk, options: VoiceOptions
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
        with desk.machine_time():
            sound = record(
                line,
                character,
                voice=speaker.machine,
                language=cutsheet.language,
                seed=options.seed,
                options=options.record,
            )
        ref = desk.vault.put(to_flac_bytes(sound), "audio/flac")
        return {"sound": ref.model_dump(mode="json"), "seconds": sound.seconds}

    found = desk.do(work, make)
    return Voiced(
        cut=cut.number,
        index=index,
        sound=Ref.model_validate(found["sound"]),
        seconds=found["seconds"],
        recipe=work.recipe,
    )
