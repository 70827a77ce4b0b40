"""Claims about the rights of a promoted LoRA: it is registered by what it was made from, or a sentence says why not.

Before, a policy that wants registered art refused the next run of every show whose LoRA was promoted.
"""

from pathlib import Path

import pytest

from assets import show as shows
from assets.errors import RightsRefused
from assets.sheets.rights import Rights
from flows.episode import profile as profiles
from flows.rights import clearance
from flows.rights.clearance import Production
from flows.training import datasets, recording
from flows.training.lora import Trained
from flows.training.order import Order
from models.sealed import sha256


@pytest.fixture
def trained(studio):
    """A LoRA of Hana whose training the ledger knows, validated and approved."""
    studio.frozen("core", range(4))
    train(studio, studio.lora(dataset=datasets.manifest("core", studio.vault).root))
    return studio


def train(studio, lora: Path, licence: str = "MIT") -> None:
    manifest = datasets.manifest("core", studio.vault)
    order = Order(name="hana", dataset="core", base=Path("models/base"), licence=licence, data="owned")
    with studio.store() as store:
        recording.trained(store, Trained(order, manifest, lora, "r" * 64, 40, True), by="ken")
    assert studio.validate(lora, "--strengths", "0.5,1").exit_code == 0
    studio.review("hana", "--approve", "--strength", "0.5")


def register_art(studio, *scope: str) -> None:
    works = datasets.manifest("core", studio.vault).works
    with studio.store() as store:
        store.rights.add(
            Rights.model_validate({
                "people": [{"id": "P-aoi", "name": "Aoi"}],
                "works": [{"id": "art", "title": "Art", "kind": "picture", "made_by": [{"person": "P-aoi"}],
                           "files": [each.work.sha256 for each in works]}],
                "grants": [{"id": "G-1", "by": "P-aoi", "works": ["art"], "licence": "MIT", "data_class": "owned",
                            "scope": scope or ("train", "generate"), "revocable": True}],
            }),
            by="ken",
        )  # fmt: skip


def check_run(studio) -> None:
    """What a run under own-or-licensed checks before it starts."""
    profile = studio.root / "own.yaml"
    text = (studio.root / "toy-reads.yaml").read_text()
    profile.write_text(text.replace("policy: research", "policy: own-or-licensed"))
    with studio.store() as store:
        production = Production(profiles.load(str(profile)), None, shows.load(studio.bible))
        clearance.required(production, store, "kites/ep01", "run")


def work_of(studio):
    with studio.store() as store:
        return store.rights.registry().work_of(sha256(studio.root / "hana.safetensors"))


def test_after_promotion_a_run_passes_until_a_grant_beneath_the_lora_is_revoked(trained):
    register_art(trained)

    promoted = trained.promote()

    assert promoted.exit_code == 0, promoted.exception
    assert "not registered" not in promoted.output
    check_run(trained)
    work = work_of(trained)
    art, base = work.sources
    assert art.work == "art" and base.work.startswith("base-")
    with trained.store() as store:
        assert work.id in store.rights.registry().derived(["art"])
        store.rights.revoke("G-1", reason="asked by mail", by="ken")
    with pytest.raises(RightsRefused, match=f"the LoRA loras/hana.* of hana .work {work.id}"):
        check_run(trained)


@pytest.mark.slow
def test_a_lora_whose_art_had_its_grant_revoked_before_promotion_is_not_promoted(trained):
    register_art(trained)
    with trained.store() as store:
        store.rights.revoke("G-1", reason="asked by mail", by="ken")

    promoted = trained.promote()

    assert isinstance(promoted.exception, RightsRefused)
    assert "no grant covers the use 'train'" in str(promoted.exception)
    assert work_of(trained) is None


@pytest.mark.slow
def test_a_lora_on_art_that_nobody_registered_stays_unregistered(trained):
    promoted = trained.promote()

    assert promoted.exit_code == 0, promoted.exception
    assert "which it was made from, is not. Register" in flat(promoted.output)
    assert work_of(trained) is None


@pytest.mark.slow
def test_a_lora_of_art_that_may_not_be_trained_on_is_not_promoted(trained):
    register_art(trained, "generate")

    assert "no grant covers the use 'train'" in str(trained.promote().exception)
    assert work_of(trained) is None


@pytest.mark.slow
def test_a_base_under_terms_that_are_not_known_here_gives_no_registered_lora(studio):
    studio.frozen("core", range(4))
    register_art(studio)
    train(studio, studio.lora(dataset=datasets.manifest("core", studio.vault).root), "LicenseRef-secret")

    assert "LicenseRef-secret, the licence of base, are not known here" in flat(studio.promote().output)
    assert work_of(studio) is None


@pytest.mark.slow
def test_a_lora_that_was_made_elsewhere_stays_unregistered(studio):
    studio.validate(studio.lora())
    studio.review("hana", "--approve")

    assert "the ledger has no training or merge that made it" in flat(studio.promote().output)


@pytest.mark.slow
@pytest.mark.parametrize("scope", [("train", "generate"), ("train", "generate", "merge")])
def test_a_merge_of_registered_loras_is_registered_where_their_terms_let_them_be_merged(trained, scope):
    register_art(trained, *scope)
    trained.promote()
    first, mix = work_of(trained), trained.lora("mix", size=16)
    body = {
        "output": sha256(mix),
        "inputs": [[first.files[0], "-0.5"]],
        "method": "linear",
        "weights": "0" * 64,
    }
    with trained.store() as store:
        store.ledger.append("model.merged", "mix", body)

    validated = trained.validate(mix)

    if "merge" in scope:
        trained.review("mix", "--approve")
        trained.promote("mix")
        with trained.store() as store:
            made = store.rights.registry().work_of(sha256(mix))
        assert [(one.work, one.weight) for one in made.sources] == [(first.id, 500_000)]
    else:
        assert f"LoRA mix (work {first.id}) may not be merged" in str(validated.exception)


def flat(text: str) -> str:
    return " ".join(text.split())
