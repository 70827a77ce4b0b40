"""Turn a screenplay into the cut sheet that is produced: rules, stable cut numbers, then retakes and hand edits.

A writer may direct in between. It overrides the rules, and a person overrides it.

In: the script, the bible, what was planned before.      Out: the cut sheet, and what changed in it.
The sheet a person reads and edits is `cutsheet.yaml` in the episode's folder.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from assets.errors import InputRefused
from assets.hashing import digest
from assets.sheets.bible import Bible, Language
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.production import Voiced
from assets.sheets.screenplay import Screenplay
from flows.episode import inputs, prompts, steering
from flows.episode.profile import Profile
from flows.episode.steering import Steered
from flows.episode.workspace import EpisodeWorkspace
from flows.settings import user
from stages.breakdown import break_down_with_notices, retime, unknown_places
from stages.continuity import Changes, Edits, apply, basis, earlier_basis, edits, lost, pinned, renumber
from stages.direction import Directed
from stages.shots import sheet_prompts

SHEET = inputs.SHEET
Directing = Callable[[Cutsheet], Directed]


@dataclass(frozen=True)
class Plan:
    """The cut sheet before the lines are recorded.

    ruled   sheet from the rules and the writer's direction, with stable cut numbers
    edits   what a person changed in the sheet that was written before
    sheet   ``ruled`` with the edits on it
    refused why the sheet that lies in the folder cannot be used; it is left there as it is
    steered what retakes change in the sheet, in ``edits`` already
    """

    ruled: Cutsheet
    edits: Edits
    sheet: Cutsheet
    changes: Changes
    warnings: tuple[str, ...]
    refused: str = ""
    steered: Steered = field(default_factory=dict)


def planned(
    screenplay: Screenplay,
    bible: Bible | None,
    workspace: EpisodeWorkspace,
    profile: Profile,
    language: Language | None,
    directing: Directing = Directed,
) -> Plan:
    """Break the script down, keep the numbers of unchanged cuts, and apply every edit made by hand.

    directing  enriches the numbered sheet; the default changes nothing
    """
    on_disk, refused = inputs.sheet_by_hand(workspace)
    on_disk = prompts.by_hand(on_disk, workspace, profile) if on_disk else None
    before = workspace.store.cutsheet(workspace.key)
    on_disk, orders = _with_orders(on_disk, before, workspace)
    broken_down = break_down_with_notices(
        screenplay, bible, episode=workspace.episode, language=language, options=profile.breakdown
    )
    fresh = broken_down.cutsheet
    if not fresh.cuts:
        raise InputRefused(f"{screenplay.source}: there is nothing to show: no scene, action or dialogue.")
    reserved = {cut.number for cut in on_disk.cuts} if on_disk else set()
    numbered, _ = renumber(fresh, before or on_disk, reserved=reserved)
    directed = directing(numbered)
    # Direction keeps every number. Number again only to report the changes since the last directed sheet.
    ruled, changes = renumber(directed.sheet, before or on_disk, reserved=reserved)
    by_hand = edits(before or ruled, on_disk) if on_disk else Edits()
    notices = (*screenplay.notes, *broken_down.notices, *unknown_places(ruled, screenplay.source))
    inputs.keep_notices(workspace, notices)
    warnings = (*notices, *directed.warnings, *lost(by_hand, ruled), *([refused] if refused else []))
    return Plan(ruled, by_hand, apply(by_hand, ruled), changes, warnings, refused, orders)


def _with_orders(
    on_disk: Cutsheet | None, before: Cutsheet | None, workspace: EpisodeWorkspace
) -> tuple[Cutsheet | None, Steered]:
    """The sheet at hand as the open retakes change it; None where there is none and nothing is to change."""
    sheet = on_disk or before
    if sheet is None:
        return None, {}
    after, orders = steering.steered(sheet, workspace)
    return (after if any(orders.values()) else on_disk), orders


def timed(
    plan: Plan, voiced: Mapping[tuple[str, int], Voiced], workspace: EpisodeWorkspace, profile: Profile
) -> tuple[Cutsheet, tuple[str, ...]]:
    """Set every cut's length from its recorded lines, and write the sheet."""
    measured = {key: sound.seconds for key, sound in voiced.items()}
    set_by_hand = pinned(plan.edits)
    sheet = retime(plan.sheet, measured, options=profile.breakdown, pinned=set_by_hand)
    sheet = apply(_moments(plan.edits), sheet)
    ruled = _as_long(retime(plan.ruled, measured, options=profile.breakdown), sheet, set_by_hand)
    sheet, warnings = _fitted_to_locked(sheet, workspace)
    outdated = sheet_prompts.outdated(sheet, prompts.last_built(workspace), prompts.built(sheet, profile))
    warnings = (*warnings, *outdated)
    if not plan.refused:
        write(sheet, ruled, workspace, profile, plan.steered)
    return sheet, warnings


def write(
    sheet: Cutsheet,
    ruled: Cutsheet,
    workspace: EpisodeWorkspace,
    profile: Profile,
    orders: Steered | None = None,
) -> None:
    """Publish ``sheet`` with its prompts, and keep ``ruled`` in the store to detect hand edits next time.

    The previous content of the file stays in the vault, whoever wrote it.
    """
    path = workspace.folder / SHEET
    texts = prompts.built(sheet, profile)
    text = (HEADER + sheet_prompts.filled(sheet, texts).to_yaml()).encode()
    old = path.read_bytes() if path.exists() else b""
    if old and old != text:
        workspace.vault.keep(old, "application/yaml")
    ref = workspace.vault.keep(text, "application/yaml")
    bases = {cut.number: digest(basis(sheet, cut)) for cut in sheet.cuts}
    # Store first: after a kill in between, the file is updated from the store.
    with workspace.store.batch():
        by_rules = {cut.number for cut in ruled.cuts}
        added = [cut for cut in sheet.cuts if cut.number not in by_rules]
        workspace.store.record_cutsheet(workspace.key, ruled, bases, added=added)
        earlier = {cut.number: digest(earlier_basis(sheet, cut)) for cut in sheet.cuts}
        workspace.store.rebase(workspace.key, {number: (earlier[number], bases[number]) for number in bases})
        prompts.keep(texts, workspace)
        workspace.store.keep_paper(workspace.key, "cutsheet", ref, by=user())
        steering.keep(orders or {}, workspace)
    inputs.leave_sheet(workspace, text)


HEADER = f"""\
# yaml-language-server: $schema={inputs.SCHEMA}
# The cut sheet. Edit it by hand: what you change wins over the rules from then on, in every later run.
# Lengths are frames. Cut numbers are never renumbered; add C003A between C003 and C004.
# A prompt that you leave alone or empty follows the cut and the bible; one that you change is sent as it stands.
"""


def _moments(by_hand: Edits) -> Edits:
    """The edits of times of lines or cues; timing by the recording would move them."""
    cuts = {
        number: {path: value for path, value in changes.items() if path.startswith(("lines.", "cues."))}
        for number, changes in by_hand.cuts.items()
    }
    return Edits(cuts=cuts)


def _as_long(ruled: Cutsheet, sheet: Cutsheet, set_by_hand: frozenset[str]) -> Cutsheet:
    """The rules' sheet with the lengths of the final one: a longer recording is not an edit by hand."""
    lengths = {cut.number: cut.frames for cut in sheet.cuts if cut.number not in set_by_hand}
    cuts = (cut.model_copy(update={"frames": lengths.get(cut.number, cut.frames)}) for cut in ruled.cuts)
    return ruled.model_copy(update={"cuts": tuple(cuts)})


def _fitted_to_locked(sheet: Cutsheet, workspace: EpisodeWorkspace) -> tuple[Cutsheet, tuple[str, ...]]:
    """Keep the length of every approved take: its cut follows it, and a line that is longer now is reported."""
    warnings: list[str] = []
    cuts: list[Cut] = []
    chosen = workspace.store.selections(workspace.key)
    for cut in sheet.cuts:
        selected = chosen.get(cut.number)
        if selected is None or not selected.locked or selected.take.frames == cut.frames:
            cuts.append(cut)
            continue
        warnings.append(
            f"{cut.number} is approved at {selected.take.frames} frames but now needs {cut.frames}; "
            "the approved take was kept. Order a retake to follow the new length."
        )
        cuts.append(cut.model_copy(update={"frames": selected.take.frames}))
    return sheet.model_copy(update={"cuts": tuple(cuts)}), tuple(warnings)
