"""The prompts in the cut sheet that people edit: which of them Sakuga built, and which a person wrote.

In: a cut sheet, the profile's models.      Out: the sheet to read, with built prompts; the sheet to work with,
with prompts by hand only. The texts that were built rest in the vault and the store knows the newest ones, so that
any machine can tell them from an edit.
"""

import json
from collections.abc import Mapping

from assets.sheets.cutsheet import Cutsheet
from assets.store import Store
from assets.vault import Vault
from flows.episode.profile import Profile
from flows.episode.workspace import EpisodeWorkspace
from flows.settings import user
from stages.shots import sheet_prompts
from stages.shots.sheet_prompts import Texts

DOCUMENT = "prompts"


def by_hand(on_disk: Cutsheet, workspace: EpisodeWorkspace, profile: Profile) -> Cutsheet:
    """``on_disk`` with the prompts that a person wrote, and no others.

    What the sheet itself gives counts as built too: the store may be a new one, or know a newer sheet.
    """
    return sheet_prompts.by_hand(on_disk, last_built(workspace), built(on_disk, profile))


def last_built(workspace: EpisodeWorkspace) -> Texts:
    """The built texts of the sheet that was written last."""
    return kept(workspace.key, workspace.store, workspace.vault)


def kept(episode: str, store: Store, vault: Vault) -> Texts:
    """The same for an episode that is not opened."""
    paper = store.papers(episode).get(DOCUMENT)
    if paper is None or not vault.has(paper.ref):
        return {}
    found: Mapping[str, Mapping[str, str]] = json.loads(vault.get(paper.ref))
    return found


def built(sheet: Cutsheet, profile: Profile) -> dict[str, dict[str, str]]:
    """The texts that cut and bible give in the dialects of the profile's models."""
    return sheet_prompts.built(sheet, profile.machines.painter_card, profile.machines.animator_card)


def keep(texts: Texts, workspace: EpisodeWorkspace) -> None:
    """Remember which texts were built. None at all are remembered only where there were some."""
    if any(texts.values()) or DOCUMENT in workspace.store.papers(workspace.key):
        ref = workspace.vault.keep(json.dumps(texts, ensure_ascii=False).encode(), "application/json")
        workspace.store.keep_paper(workspace.key, DOCUMENT, ref, by=user())
