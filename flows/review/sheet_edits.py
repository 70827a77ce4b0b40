"""Which cuts a person has edited in the cut sheet since a gate showed them.

In: the sheet that was shown, the sheet at hand.      Out: numbers of cuts that differ, other than by built prompts.
Such a cut is not approved with the others: what was looked at is not what it will be.
"""

import json
from pathlib import Path

from assets.errors import BlobDamaged, BlobMissing, SheetRefused
from assets.loader import parse_yaml
from assets.sheets.cutsheet import Cutsheet
from assets.sheets.review import Board
from assets.store import Store
from assets.vault import Vault
from flows.episode import prompts
from stages.continuity import pictured
from stages.shots import sheet_prompts
from stages.shots.sheet_prompts import Texts

_SHEETS: dict[str, Cutsheet] = {}
"""Sheets by their text: parsing 300 cuts takes half a second."""


def edited(board: Board, path: Path, episode: str, store: Store, vault: Vault) -> tuple[str, ...]:
    """The cuts of ``board`` that are others in the cut sheet at ``path``; none where it cannot be read."""
    if board.kind == "script" or not path.exists():
        return ()
    try:
        shown = Cutsheet.from_raw(json.loads(vault.get(board.sheet)), f"the cut sheet of {episode}")
        at_hand = read(path)
    except (SheetRefused, BlobMissing, BlobDamaged):
        return ()  # another rule refuses a sheet that cannot be read
    return differing(shown, at_hand, prompts.kept(episode, store, vault))


def differing(shown: Cutsheet, at_hand: Cutsheet, built: Texts) -> tuple[str, ...]:
    """The numbers of cuts that differ. ``built``: prompts that no person wrote."""
    own = sheet_prompts.by_hand(at_hand, built)
    was = {cut.number: (cut, pictured(shown, cut)) for cut in sheet_prompts.by_hand(shown, built).cuts}
    return tuple(
        cut.number for cut in own.cuts if cut.number in was and was[cut.number] != (cut, pictured(own, cut))
    )


def read(path: Path) -> Cutsheet:
    """The sheet at ``path``; parsed once for each text."""
    text = path.read_text(encoding="utf-8", errors="replace")
    if text not in _SHEETS:
        if len(_SHEETS) >= 8:
            _SHEETS.clear()
        _SHEETS[text] = Cutsheet.from_raw(parse_yaml(text, str(path)), str(path), text)
    return _SHEETS[text]
