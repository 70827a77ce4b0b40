"""One panel of the storyboard: when it is drawn and when reused, and what its painter is given."""

from fractions import Fraction

import numpy as np
import pytest

from assets.media.picture import from_png
from assets.sheets.bible import Art, Character, Place
from assets.sheets.cutsheet import Cut, Cutsheet, Staged
from models.card import Card
from models.lease import Leased
from models.toy import ToyPainter, ToyReader, ToyUpscaler
from stages.storyboard import FIRST, PanelModels, PanelOrder, PanelPiece, Redraw, StoryboardOptions, draw
from stages.work_cache import WorkCache

SIZE = (64, 36)
CUT = Cut(number="C001", scene="S01", place="roof", frames=24, staged=(Staged(character="rin"),))
SHEET = Cutsheet(
    episode="ep01",
    rate=Fraction(24),
    cast=(Character(id="rin", names=("RIN",), art=Art(tags="silver hair")),),
    places=(Place(id="roof", names=("ROOF",), kind="rooftop"),),
    cuts=(CUT,),
)


class Studio:
    """A vault, and the panels that are drawn in it."""

    def __init__(self, cache: WorkCache, watch):
        self.vault, self.cache, self.watch = cache.vault, cache, watch

    @property
    def made(self) -> list[bool]:
        return [outcome == "made" for outcome in self.watch.outcomes]

    def draw(self, models: PanelModels, *, sheet=SHEET, redraw=FIRST, options=None):
        order = PanelOrder.of(sheet, SIZE, options or StoryboardOptions(), models)
        return draw(PanelPiece(cut="C001", redraw=redraw), order, models, self.cache)

    def picture(self, panel) -> np.ndarray:
        return from_png(self.vault.get(panel.image))


@pytest.fixture
def studio(outcome_cache, outcomes) -> Studio:
    return Studio(outcome_cache, outcomes)


def toy(adapter: type = ToyPainter, **changes) -> Leased:
    """A toy on the CPU, with ``changes`` in its card."""
    card: Card = adapter.card.model_copy(update=changes)
    return Leased(type(adapter.__name__, (adapter,), {"card": card}), "cpu")


def test_a_panel_that_was_drawn_is_reused(studio):
    first, again = studio.draw(PanelModels(toy())), studio.draw(PanelModels(toy()))

    assert again == first
    assert studio.made == [True, False]


def test_a_longer_cut_keeps_its_panel_and_another_pose_does_not(studio):
    first = studio.draw(PanelModels(toy()))
    longer = SHEET.model_copy(update={"cuts": (CUT.model_copy(update={"frames": 48}),)})
    sitting = Staged(character="rin", pose="sit")
    posed = SHEET.model_copy(update={"cuts": (CUT.model_copy(update={"staged": (sitting,)}),)})

    assert studio.draw(PanelModels(toy()), sheet=longer).recipe == first.recipe
    assert studio.draw(PanelModels(toy()), sheet=posed).recipe != first.recipe
    assert studio.made == [True, False, True]


def test_an_ordered_redraw_is_another_picture_even_for_another_model(studio):
    first = studio.draw(PanelModels(toy()))

    again = studio.draw(PanelModels(toy()), redraw=Redraw(attempt=2, anew=True))

    assert studio.made == [True, True]
    assert again.attempt == 2
    assert again.image != first.image


def test_another_model_keeps_the_panel_unless_a_redraw_was_ordered(studio):
    first = studio.draw(PanelModels(toy()))

    kept = studio.draw(PanelModels(toy(adapter_version=2)))
    drawn = studio.draw(PanelModels(toy(adapter_version=3)), redraw=Redraw(anew=True))

    assert kept.image == first.image
    assert kept.recipe != first.recipe
    assert studio.watch.outcomes == ["made", "kept", "made"]
    assert drawn.recipe != kept.recipe


def test_the_note_of_a_redraw_stands_in_the_prompt_of_a_painter_that_reads(studio):
    note = Redraw(attempt=2, anew=True, note="longer hair")

    read, blind = (studio.draw(PanelModels(toy(adapter)), redraw=note) for adapter in (ToyReader, ToyPainter))

    assert "silver hair" in read.prompt and "longer hair" in read.prompt
    assert blind.prompt == ""


def test_a_note_changes_the_recipe_of_a_painter_that_reads_and_of_no_other(studio):
    def recipes(adapter: type) -> set[str]:
        notes = ("", "longer hair")
        return {studio.draw(PanelModels(toy(adapter)), redraw=Redraw(note=note)).recipe for note in notes}

    assert (len(recipes(ToyReader)), len(recipes(ToyPainter))) == (2, 1)


def test_a_layout_guides_the_picture_and_enters_the_recipe(studio):
    alone = studio.draw(PanelModels(toy(ToyReader)))

    guided = studio.draw(PanelModels(toy(ToyReader), layout=toy()), redraw=Redraw(anew=True))

    assert guided.recipe != alone.recipe
    assert not np.array_equal(studio.picture(guided), studio.picture(alone))


def test_a_painter_that_works_smaller_is_enlarged_to_the_episodes_size(studio):
    options = StoryboardOptions(size=(32, 18))

    small = studio.draw(PanelModels(toy(), upscaler=toy(ToyUpscaler)), options=options)
    picture = studio.picture(small)

    assert picture.shape == (36, 64, 3)
    assert (picture[::2, ::2] == picture[1::2, 1::2]).all()


def test_the_size_below_the_episodes_and_the_upscaler_enter_the_recipe(studio):
    def recipe(width: int, version: int) -> str:
        models = PanelModels(toy(), upscaler=toy(ToyUpscaler, adapter_version=version))
        return studio.draw(models, options=StoryboardOptions(size=(width, 18))).recipe

    assert len({recipe(32, 1), recipe(40, 1), recipe(32, 2)}) == 3
    assert recipe(32, 1) == recipe(32, 1)


def test_another_seed_is_another_recipe_and_another_picture(studio):
    one, other = (
        studio.draw(PanelModels(toy()), options=StoryboardOptions(seed=seed), redraw=Redraw(anew=True))
        for seed in (0, 1)
    )

    assert one.recipe != other.recipe
    assert one.image != other.image
