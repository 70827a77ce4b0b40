"""A LoRA that the rights policy refuses, or that was made from what it refuses, is not validated and not promoted.

Both commands asked no policy, so the bible named LoRAs that the next run refused, after a person had approved them.
"""

from pathlib import Path

import pytest

from assets import show as shows
from assets.errors import RightsRefused
from assets.sheets.rights import Rights
from flows.training import datasets, recording
from flows.training.lora import Trained
from flows.training.order import Order
from models.sealed import sha256
from tests.flows.training.conftest import drawing


@pytest.fixture
def own(studio):
    """The studio with a dataset, and profiles with stricter policies."""
    studio.frozen("core", range(4))
    text = (studio.root / "toy-reads.yaml").read_text()
    for name, policy in (("own", "own-or-licensed"), ("permissive", "permissive-licence")):
        (studio.root / f"{name}.yaml").write_text(text.replace("policy: research", f"policy: {policy}"))
    return studio


def trained(studio, *, data: str = "owned", licence: str = "MIT", name: str = "hana", size: int = 8) -> Path:
    """A LoRA whose training the ledger knows."""
    manifest = datasets.manifest("core", studio.vault)
    lora = studio.lora(name, dataset=manifest.root, size=size)
    order = Order(name=name, dataset="core", base=Path("models/base"), licence=licence, data=data)
    with studio.store() as store:
        recording.trained(store, Trained(order, manifest, lora, "r" * 64, 40, True), by="ken")
    return lora


def profile(studio, name: str) -> tuple[str, str]:
    return "--profile", str(studio.root / f"{name}.yaml")


def register_art(studio, *scope: str, by: str = "A. Artist") -> None:
    works = datasets.manifest("core", studio.vault).works
    sheet = {
        "people": [{"id": "P-aoi", "name": by}],
        "works": [{"id": "art", "title": "Art", "kind": "picture", "made_by": [{"person": "P-aoi"}],
                   "files": [each.work.sha256 for each in works]}],
        "grants": [{"id": "G-9", "by": "P-aoi", "works": ["art"], "licence": "MIT", "data_class": "owned",
                    "scope": scope, "revocable": True}],
    }  # fmt: skip
    with studio.store() as store:
        store.rights.add(Rights.model_validate(sheet), by="ken")


def test_a_lora_on_a_base_that_the_policy_refuses_is_not_validated(own):
    refused = own.validate(trained(own, data="scraped"), *profile(own, "own"))

    assert isinstance(refused.exception, RightsRefused)
    told = str(refused.exception)
    assert "The base model base of the LoRA hana may not be trained on under policy own-or-licensed" in told
    assert "the origin of its data is 'scraped'" in told
    assert "A LoRA of house would pass" in told
    assert not (own.out / "validations").exists()


@pytest.mark.slow
def test_a_lora_whose_training_passes_is_validated_and_promoted_under_the_same_policy(own):
    done = own.validate(trained(own), *profile(own, "own"))

    assert done.exit_code == 0, done.exception
    own.review("hana", "--approve")
    assert own.promote().exit_code == 0


@pytest.mark.slow
def test_a_lora_of_unknown_origin_is_refused_until_it_is_registered(own):
    refused = own.validate(own.lora(), *profile(own, "own"))
    told = str(refused.exception)
    sheet = {
        "people": [{"id": "P-bo", "name": "Bo"}],
        "works": [{"id": "bos", "title": "Hana", "kind": "lora", "made_by": [{"person": "P-bo"}],
                   "files": [sha256(own.lora())]}],
        "grants": [{"id": "G-2", "by": "P-bo", "works": ["bos"], "licence": "MIT", "data_class": "licensed",
                    "scope": ["generate"]}],
    }  # fmt: skip
    with own.store() as store:
        store.rights.add(Rights.model_validate(sheet), by="ken")

    assert "the LoRA hana, of which the ledger has no training and no merge" in told
    assert "sakuga rights add FILE.yaml" in told
    assert own.validate(own.lora(), *profile(own, "own")).exit_code == 0


@pytest.mark.slow
def test_a_lora_of_unknown_origin_is_named_where_the_policy_only_wants_to_be_told(own):
    done = own.validate(own.lora(), *profile(own, "permissive"))

    assert done.exit_code == 0, done.exception
    assert "of which the ledger has no training and no merge" in " ".join(done.output.split())


@pytest.mark.slow
def test_one_work_without_a_grant_to_train_refuses_the_lora_by_its_name(own):
    register_art(own, "generate")

    refused = own.validate(trained(own), *profile(own, "own"))

    told = str(refused.exception)
    assert "3.png by A. Artist, on which the LoRA hana was trained, may not be trained on" in told
    assert "no grant covers the use 'train'" in told
    assert "register a grant that covers it" in told


@pytest.mark.slow
def test_a_merge_rests_on_what_its_inputs_were_trained_on(own):
    first = trained(own, data="scraped")
    mix = own.lora("mix", size=16)
    body = {
        "output": sha256(mix),
        "inputs": [[sha256(first), "0.5"]],
        "method": "linear",
        "weights": "0" * 64,
    }
    with own.store() as store:
        store.ledger.append("model.merged", "mix", body)

    refused = own.validate(mix, *profile(own, "own"))

    assert f"The base model base of the input {sha256(first)[:12]} of the LoRA mix may not" in str(
        refused.exception
    )


@pytest.mark.slow
def test_what_was_validated_for_research_is_not_promoted_for_a_client(own):
    own.validate(trained(own, data="scraped"))
    own.review("hana", "--approve")

    refused = own.promote("hana", *profile(own, "own"))

    assert isinstance(refused.exception, RightsRefused)
    assert "under policy own-or-licensed" in str(refused.exception)
    [hana] = [who for who in shows.load(own.bible).characters if who.id == "hana"]
    assert hana.art.loras == ()
    assert own.promote().exit_code == 0  # under the policy that it was validated with


@pytest.mark.slow
def test_an_override_of_the_approval_is_none_of_the_rights(own):
    own.validate(trained(own, data="scraped"))

    refused = own.promote(
        "hana", *profile(own, "own"), "--override", "the director is ill, the client agreed"
    )

    assert isinstance(refused.exception, RightsRefused)


def test_art_whose_grant_was_revoked_is_not_trained_on(own):
    """The trainer read what the dataset stated when it was frozen, and not the registry."""
    register_art(own, "train", "generate")
    with own.store() as store:
        store.rights.revoke("G-9", reason="asked by mail", by="ken")

    refused = own.sakuga(
        "train",
        "core",
        "--name",
        "hana",
        "--base",
        own.root,
        "--licence",
        "MIT",
        "--data",
        "owned",
        "--out",
        own.out,
    )

    assert isinstance(refused.exception, RightsRefused)
    assert "works 0.png, 1.png, 2.png, 3.png by A. Artist may not be trained on" in str(refused.exception)


def art_with_grant(studio, grant: str) -> None:
    """A frozen dataset `granted` of four drawings that names a grant."""
    folder = studio.root / "granted"
    folder.mkdir()
    for seed in range(4):
        drawing(folder / f"{seed}.png", seed)
        (folder / f"{seed}.txt").write_text("a drawing")
    rules = (
        "--name",
        "granted",
        "--creator",
        "Aoi",
        "--grant",
        grant,
        "--show",
        "kites",
        "--set",
        "resolution=128",
    )
    assert studio.sakuga("dataset", "add", folder, *rules).exit_code == 0


def grant_for(studio, *files: str) -> None:
    sheet = {
        "people": [{"id": "P-aoi", "name": "Aoi"}],
        "works": [{"id": "art", "title": "Art", "kind": "picture", "files": files}],
        "grants": [{"id": "G-1", "by": "P-aoi", "works": ["art"], "licence": "MIT", "data_class": "owned",
                    "scope": ["train", "generate"], "revocable": True}],
    }  # fmt: skip
    with studio.store() as store:
        store.rights.add(Rights.model_validate(sheet), by="ken")


def train_on(studio, name: str, *more: object):
    base = ("--base", studio.root / "nowhere", "--licence", "MIT", "--data", "owned", "--name", "hana")
    return studio.sakuga("train", name, *base, "--out", studio.out, *more)


def frozen_notes(studio) -> str:
    frozen = studio.sakuga("dataset", "freeze", studio.root / "granted", "--out", studio.out)
    assert frozen.exit_code == 0, frozen.exception
    return " ".join(frozen.output.split())


def test_art_that_names_a_grant_which_nobody_registered_is_not_trained_on(own):
    """A LoRA was written of art under `--grant G-NOSUCH`, without a word."""
    art_with_grant(own, "G-NOSUCH")

    noted, refused = frozen_notes(own), train_on(own, "granted")

    assert (
        "Note: 0.png, 1.png, 2.png, 3.png: the dataset names grant G-NOSUCH, which is not registered. `sakuga train`"
        in noted
    )
    assert isinstance(refused.exception, RightsRefused)
    assert "Each of the 4 works 0.png, 1.png, 2.png, 3.png by Aoi may not be trained on" in str(
        refused.exception
    )
    assert "the dataset names grant G-NOSUCH, which is not registered" in str(refused.exception)


def test_art_that_its_grant_does_not_name_is_not_trained_on(own):
    """A grant that listed two of five pictures by their hash let all five pass."""
    art_with_grant(own, "G-1")
    grant_for(own, *(sha256(own.root / "granted" / f"{number}.png") for number in (0, 1)))

    noted, refused = frozen_notes(own), train_on(own, "granted")

    assert "Note: 2.png, 3.png: the dataset names grant G-1, which does not list the file." in noted
    assert "Each of the 2 works 2.png, 3.png by Aoi may not be trained on" in str(refused.exception)
    assert "0.png" not in str(refused.exception)


def test_art_that_names_another_grant_than_the_one_that_covers_it_is_not_trained_on(own):
    art_with_grant(own, "G-2")
    grant_for(own, *(sha256(own.root / "granted" / f"{number}.png") for number in range(4)))
    frozen_notes(own)

    assert "the dataset names grant G-2, which is not registered" in str(train_on(own, "granted").exception)


def test_a_grant_that_ships_with_sakuga_is_registered_but_names_no_other_art(own):
    art_with_grant(own, "sakuga-clear-skies-own")

    assert "the dataset names grant sakuga-clear-skies-own, which does not list the file" in frozen_notes(own)


def test_art_passes_under_a_registered_grant_under_a_licence_and_where_a_policy_only_wants_to_be_told(own):
    art_with_grant(own, "G-1")
    frozen_notes(own)
    told = train_on(own, "granted", "--policy", "research")
    grant_for(own, *(sha256(own.root / "granted" / f"{number}.png") for number in range(4)))

    for done in (told, train_on(own, "granted"), train_on(own, "core")):
        assert not isinstance(done.exception, RightsRefused), (
            done.exception
        )  # refused later: there is no base
    assert "Note" not in frozen_notes(own)


def test_pictures_that_one_reason_refuses_are_on_one_line(own):
    """After a revocation the same two sentences were printed for every picture, in one paragraph."""
    register_art(own, "train", "generate")
    with own.store() as store:
        store.rights.revoke("G-9", reason="asked by mail", by="ken")

    lines = str(train_on(own, "core", "--data", "scraped").exception).splitlines()

    assert len(lines) == 2 and lines[0].startswith("The base model nowhere may not be trained on")
    assert lines[1].startswith("Each of the 4 works 0.png, 1.png, 2.png, 3.png by A. Artist may not")
