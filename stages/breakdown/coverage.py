"""Report what a script seems to be missing: no cast, no line, a speaker's name without words.

In: the scenes as they were read, the cut sheet.      Out: remarks.
"""

import re
from collections.abc import Iterator, Sequence

from assets.fountain import spoken
from assets.fountain.names import is_shouted, read_cue
from assets.sheets.cutsheet import Cutsheet
from stages.breakdown.directions import normal
from stages.breakdown.remarks import Remarks
from stages.breakdown.scenes import Action, Scene, Speech

_QUOTED = re.compile(r"[「『][^「『」』]+[」』]|[\"“][^\"“”]{2,}[\"”]")
HOW = (
    "Write the name in capitals on a line of its own (a Japanese name with @ before it) and the words on the "
    "line under it."
)


def add_coverage(remarks: Remarks, told: Sequence[Scene], sheet: Cutsheet) -> None:
    """Add remarks for a writer who expects voices and faces, where the sheet has none."""
    actions = [beat for scene in told for beat in scene.beats if isinstance(beat, Action)]
    speeches = [beat for scene in told for beat in scene.beats if isinstance(beat, Speech)]
    first = min((beat.first for scene in told for beat in scene.beats), default=1)
    said = any(cut.lines for cut in sheet.cuts)
    quoted = [(line, text) for line, text in _lines(actions) if _QUOTED.search(text)]
    if not said and quoted:
        remarks.add(*quoted[0], f'nobody speaks, but "{{about}}" has words in quotes. {HOW}')
    elif not said:
        remarks.add(first, "", f"nobody speaks in this script. {HOW}")
    if not any(cut.staged for cut in sheet.cuts) and not said:
        remarks.add(
            first,
            "",
            "nobody is seen in this script: name people in capitals where they first appear: MIA (30s).",
        )
    names = {normal(beat.name) for beat in speeches}
    for beat in actions:
        if _is_bare_name(beat, names, many=not said):
            remarks.add(
                beat.first, beat.text, f'no words stand under "{{about}}", so nobody speaks there. {HOW}'
            )
    for speech in speeches:
        if not any(item.text.strip() for item in speech.said):
            remarks.add(speech.first, speech.name, '"{about}" is named as a speaker, but says nothing.')


def _lines(actions: Sequence[Action]) -> Iterator[tuple[int, str]]:
    for beat in actions:
        for index, line in enumerate(beat.text.split("\n")):
            yield beat.first + index, line


def _is_bare_name(beat: Action, names: set[str], *, many: bool) -> bool:
    """Whether a speaker's name stands alone, with an empty line below it."""
    shown = spoken(beat.text).strip()
    name = read_cue(shown).name
    if "\n" in shown or not is_shouted(name):
        return False
    return normal(name) in names or (many and len(name.split()) <= 3 and not re.search(r"[.!?:,]", name))
