"""`sakuga train` on a tiny random SDXL."""

import json

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from flows.cli.application import app
from models.lora.factors import read
from tests.models.tiny import pipelines


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return pipelines.save("sdxl", tmp_path_factory.mktemp("base") / "tiny-sdxl")


@pytest.fixture
def project(tmp_path):
    art = tmp_path / "art"
    art.mkdir()
    for seed in (1, 2):
        coarse = np.random.default_rng(seed).integers(0, 255, (8, 8, 3), dtype=np.uint8)
        Image.fromarray(coarse).resize((64, 64), Image.Resampling.NEAREST).save(art / f"{seed}.png")
        (art / f"{seed}.txt").write_text("nagi, a drawing")
    rules = [
        "--name",
        "core",
        "--creator",
        "A",
        "--grant",
        "G-1",
        "--set",
        "resolution=64",
        "--set",
        "bucket_step=16",
    ]
    sakuga("dataset", "add", art, *rules, "--set", "trigger=xnagi")
    sakuga("dataset", "freeze", art, "--out", tmp_path / "out")
    return tmp_path / "out"


def sakuga(*args):
    return CliRunner().invoke(app, [*map(str, args)])


def train(project, base, *more):
    return sakuga(
        "train", "core", "--base", base, "--licence", "Apache-2.0", "--data", "owned", "--name", "nagi", "--rank", 2,
        "--steps", 2, "--out", project, *more,
    )  # fmt: skip


def test_a_lora_is_trained_and_says_what_it_rests_on(project, base):
    done = train(project, base)

    assert done.exit_code == 0, done.exception
    made = read(project / "loras" / "nagi.safetensors")
    record = json.loads((project / "loras" / "nagi.training.json").read_text())
    assert made.header["sakuga.dataset"] == record["dataset"]["root"]
    assert made.header["modelspec.trigger_phrase"] == "xnagi"
    assert all(float(part.up.abs().max()) > 0 for part in made.factors.values())


def test_a_base_of_scraped_data_is_not_trained_on_under_the_default_policy(project, base):
    refused = train(project, base, "--data", "scraped")

    assert "base model tiny-sdxl may not be trained on under policy own-or-licensed" in str(refused.exception)
    assert not (project / "loras").exists()


def test_the_same_command_again_goes_on_instead_of_starting_anew(project, base):
    train(project, base)
    log = next((project / "loras" / ".training" / "nagi").rglob("log.jsonl"))
    before = log.read_text()
    first = (project / "loras" / "nagi.safetensors").read_bytes()

    train(project, base)

    assert log.read_text() == before
    assert (project / "loras" / "nagi.safetensors").read_bytes() == first
