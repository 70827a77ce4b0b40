"""`sakuga models merge` makes a file, its record, and nothing that a policy refuses."""

from hashlib import sha256

import pytest
import torch
from safetensors.torch import load_file, save_file
from typer.testing import CliRunner

from assets.credentials import make, read
from flows.cli.application import app

RECIPE = """\
sheet: merge-recipe
version: 1
name: both
method: weighted-sum-1
inputs:
  - {path: a.safetensors, weight: 0.5, licence: Apache-2.0, training_data: owned}
  - {path: b.safetensors, weight: 0.5, licence: CC-BY-4.0, training_data: licensed}
dtype: fp32
"""


@pytest.fixture
def recipe(tmp_path):
    save_file({"w": torch.ones(2, 2)}, tmp_path / "a.safetensors")
    save_file({"w": torch.full((2, 2), 3.0)}, tmp_path / "b.safetensors")
    (tmp_path / "recipe.yaml").write_text(RECIPE)
    return tmp_path / "recipe.yaml"


def merge(*args):
    return CliRunner().invoke(app, ["models", "merge", *map(str, args)])


def test_the_record_makes_the_same_file_again(recipe, tmp_path):
    first = merge(recipe)
    once = (tmp_path / "both.safetensors").read_bytes()
    again = merge(tmp_path / "both.merge.yaml")

    assert first.exit_code == 0, first.output
    assert load_file(tmp_path / "both.safetensors")["w"].tolist() == [[2, 2], [2, 2]]
    assert again.exit_code == 0, again.exception
    assert (tmp_path / "both.safetensors").read_bytes() == once


def test_the_result_inherits_both_licences_and_the_weaker_origin(recipe):
    told = merge(recipe).output

    assert "Apache-2.0" in told and "CC-BY-4.0" in told
    assert "origin of its data: licensed" in told


def test_a_model_of_scraped_data_is_not_merged_under_the_default_policy(recipe, tmp_path):
    recipe.write_text(RECIPE.replace("training_data: licensed", "training_data: scraped"))

    refused = merge(recipe)

    assert "b.safetensors may not be merged under policy own-or-licensed" in str(refused.exception)
    assert not (tmp_path / "both.safetensors").exists()
    assert merge(recipe, "--policy", "research").exit_code == 0


def test_the_residual_of_a_lower_rank_is_told(tmp_path):
    """It stood in the header of the file only."""
    for seed, name in enumerate("ab"):
        random = torch.Generator().manual_seed(seed)
        down, up = torch.randn(2, 6, generator=random), torch.randn(8, 2, generator=random)
        save_file(
            {"unet.q.lora_A.weight": down, "unet.q.lora_B.weight": up}, tmp_path / f"{name}.safetensors"
        )
    text = RECIPE.replace("method: weighted-sum-1", "kind: lora\nmethod: svd-1\nrank: RANK")
    told = {}
    for rank in (2, 4):
        (tmp_path / "recipe.yaml").write_text(text.replace("RANK", str(rank)))
        told[rank] = merge(tmp_path / "recipe.yaml").output

    assert "What rank 2 leaves out has" in told[2]
    assert "leaves out" not in told[4]


def test_an_input_is_never_overwritten(recipe, tmp_path):
    before = (tmp_path / "a.safetensors").read_bytes()

    refused = merge(recipe, "--out", tmp_path / "a.safetensors")

    assert "is an input of this merge" in str(refused.exception)
    assert (tmp_path / "a.safetensors").read_bytes() == before


def test_a_merged_model_gets_credentials_that_name_both_files_by_hash_and_one_byte_more_is_found(
    recipe, tmp_path, monkeypatch
):
    make(tmp_path / "identity", "Studio Kite")
    monkeypatch.setenv("SAKUGA_CREDENTIALS", str(tmp_path / "identity"))
    made = tmp_path / "both.safetensors"

    assert merge(recipe, "--project", tmp_path / "episodes").exit_code == 0
    found = read(made, (tmp_path / "identity/trust.pem").read_text())
    assert found is not None and (found.state, found.title) == ("Trusted", "model both")
    inputs = [sha256((tmp_path / f"{name}.safetensors").read_bytes()).hexdigest() for name in "ab"]
    assert [hash for _, _, hash in found.ingredients] == inputs
    assert [source.rpartition("/")[2] for _, source in found.actions] == ["trainedAlgorithmicData"]

    made.write_bytes(made.read_bytes() + b"x")
    changed = read(made)
    assert changed is not None and changed.state == "Invalid"


def test_an_identity_that_cannot_sign_stops_a_merge_before_it_is_made(recipe, tmp_path, monkeypatch):
    monkeypatch.setenv("SAKUGA_CREDENTIALS", str(tmp_path / "nothing"))

    refused = merge(recipe)
    assert "sakuga credentials studio" in str(refused.exception)
    assert not (tmp_path / "both.safetensors").exists()


def test_an_error_of_a_merge_stands_on_the_first_line(recipe):
    """A blank line stood before it: the end of a progress bar that was not drawn."""
    recipe.write_text(RECIPE.replace("a.safetensors", "nowhere.safetensors"))

    refused = merge(recipe)

    assert refused.exit_code != 0
    assert not refused.output.startswith("\n")
