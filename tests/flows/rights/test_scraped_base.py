"""A model of scraped or undisclosed data is refused at run, training, merge and delivery, each in its own words."""

import re
from pathlib import Path

import pytest
import torch
import yaml
from PIL import Image
from safetensors.torch import save_file

from assets.errors import RightsRefused
from flows.episode.brief import Brief
from flows.episode.executor import InProcess
from flows.episode.produce import RunHost, perform
from flows.episode.profile import LIBRARY
from tests.models.tiny import pipelines

POLICIES = LIBRARY.parent / "rights" / "policies"
SCRIPT = "Title: Kite\nLanguage: en\n\nEXT. HILL - DAY\n\nWind.\n\nMIKA\nLook.\n"


def profile(folder: Path, policy: str, **machines: object) -> Path:
    raw = yaml.safe_load((LIBRARY / "toy.yaml").read_text()) | {"policy": policy}
    raw["machines"] |= machines
    (folder / "mine.yaml").write_text(yaml.safe_dump(raw))
    return folder / "mine.yaml"


def run(folder: Path, sakuga) -> str:
    """A profile whose painter learnt from the web; its weights are not even fetched."""
    weights = {"hub": "cagliostrolab/animagine-xl-4.0", "revision": "0" * 40}
    mine = profile(folder, "own-or-licensed", painter={"name": "sdxl", "options": {"weights": weights}})
    return refused(sakuga, "produce", "kite.fountain", "--profile", mine)


def train(folder: Path, sakuga) -> str:
    """A training of owned art on a base whose maker says nothing of its data."""
    art = folder / "art"
    art.mkdir()
    Image.new("RGB", (64, 64), "red").save(art / "1.png")
    (art / "1.txt").write_text("nagi")
    sizes = ["--set", "resolution=64", "--set", "bucket_step=16"]
    sakuga("dataset", "add", art, "--name", "core", "--creator", "A", "--licence", "CC0-1.0", *sizes)
    sakuga("dataset", "freeze", art)
    base = pipelines.save("sdxl", folder / "somebodys-base")
    rights = ["--licence", "Apache-2.0", "--data", "undisclosed"]
    return refused(sakuga, "train", "core", "--base", base, *rights, "--name", "nagi", "--steps", 1)


def merge(folder: Path, sakuga) -> str:
    for name in ("ours", "webs"):
        save_file({"w": torch.ones(2, 2)}, folder / f"{name}.safetensors")
    stated = {"ours": "owned", "webs": "scraped"}
    inputs = [{"path": f"{name}.safetensors", "weight": 0.5, "licence": "Apache-2.0", "training_data": data}
              for name, data in stated.items()]  # fmt: skip
    recipe = {"sheet": "merge-recipe", "version": 1, "name": "both", "method": "weighted-sum-1", "inputs": inputs,
              "dtype": "fp32"}  # fmt: skip
    (folder / "recipe.yaml").write_text(yaml.safe_dump(recipe))
    return refused(sakuga, "models", "merge", "recipe.yaml")


def deliver(folder: Path) -> str:
    """The client's policy becomes stricter while the episode is made: its voice learnt from undisclosed speech."""
    client = folder / "client.yaml"
    client.write_text(
        (POLICIES / "permissive-licence.yaml").read_text().replace("permissive-licence", "client")
    )
    mine = profile(folder, "client.yaml", voices={"ja": "kokoro", "en": "hibari"})

    class Client:
        """Watches the run, and changes the policy when the sound is mixed."""

        def began(self, step, total): ...
        def moved(self, step, name, part): ...

        def done(self, done):
            if done.step == "mix":
                strict = (POLICIES / "own-or-licensed-strict.yaml").read_text()
                client.write_text(strict.replace("name: own-or-licensed-strict", "name: client"))

    brief = Brief(script=folder / "kite.fountain", out=folder / "episodes", profile=str(mine))
    with pytest.raises(RightsRefused) as found:
        perform(brief, RunHost(InProcess(), lambda _: Client(), lambda _: Client()))
    return str(found.value)


def refused(sakuga, *args: object) -> str:
    done = sakuga(*args, check=False)
    assert done.returncode == RightsRefused.exit_code, done.stdout + done.stderr
    return " ".join(done.stderr.split())


@pytest.mark.slow
def test_a_base_that_the_policy_refuses_is_refused_four_times_in_four_sentences(tmp_path, sakuga):
    """Weights were asked for first, so that somebody fetched 7 GB of a model before they heard that it is refused;
    and the refusal of a merge did not say what would pass."""
    (tmp_path / "kite.fountain").write_text(SCRIPT)

    said = [run(tmp_path, sakuga), train(tmp_path, sakuga), merge(tmp_path, sakuga), deliver(tmp_path)]

    claims = [
        (r"This run would use the painter sdxl \(cagliostrolab/animagine-xl-4\.0\)", "scraped",
         "These painters would pass: cel, house"),
        ("The base model somebodys-base may not be trained on", "undisclosed", "A LoRA of house would pass"),
        (r"The model webs\.safetensors may not be merged", "scraped", "A model of owned, licensed, .* would pass"),
        ("Nothing was delivered: the episode rests on the voice hibari", "undisclosed",
         "No voice that is built in would pass"),
    ]  # fmt: skip
    for sentence, (model, why, passes) in zip(said, claims, strict=True):
        assert re.search(rf"{model}.*the origin of its data is '{why}'.*{passes}", sentence), sentence
    assert len({sentence.split(" and policy ")[0].split(" under policy ")[0] for sentence in said}) == 4
    for made in ("episode.mp4", "nagi.safetensors", "both.safetensors"):
        assert not list(tmp_path.rglob(made)), made
