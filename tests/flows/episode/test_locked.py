"""A profile's models are at the commits of its lock file."""

from pydantic import Field

from assets.sheets.base import Part
from flows.episode.locked import changed_options
from models.options import Options
from models.weights import Weights
from tests.models.weights.small_models import REVISION


class Style(Part):
    weights: Weights
    strength: float = 0.5


class Chosen(Options):
    weights: Weights = Weights(hub="studio/tiny")
    styles: tuple[Style, ...] = ()
    named: dict[str, Weights] = Field(default_factory=dict)
    steps: int = 4


def pinned(weights: Weights) -> Weights:
    return weights.model_copy(update={"revision": REVISION})


def test_every_model_of_the_options_is_pinned_wherever_it_stands():
    style = Style(weights=Weights(hub="studio/style"))
    given = Chosen(styles=(style,), named={"x": Weights(hub="studio/x")})

    made = changed_options(given, pinned)

    held = (made.weights, made.styles[0].weights, made.named["x"])
    assert [one.revision for one in held] == [REVISION] * 3
    assert made.styles[0].strength == 0.5


def test_a_default_that_is_pinned_is_written_out_because_a_worker_reads_the_options_again():
    sent = changed_options(Chosen(steps=8), pinned).model_dump(mode="json", exclude_unset=True)

    again = Chosen.model_validate(sent)

    assert again.weights.revision == REVISION
    assert again.steps == 8


def test_options_without_a_change_stay_as_they_were():
    given = Chosen(steps=8)

    assert changed_options(given, lambda weights: weights) == given
