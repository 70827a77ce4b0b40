"""A new LoRA makes the cuts stale in which its subject is seen, and no others."""

import pytest

from assets import show as shows
from assets.sheets.bible import Lora
from assets.sheets.cutsheet import Cutsheet
from flows.training.outdated import outdated
from models.lease import lease
from models.ports import Painter
from stages.shots.shot import ingredients, shot

OLD = Lora(file="old.safetensors", base="toy", sha256="a" * 64, bytes=8, strength=0.5)
NEW = OLD.model_copy(update={"file": "new.safetensors", "sha256": "b" * 64})


def sheet_of(studio, lora=None, *, style=None):
    """The script's cut sheet with a LoRA of Hana, or of the style."""
    from assets.script import read
    from stages.breakdown import BreakdownOptions, break_down

    bible = shows.load(studio.bible)
    options = BreakdownOptions()
    made = break_down(
        read(studio.root / "kite.fountain"), bible, episode="ep01", language=None, options=options
    )
    cast = tuple(
        who.model_copy(update={"art": who.art.model_copy(update={"loras": (lora,)})})
        if who.id == "hana" and lora
        else who
        for who in made.cast
    )
    styled = made.style.model_copy(update={"loras": (style,) if style else ()})
    return made.model_copy(update={"cast": cast, "style": styled})


def read_by(sheet: Cutsheet) -> dict[str, object]:
    """What decides a panel's bytes besides what it depicts, cut by cut."""
    with lease(Painter, "toy-reader") as painter:
        card = painter.card
    return {cut.number: ingredients(shot(sheet, cut, (320, 180), card), sheet, card) for cut in sheet.cuts}


def test_recipes_change_in_the_cuts_that_show_the_character_and_in_no_others(studio):
    before, after = read_by(sheet_of(studio, OLD)), read_by(sheet_of(studio, NEW))

    changed = {number for number in before if before[number] != after[number]}

    shown = {cut.number for cut in sheet_of(studio).cuts if "hana" in [one.character for one in cut.staged]}
    assert changed == shown
    assert changed < set(before)


def test_a_new_style_changes_every_cut(studio):
    before, after = read_by(sheet_of(studio, style=OLD)), read_by(sheet_of(studio, style=NEW))

    assert all(before[number] != after[number] for number in before)


@pytest.mark.slow
def test_after_a_promotion_only_the_cuts_with_the_character_are_made_again(studio):
    """A changed LoRA changed no content basis, so a new run kept every panel that the older one had made."""
    made = ("produce", studio.root / "kite.fountain", "--show", studio.root / "kites", "--out", studio.out)
    usual = (*made, "--profile", studio.root / "toy-reads.yaml")
    assert studio.sakuga(*usual).exit_code == 0
    before = panels(studio)
    studio.validate(studio.lora())
    studio.review("hana", "--approve")

    told = studio.promote().output
    again = studio.sakuga(*usual)

    assert again.exit_code == 0, again.exception
    after, sheet = panels(studio), sheet_of(studio)
    shown = {cut.number for cut in sheet.cuts if "hana" in [one.character for one in cut.staged]}
    assert {cut for cut in before if before[cut] != after[cut]} == shown
    assert f"{len(shown)} of {len(sheet.cuts)} cuts were made with other LoRAs" in told
    with studio.store() as store:
        assert list(outdated(store, _entered(studio), frozenset({"toy"}))) == []


def panels(studio):
    """The panel that each cut shows."""
    with studio.store() as store:
        [episode] = store.episodes()
        return {cut: held.take.panel for cut, held in store.selections(episode.key).items()}


def _entered(studio):
    from stages.shots import artwork

    return artwork.entered(shows.load(studio.bible), studio.bible.parent, studio.vault)
