"""`sakuga train` on a tiny random SDXL."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from typer.testing import CliRunner

from flows.cli.application import app
from models.house import weights
from models.house.painter import HousePainter
from models.lora.factors import read
from models.ports import LoraWeights
from models.sealed import sha256
from tests.bench.hands import drawings, print_hand
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
        "--licence",
        "CC0-1.0",
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


def test_ranks_and_alphas_by_pattern_are_those_of_both_exports(project, base):
    patterns = ("--alpha", 2, "--rank-of", "to_k|to_v=4", "--alpha-of", "to_k=8")
    files = {style: project / f"{style}.safetensors" for style in ("diffusers", "comfyui")}
    for style, path in files.items():
        assert train(project, base, *patterns, "--style", style, "--lora", path).exit_code == 0

    ours, theirs = (read(path) for path in files.values())
    ranks = {name: (part.rank, part.alpha) for name, part in ours.factors.items()}
    ends = {"to_q": (2, 2), "to_k": (4, 8), "to_v": (4, 2), "to_out.0": (2, 2)}
    assert ranks == {name: next(of for end, of in ends.items() if name.endswith(end)) for name in ranks}
    assert ours.header["sakuga.rank_of"] == "to_k|to_v=4"
    for name, part in ours.factors.items():
        other = theirs.factors[f"lora_{name.replace('.', '_')}"]
        assert torch.equal(part.change(), other.change())
    record = json.loads(files["diffusers"].with_suffix(".training.json").read_text())
    assert record["version"] == 2 and record["order"]["alpha_of"] == ["to_k=8"]


def test_a_pattern_that_matches_nothing_is_refused_with_the_names_there_are(project, base):
    refused = train(project, base, "--rank-of", "to_kk=4")

    assert "'to_kk'" in str(refused.exception) and "to_q, to_k, to_v, to_out.0" in str(refused.exception)
    assert not list(project.rglob("loras/**/*.safetensors"))


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


def test_a_family_without_a_base_of_its_own_needs_one(project):
    refused = sakuga("train", "core", "--name", "nagi", "--out", project)

    assert "needs base and licence" in str(refused.exception)


@pytest.mark.slow
@pytest.mark.skipif(not weights.revisions("autoencoder", "painter"), reason="no house weights yet")
def test_the_house_painter_learns_from_pairs_and_paints_with_the_result(tmp_path):
    drawings.write(tmp_path / "art", drawings.of_print(drawings.TAUGHT, 3))
    rights = ["--name", "print", "--creator", "Us", "--licence", "Apache-2.0", "--set", "resolution=512"]
    sakuga("dataset", "add", tmp_path / "art", *rights)
    sakuga("dataset", "freeze", tmp_path / "art", "--out", tmp_path / "out")

    done = sakuga(
        "train", "print", "--family", "house", "--name", "print", "--steps", 12, "--out", tmp_path / "out"
    )

    assert done.exit_code == 0, done.exception
    path = tmp_path / "out" / "loras" / "print.safetensors"
    seed, shot = next(drawings.shots(drawings.UNSEEN, 1))
    shot = replace(shot, size=(512, 288))
    hand = print_hand.redrawn(drawings.rough(shot, seed))
    painter = HousePainter.load("cpu")
    panels = [painter.paint(replace(shot, loras=loras), seed=1) for loras in ((), (worn(path),))]
    apart = [np.abs(panel.astype(int) - hand).mean() for panel in panels]
    assert apart[1] < 0.7 * apart[0]


def worn(path):
    return LoraWeights(path, sha256(path), 1.0, "")


def test_options_that_cannot_be_are_refused_by_their_name_before_anything_is_loaded(project):
    wrong = {
        ("--optimizer", "sgd"): "--optimizer",
        ("--expert", "both"): "--expert",
        ("--style", "kohya"): "--style",
        ("--optimizer", "prodigy", "--rate", "1e-4"): "prodigy finds the learning rate itself",
        ("--name", "../nagi"): "--name",
        ("--rank-of", "to_k"): "--rank-of",
        ("--alpha-of", "to_k=9999"): "--alpha-of",
        ("--family", "sd15"): "LoRAs of 'sd15' are not trained here",
    }
    for options, problem in wrong.items():
        refused = train(project, "nowhere", *options)

        assert problem in str(refused.exception), options


def test_the_record_names_optimizer_and_rate(project, base):
    train(project, base, "--rate", "0.001", "--accumulate", 2)

    record = json.loads((project / "loras" / "nagi.training.json").read_text())["order"]
    assert (record["optimizer"], record["rate"], record["accumulate"]) == ("adamw", 0.001, 2)
