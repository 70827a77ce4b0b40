"""Claims about credentials of LoRAs, merged models and datasets: beside the file, only as far as the ledger knows."""

from pathlib import Path

import pytest

from assets.credentials import make, read, sidecar_of
from flows.rights.model_credentials import signed_if_set
from flows.training import datasets, recording
from flows.training.lora import Trained
from flows.training.order import Order
from models.house.weights import LIBRARY, revision
from models.sealed import sha256
from models.training.house_material import EXAMPLE


@pytest.fixture
def identity(tmp_path_factory, monkeypatch) -> Path:
    folder = tmp_path_factory.mktemp("identity") / "kite"
    make(folder, "Studio Kite")
    monkeypatch.setenv("SAKUGA_CREDENTIALS", str(folder))
    return folder


@pytest.fixture
def trained(studio, identity) -> Path:
    """A LoRA of Hana whose training the ledger knows, not signed yet; its base has weights."""
    studio.frozen("core", range(3))
    base = studio.root / "base"
    base.mkdir()
    (base / "unet.safetensors").write_bytes(b"base")
    manifest = datasets.manifest("core", studio.vault)
    lora = studio.lora(dataset=manifest.root)
    order = Order(name="hana", dataset="core", base=base, licence="MIT", data="owned")
    with studio.store() as store:
        recording.trained(store, Trained(order, manifest, lora, "r" * 64, 40, True), by="ken")
    return lora


def said(path: Path, identity: Path):
    found = read(path, (identity / "trust.pem").read_text())
    assert found is not None
    return found


def parts(found) -> dict[str, str]:
    return {one["title"]: one.get("instance_id", "") for one in found.manifest["ingredients"]}


def test_a_signed_lora_names_its_dataset_and_its_base_and_one_changed_byte_is_found(
    studio, identity, trained
):
    done = studio.sakuga("credentials", "sign", trained, "--out", studio.out)
    found = said(trained, identity)

    assert done.exit_code == 0, done.exception
    assert (found.state, found.title, found.forbids_training) == ("Trusted", "LoRA hana", True)
    root = datasets.manifest("core", studio.vault).root
    named = parts(found)
    assert named["dataset core"] == f"urn:sha256:{root}"
    [base] = [title for title in named if title.startswith("base model sdxl/base@")]
    assert base.endswith(", data owned") and named[base].startswith("urn:sha256:")

    data = bytearray(trained.read_bytes())
    data[-1] ^= 1
    trained.write_bytes(data)
    assert said(trained, identity).state == "Invalid"
    shown = studio.sakuga("credentials", trained)
    assert shown.exit_code != 0 and "was changed" in str(shown.exception)


@pytest.mark.slow
def test_sakuga_train_writes_the_credentials_of_its_lora_beside_it(studio, identity):
    """The caption that an error gives as an example was itself refused."""
    studio.frozen("core", range(3), caption=EXAMPLE)
    order = ("--family", "house", "--steps", 1, "--name", "hana", "--policy", "research", "--out", studio.out)

    done = studio.sakuga("train", "core", *order)
    assert done.exit_code == 0, done.exception
    found = said(studio.out / "loras/hana.safetensors", identity)
    assert (found.state, found.title) == ("Trusted", "LoRA hana")
    base = f"house/{LIBRARY.name}@{revision('painter')}"
    assert parts(found).keys() == {"dataset core", f"base model {base}, data owned"}
    assert [model for model, _ in found.disclosures] == [base]


def test_a_frozen_dataset_is_signed_with_the_hash_of_every_work_and_no_name(studio, identity):
    studio.frozen("core", range(3))
    manifest = datasets.manifest("core", studio.vault)
    copy = studio.out / "datasets/core.json"

    found = said(copy, identity)
    assert (found.state, found.title) == ("Trusted", "dataset core")
    titles = [(one["title"], one["instance_id"]) for one in found.manifest["ingredients"]]
    assert titles == [("work", f"urn:sha256:{each.work.sha256}") for each in manifest.works]
    assert b"A. Artist" not in sidecar_of(copy).read_bytes()
    datasets.check_copies(studio.out, studio.vault)


def test_what_the_ledger_does_not_know_is_not_signed(studio, identity):
    stranger = studio.lora("stranger", size=4)
    bible = studio.root / "plain.json"
    bible.write_text("{}")

    for file, told in ((stranger, "has no training, merge or dataset"), (bible, "is no frozen dataset")):
        done = studio.sakuga("credentials", "sign", file, "--out", studio.out)
        assert done.exit_code != 0 and told in str(done.exception)
        assert not sidecar_of(file).exists()


@pytest.mark.slow
def test_a_promoted_lora_has_credentials_in_the_show_that_say_a_person_approved_it(studio, identity, trained):
    assert studio.validate(trained, "--strengths", "0.5,1").exit_code == 0
    studio.review("hana", "--approve", "--strength", "0.5")
    assert studio.promote().exit_code == 0
    [file] = (studio.root / "kites/loras").glob("*.safetensors")

    found = said(file, identity)
    assert found.state == "Trusted" and "dataset core" in parts(found)
    disclosed = [one["data"] for one in found.manifest["assertions"] if one["label"] == "c2pa.ai-disclosure"]
    assert disclosed[0]["contentProfile"]["humanOversightLevel"] == "human_validated"


@pytest.mark.slow
def test_a_lora_from_elsewhere_is_promoted_without_credentials_and_that_is_said(studio, identity):
    assert studio.validate(studio.lora(), "--strengths", "0.5,1").exit_code == 0
    studio.review("hana", "--approve", "--strength", "0.5")

    promoted = studio.promote()
    assert promoted.exit_code == 0, promoted.exception
    assert "has no content credentials" in " ".join(promoted.output.split())


def test_a_file_that_is_made_anew_unsigned_loses_the_credentials_of_the_one_before(
    studio, identity, trained, monkeypatch
):
    """They would have said that the new file was changed after it was signed."""
    studio.sakuga("credentials", "sign", trained, "--out", studio.out)
    trained.write_bytes(studio.lora("other", size=16).read_bytes())
    monkeypatch.delenv("SAKUGA_CREDENTIALS")
    with studio.store() as store:
        assert signed_if_set(trained, store) is None
    assert not sidecar_of(trained).exists()


@pytest.mark.slow
def test_a_take_names_the_lora_it_was_drawn_with_and_the_dataset_beneath_with_their_hashes(
    studio, identity, trained
):
    assert studio.validate(trained, "--strengths", "0.5,1").exit_code == 0
    studio.review("hana", "--approve", "--strength", "0.5")
    assert studio.promote().exit_code == 0
    where = (
        "--show",
        studio.root / "kites",
        "--profile",
        studio.root / "toy-reads.yaml",
        "--out",
        studio.out,
    )
    made = studio.sakuga("produce", studio.root / "kite.fountain", *where, "--name", "kite")
    assert made.exit_code == 0, made.exception

    root, lora = datasets.manifest("core", studio.vault).root, sha256(trained)
    [film] = studio.out.glob("*/signed/episode.mp4")
    for name in ("takes/C001.mp4", "stills/C001.png", "episode.mp4"):
        named = set(parts(said(film.parent / name, identity)).values())
        assert {f"urn:sha256:{lora}", f"urn:sha256:{root}"} <= named, name


def test_a_word_that_is_no_file_and_no_command_is_told_with_the_commands(studio):
    done = studio.sakuga("credentials", "nowhere.mp4")

    assert done.exit_code == 2
    told = " ".join(done.output.replace("│", " ").split())
    assert (
        "'nowhere.mp4' is no file here, and none of the commands: studio, renew, sign, watermark, show"
        in told
    )
