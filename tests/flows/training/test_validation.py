"""A LoRA is painted, measured and shown before anybody uses it."""

import json

import pytest
from PIL import Image

from flows.training import approvals
from tests.flows.training.conftest import lora_file


def document(studio, name="hana"):
    return json.loads((studio.out / "validations" / name / "validation.json").read_text())


def test_the_sheet_shows_every_cut_of_the_character_without_and_at_each_strength(studio):
    done = studio.validate(studio.lora(), "--strengths", "0.5,1")

    assert done.exit_code == 0, done.exception
    made = document(studio)
    assert [one["kind"] for one in made["columns"]] == ["without", "candidate", "candidate"]
    assert [one["strength"] for one in made["columns"]] == [0, 0.5, 1]
    pictures = [tuple(ref["sha256"] for ref in one["pictures"]) for one in made["columns"]]
    assert len({*pictures}) == 3  # every column was painted in another way
    assert made["candidate"]["trigger"] == "xhana"
    with Image.open(studio.out / "validations" / "hana" / "sheet.png") as sheet:
        assert sheet.width > 4 * 304


def test_a_cut_without_the_character_is_not_painted(studio):
    """Two thirds of a sheet would otherwise show nothing of what the LoRA does."""
    studio.validate(studio.lora(), "--cuts", 20)

    painted = {cut["action"] for cut in document(studio)["cuts"]}

    assert painted
    assert not any("empty park" in action for action in painted)


@pytest.mark.slow
def test_a_style_is_painted_in_cuts_without_people_too(studio):
    studio.validate(studio.lora("ink"), "--style", "--cuts", 20)

    assert any("empty park" in cut["action"] for cut in document(studio, "ink")["cuts"])


@pytest.mark.slow
def test_the_same_lora_is_validated_once_and_asks_once(studio):
    for _ in range(2):
        studio.validate(studio.lora())

    with studio.store() as store:
        assert len(approvals.listed(store)) == 1


@pytest.mark.slow
def test_art_that_was_trained_on_is_refused_also_when_it_was_exported_again(studio):
    """Measured on its own training art, every overfitted LoRA looks perfect."""
    again = studio.root / "again"
    again.mkdir()
    for path in sorted((studio.root / "held").glob("*.png"))[:2]:
        Image.open(path).resize((384, 256)).save(again / path.name)
        (again / path.name).with_suffix(".txt").write_text("a drawing")
    rights = (
        "--name",
        "again",
        "--creator",
        "A",
        "--grant",
        "G-1",
        "--show",
        "kites",
        "--set",
        "resolution=128",
    )
    studio.sakuga("dataset", "add", again, *rights)
    studio.sakuga("dataset", "freeze", again, "--out", studio.out)
    root = json.loads((studio.out / "datasets" / "again.json").read_text())["root"]

    refused = studio.validate(studio.lora(dataset=root))

    assert "shows nearly the same as a work of again, which this LoRA was trained on" in str(
        refused.exception
    )
    assert not (studio.out / "validations").exists()


def test_the_training_set_itself_is_not_held_out(studio):
    root = json.loads((studio.out / "datasets" / "held.json").read_text())["root"]

    refused = studio.validate(studio.lora(dataset=root))

    assert "held is the dataset that this LoRA was trained on" in str(refused.exception)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("more", "told"),
    [
        (
            ("--base", "sdxl"),
            "is a LoRA of sdxl. In the profile toy-reads the painter toy-reader takes LoRAs of toy",
        ),
        (("--profile", "toy"), "takes no LoRAs"),
        (("--character", "nobody"), "has no character 'nobody'. There are: hana, bou"),
        (("--held-out", "nothing"), "No dataset 'nothing' is frozen here"),
        (("--strengths", "0.5,strong"), "'strong' is no strength"),
        (("--strengths", "0"), "'0' is no strength"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_painted(studio, more, told):
    refused = studio.validate(studio.lora(), *more)

    assert told in str(refused.exception)
    assert not (studio.out / "validations").exists()


def test_a_lora_that_says_no_family_needs_one(studio):
    refused = studio.validate(lora_file(studio.root / "plain.safetensors", base=""))

    assert "does not say which family of models it belongs to" in str(refused.exception)


@pytest.mark.slow
def test_a_document_that_was_changed_in_the_vault_is_not_read(studio):
    studio.validate(studio.lora())
    with studio.store() as store:
        ref = approvals.listed(store)[0].document
    path = studio.vault.local(ref)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"xhana", b"other"))

    refused = studio.review("hana", "--approve")

    assert refused.exit_code != 0
