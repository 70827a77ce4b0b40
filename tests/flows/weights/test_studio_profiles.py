"""The studio profiles: complete, on their models' grids, pinned before use, with their licences told."""

import re

import pytest

from assets.errors import SetupMissing
from flows.episode.profile import LIBRARY, load, located
from flows.episode.session import check_sizes, leased_models
from flows.weights.needs import needs
from flows.weights.plan import duties, planned
from models.registry import ADAPTERS, adapter
from models.weights import store
from models.weights.catalogue import known

STUDIO = ("studio", "studio-draft", "studio-small", "studio-remote")
LOCAL = STUDIO[:3]


@pytest.fixture(autouse=True)
def empty_store(tmp_path):
    before = store.store()
    store.use_store(tmp_path)
    yield
    store.use_store(before)


@pytest.mark.parametrize("name", STUDIO)
def test_its_sizes_are_on_the_grid_of_every_model(name):
    profile = load(name)

    with leased_models(profile, "en", "cpu") as models:
        check_sizes(profile, models)


@pytest.mark.parametrize("name", LOCAL)
def test_it_ships_unpinned_and_a_run_refuses_it_with_the_command_that_pins(name):
    with pytest.raises(SetupMissing, match=f"sakuga models pin --profile {name}"):
        load(name).machines.check("en", name)


def test_the_remote_one_needs_nothing_fetched():
    assert not needs("studio-remote").weights
    with pytest.raises(
        SetupMissing, match="gave no answer"
    ):  # nothing else is missing: the engine is asked at the start
        load("studio-remote").machines.check("en", "studio-remote")


@pytest.mark.parametrize("name", LOCAL)
def test_every_model_is_known_with_licence_and_size_before_a_hub_is_asked(name):
    found = planned(needs(name), "cpu")

    assert found.sizes
    assert all(known(need.weights.hub) for need, _, _ in found.sizes)


@pytest.mark.parametrize("name", LOCAL)
def test_its_comment_names_the_licence_of_every_model(name):
    told = re.sub(r"[\W_]+", " ", located(name).read_text().split("sheet:")[0].casefold())
    shown = {
        "CreativeML-OpenRAIL-PP-M": "openrail",
        "LicenseRef-Stability-AI-Community": "stability ai community",
    }

    for duty in duties(needs(name)):
        licence = known(duty.hub).licence
        assert shown.get(licence, re.sub(r"[\W_]+", " ", licence.casefold())) in told


@pytest.mark.parametrize("key", sorted(ADAPTERS), ids="-".join)
def test_an_adapter_that_needs_options_can_be_asked_what_is_missing_with_them(key):
    """A profile with a remote painter was refused: it was asked what it lacks without the options it had."""
    found = adapter(*key)
    fields = getattr(getattr(found, "Options", None), "model_fields", {})

    assert hasattr(found, "lacks_with") or not any(field.is_required() for field in fields.values())


def test_the_small_one_fits_twelve_gigabytes():
    assert max(card.vram_gb for card in needs("studio-small").cards) <= 12


def test_a_draft_uses_the_distilled_pair_and_only_its_two_files():
    distilled = [one for one in needs("studio-draft").weights if "Distill" in one.hub]

    assert [len(one.files) for one in distilled] == [2]
    assert not [one for one in needs("studio").weights if "Distill" in one.hub]


def test_the_models_command_knows_studio_profiles_by_name():
    assert set(STUDIO) <= {path.stem for path in LIBRARY.glob("*.yaml")}
