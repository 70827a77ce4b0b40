"""A pin writes down one commit and the true SHA-256 of every file, without fetching weights."""

import json

import pytest
from pydantic import ValidationError

from assets.errors import InputRefused, SetupMissing, SheetRefused
from assets.rights.licences import facts
from models.sdxl.options import SdxlOptions
from models.weights import Weights, snapshot
from models.weights.catalogue import known
from models.weights.hub import Hub
from models.weights.pinning import pin
from models.weights.pulling import pull
from tests.models.weights.small_models import FILES, REVISION, listed, tensors

TINY = Weights(hub="studio/tiny")


@pytest.fixture
def hub(served):
    served.put("studio/tiny", {**FILES, "unet/model.bin": b"x", "train.py": b"x"}, license="apache-2.0")
    return Hub(served.endpoint)


def test_a_pin_lists_commit_licence_and_the_sums_of_every_file(hub):
    (model,) = pin("mine", [TINY], hub, None).models

    assert (model.hub, model.revision, model.licence, model.gated) == (
        "studio/tiny",
        REVISION,
        "Apache-2.0",
        False,
    )
    assert set(model.files) == set(listed())


def test_no_weights_are_fetched_to_pin_them(hub, served):
    pin("mine", [TINY], hub, None)

    assert not [told for told in served.asked() if told[1].endswith(".safetensors")]


def test_what_was_pinned_keeps_its_commit_until_it_is_renewed(hub, served):
    first = pin("mine", [TINY], hub, None)
    before = len(served.asked())

    again = pin("mine", [TINY], hub, first)

    assert again.models == first.models
    assert len(served.asked()) == before
    assert pin("mine", [TINY], hub, first, renew=True).models == first.models
    assert len(served.asked()) > before


def test_another_revision_in_the_profile_is_pinned_anew(hub):
    first = pin("mine", [TINY], hub, None)

    with pytest.raises(InputRefused, match="no such commit"):
        pin("mine", [Weights(hub="studio/tiny", revision="1" * 40)], hub, first)


def test_a_model_that_left_the_profile_leaves_the_lock(hub):
    first = pin("mine", [TINY], hub, None)

    assert pin("mine", [], hub, first).models == ()


def test_the_parts_of_a_modular_pipeline_are_pinned_too_and_pulled_with_it(hub, served):
    index = {
        "text_encoder": [
            "transformers",
            "Q",
            {"pretrained_model_name_or_path": "other/reader", "subfolder": "te"},
        ]
    }
    served.put("studio/parts", {"modular_model_index.json": json.dumps(index).encode(), "LICENSE": b"x"})
    served.put(
        "other/reader", {"te/config.json": b"{}", "te/model.safetensors": tensors(3), "te/run.py": b""}
    )

    lock = pin("mine", [Weights(hub="studio/parts")], hub, None)
    for model in lock.models:
        pull(model, hub)

    found = snapshot(Weights(hub="studio/parts", revision=REVISION))
    assert {path.name for path in found.components["text_encoder"].iterdir()} == {
        "config.json",
        "model.safetensors",
    }


def test_repositories_that_name_each_other_for_ever_end(hub, served):
    for one, other in (("a/one", "a/two"), ("a/two", "a/one")):
        about = {"pretrained_model_name_or_path": other}
        index = {"part": ["diffusers", "X", about]}
        served.put(one, {"modular_model_index.json": json.dumps(index).encode()})

    with pytest.raises(SheetRefused, match="deep"):
        pin("mine", [Weights(hub="a/one")], hub, None)


def test_a_hub_that_answers_with_another_commit_than_asked_is_refused(hub, served):
    served.fails(sha="e" * 40)

    with pytest.raises(SetupMissing, match="Nothing of it was used"):
        pin("mine", [Weights(hub="studio/tiny", revision=REVISION)], hub, None)


def test_a_hub_that_answers_without_a_commit_is_refused(hub, served):
    served.fails(sha="main")

    with pytest.raises(SetupMissing, match="'main'"):
        pin("mine", [TINY], hub, None)


def test_a_small_file_that_differs_from_the_hubs_own_hash_is_not_pinned(hub, served):
    served.fails(blob="unet/config.json")

    with pytest.raises(SetupMissing, match=r"unet/config\.json came with other bytes"):
        pin("mine", [TINY], hub, None)


def test_a_model_that_does_not_exist_is_an_error_about_its_name(hub):
    with pytest.raises(InputRefused, match="shows no such model"):
        pin("mine", [Weights(hub="studio/missing")], hub, None)


@pytest.mark.parametrize("content", [b"[]", b"\xff", b"{", b'{"a": NaN}'])
def test_a_damaged_index_is_refused(hub, served, content):
    served.put("studio/odd", {"model_index.json": content})

    with pytest.raises(SheetRefused):
        pin("mine", [Weights(hub="studio/odd")], hub, None)


@pytest.mark.parametrize(
    ("card", "said"),
    [
        ({}, "LicenseRef-unstated"),
        ({"license": "openrail++"}, "CreativeML-OpenRAIL-PP-M"),
        ({"license": "other", "license_name": "a/licence of ours"}, "LicenseRef-a-licence-of-ours"),
        ({"license": "cc-by-nc-4.0"}, "CC-BY-NC-4.0"),
        ({"license": "other", "license_name": "fair-ai-public-license-1.0-sd"}, "FAIPL-1.0-SD"),
        ({"license": ["mit"]}, "MIT"),
    ],
)
def test_the_licence_is_the_one_on_the_models_page(hub, served, card, said):
    served.put("studio/stated", FILES, **card, gated="auto")

    (model,) = pin("mine", [Weights(hub="studio/stated")], hub, None).models

    assert (model.licence, model.gated) == (said, True)


def test_one_model_at_two_commits_in_one_profile_is_refused(hub):
    with pytest.raises((SheetRefused, ValidationError), match="two commits"):
        pin("mine", [TINY, Weights(hub="studio/tiny", revision="1" * 40)], hub, None)


def test_a_known_models_licence_is_one_in_catalogue_option_and_lock(hub, served):
    """The pinned SDXL was LicenseRef-openrail--, which no policy knows, and was refused; unpinned it was allowed."""
    chosen = SdxlOptions().weights
    served.put(chosen.hub, FILES, license="openrail++")

    (model,) = pin("mine", [chosen.model_copy(update={"licence": ""})], hub, None).models

    assert model.licence == chosen.licence == known(chosen.hub).licence
    assert model.licence in facts()
