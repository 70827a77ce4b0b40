"""A model is named once, found in any options, and enters the recipe by what decides its bytes."""

import pytest
from pydantic import Field, ValidationError

from models.options import Options
from models.weights import Weights, wanted
from tests.models.weights.small_models import FILES, OTHER, REVISION, write


class Several(Options):
    weights: Weights = Weights(hub="studio/tiny")
    other: Weights | None = None
    more: tuple[Weights, ...] = ()
    named: dict[str, Weights] = Field(default_factory=dict)
    steps: int = 4


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"hub": "studio/tiny", "path": "here"},
        {"hub": "studio"},
        {"hub": "../tiny"},
        {"hub": "studio/tiny", "revision": "main"},
        {"path": "here", "revision": REVISION},
    ],
)
def test_a_model_is_named_by_hub_or_by_path_with_a_full_commit(wrong):
    with pytest.raises(ValidationError):
        Weights.model_validate(wrong)


def test_every_model_in_options_is_found_once():
    a, b, c = (Weights(hub=f"studio/{name}") for name in "abc")

    assert wanted(Several(weights=a, other=b, more=(a, c), named={"x": b})) == (a, b, c)


def test_options_that_use_only_some_of_their_models_say_which():
    class Chosen(Several):
        def wanted(self) -> tuple[Weights, ...]:
            return (self.weights,)

    assert wanted(Chosen(other=Weights(hub="studio/b"))) == (Weights(hub="studio/tiny"),)


def test_the_recipe_holds_the_commit_and_not_the_licence():
    plain = Several(weights=Weights(hub="studio/tiny", revision=REVISION)).ingredients()
    said = Several(weights=Weights(hub="studio/tiny", revision=REVISION, licence="MIT")).ingredients()
    later = Several(weights=Weights(hub="studio/tiny", revision=OTHER)).ingredients()

    assert plain == said != later
    assert plain["weights"]["revision"] == REVISION


@pytest.mark.parametrize("field", ["weights", "other", "more", "named"])
def test_a_local_folder_enters_the_recipe_by_its_bytes_and_not_by_its_place(tmp_path, field):
    def recipe(folder):
        mine = Weights(path=folder)
        return Several(**{field: {"more": (mine,), "named": {"x": mine}}.get(field, mine)}).ingredients()

    one, moved = write(tmp_path / "one"), write(tmp_path / "two")
    changed = write(tmp_path / "three", {**FILES, "unet/config.json": b"[]"})

    assert recipe(one) == recipe(moved) != recipe(changed)
    assert str(tmp_path) not in str(recipe(one))


def test_a_local_folder_that_changes_is_another_recipe(tmp_path):
    folder = write(tmp_path / "mine")
    before = Weights(path=folder).ingredients()

    (folder / "unet/config.json").write_bytes(b"[1]")

    assert Weights(path=folder).ingredients() != before


def test_options_without_weights_have_the_ingredients_they_always_had():
    """Recipes of work that was paid for must stay valid."""
    options = Several(named={}, weights=Weights(hub="studio/tiny", revision=REVISION))

    assert options.ingredients().keys() == options.model_dump(mode="json").keys()
    assert options.ingredients()["steps"] == 4
