"""Make the voices, panels and takes of an episode: one piece of work for each line or cut, in one executor.

In: a cut sheet, what was made before it, the session.      Out: what each line or cut has now.
Knows nothing about reviews; pipeline.py asks for them.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from assets.errors import InputRefused
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.production import Panel, Take, Voiced
from flows.episode.panels import PanelBook, answer, panel_of
from flows.episode.selection import Shooting, plan_attempts, take_of
from flows.episode.session import Session
from models.lease import concurrent
from stages.shots.shot import by_loras
from stages.sound.utterance import Utterance, utterances
from stages.sound.voices import named, refuse, unsayable, voice
from stages.storyboard import PanelModels, PanelOrder
from stages.takes.arrival import arrives, last_panel
from stages.takes.order import TakeInputs, TakeModels, TakeOrder

VoicedLines = Mapping[tuple[str, int], Voiced]
"""The recording of each line, by cut number and index of the line in the cut."""


def voices(sheet: Cutsheet, session: Session) -> dict[tuple[str, int], Voiced]:
    """The sound of every line. One that cannot be said stops no other: it is refused when all are recorded."""
    speaker, cache, options = session.models.voice, session.cache, session.profile.voices
    refused = unsayable(sheet, speaker)
    said = [item for item in utterances(sheet) if (item.cut.number, item.index) not in refused]
    cache.began("voice", len(said))

    def speak(item: Utterance) -> tuple[Voiced, ...]:
        try:
            return voice(item, sheet, speaker=speaker, cache=cache, options=options)
        except InputRefused as refusal:  # only the loaded voice knows
            refused[item.cut.number, item.index] = named(item.cut, item.index, str(refusal), sheet)
            return ()

    made = session.executor.each("voice", said, speak, lambda item: item.name, parallel=concurrent(speaker))
    speaker.release()
    refuse(refused)
    return {(sound.cut, sound.index): sound for sounds in made for sound in sounds}


def pictured(sheet: Cutsheet, session: Session) -> list[Cut]:
    """The cuts whose panel is drawn: those asked for, and where a take of them arrives at the next panel, that one."""
    asked, card = session.scope.numbers(sheet), session.models.animator.card
    moved = session.scope.last != "storyboard"
    pairs = pairwise(sheet.cuts)
    after = {two.number for one, two in pairs if moved and one.number in asked and arrives(one, two, card)}
    return [cut for cut in sheet.cuts if cut.number in asked or cut.number in after]


def panels(cuts: Sequence[Cut], sheet: Cutsheet, known: PanelBook, session: Session) -> dict[str, Panel]:
    """The panel of each of ``cuts``, by number: from the vault or drawn now."""
    cache, profile, leased = session.cache, session.profile, session.models
    cache.began("panel", len(cuts))
    models = PanelModels(leased.painter, layout=leased.layout, upscaler=leased.upscaler)
    order = PanelOrder.of(sheet, profile.size, profile.storyboard, models)

    def paint(cut: Cut) -> Panel:
        return panel_of(cut, order, known, models, cache)

    parallel = concurrent(models.painter, models.layout, models.upscaler)
    ordered = by_loras(cuts, sheet, leased.painter.card)
    made = session.executor.each("panel", ordered, paint, lambda cut: cut.number, parallel=parallel)
    found = {panel.cut: panel for panel in made}
    panels = {cut.number: found[cut.number] for cut in cuts}
    answer(panels, known, session.workspace)
    return panels


def takes(
    cuts: Sequence[Cut], sheet: Cutsheet, panels: Mapping[str, Panel], voiced: VoicedLines, session: Session
) -> dict[str, Take]:
    """The take that each of ``cuts`` shows, by number, after the missing attempts were made."""
    workspace, profile, refresh = session.workspace, session.profile, session.brief.refresh
    plans = {cut.number: plan_attempts(cut, sheet, workspace, profile, refresh=refresh) for cut in cuts}
    session.cache.began("take", sum(len(plan.attempts) if plan else 1 for plan in plans.values()))

    leased = session.models
    painter = leased.painter if profile.takes.windows.chain != "last_drawing" else None
    models = TakeModels(leased.animator, leased.judge, leased.upscaler, painter)
    order = TakeOrder.of(sheet, profile.size, profile.takes, models, profile.storyboard.size)
    shared = Shooting(order, models, session.cache, workspace, profile)

    def move(cut: Cut) -> Take:
        lines = {index: voiced[cut.number, index] for index in range(len(cut.lines))}
        last = last_panel(cut, sheet, panels, leased.animator.card)
        given = TakeInputs(panel=panels[cut.number], voiced=lines, last=last)
        return take_of(cut, given, plans[cut.number], shared)

    parallel = concurrent(models.animator, models.judge, models.upscaler, models.painter)
    ordered = by_loras(cuts, sheet, leased.animator.card)
    made = session.executor.each("take", ordered, move, lambda cut: cut.number, parallel=parallel)
    found = {take.cut: take for take in made}
    return {cut.number: found[cut.number] for cut in cuts}
