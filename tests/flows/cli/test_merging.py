"""`sakuga models merge` makes a file, its record, and nothing that a policy refuses."""

import pytest
import torch
from safetensors.torch import load_file, save_file
from typer.testing import CliRunner

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


def test_an_input_is_never_overwritten(recipe, tmp_path):
    before = (tmp_path / "a.safetensors").read_bytes()

    refused = merge(recipe, "--out", tmp_path / "a.safetensors")

    assert "is an input of this merge" in str(refused.exception)
    assert (tmp_path / "a.safetensors").read_bytes() == before
