"""README's five commands for people with a GPU, read from README.md and run as they stand, in a copy of the checkout.

What differs from a person's machine: a hub of ours serves random weights of a few kilobytes under the true names; the
profile's line ``size`` is smaller; and without a card the device is the CPU, where `plan` says that it wants a GPU.
The first command sets up the environment that this test runs in; its parts are looked up, not run.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import torch

from assets.media.video import probe
from tests.models.tiny import lora, pipelines
from tests.models.weights.served import ServedHub, serving

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

ROOT = Path(__file__).parents[3]
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
SCRIPT = """\
Title: Rain
Language: en

EXT. STREET - DAY

Rain falls. A knock on a door.

AOI
Who is there?
"""
MODELS = {
    "cagliostrolab/animagine-xl-4.0": ("sdxl", "openrail++"),
    "Wan-AI/Wan2.2-TI2V-5B-Diffusers": ("wan-ti2v", "apache-2.0"),
    "Wan-AI/Wan2.2-I2V-A14B-Diffusers": ("wan-i2v", "apache-2.0"),
}
PAIR = "wan2.2_i2v_A14b_{}_noise_lora_rank64_lightx2v_4step_1022.safetensors"


def commands() -> list[str]:
    """The lines of README's block, without their comments."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = text.split("From nothing to an episode in five commands", 1)[1].split("```")[1]
    return [re.sub(r"\s+#.*", "", line) for line in block.strip().splitlines()]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Path:
    """A copy, in which `pin` may write its lock file."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("flows", "stages", "models", "assets"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for profile in (folder / "assets/library/profiles").glob("studio*.yaml"):
        smaller = re.sub(r"^size: \[.*?\]", "size: [256, 160]", profile.read_text(), flags=re.MULTILINE)
        profile.write_text(smaller)
    program = folder / ".venv/bin/sakuga"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m flows.cli "$@"\n')
    program.chmod(0o755)
    (folder / "my-script.fountain").write_text(SCRIPT)
    return folder


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("served") / "hub") as served:
        for name, (kind, licence) in MODELS.items():
            pipelines.save(kind, served.root / name)
            served.put(name, {}, license=licence)
        distilled(served)
        yield served


def distilled(served: ServedHub) -> None:
    pipe, folder = pipelines.KINDS["wan-i2v"](), served.root / "lightx2v/Wan2.2-Distill-Loras"
    folder.mkdir(parents=True)
    for expert, part in (("high", pipe.transformer), ("low", pipe.transformer_2)):
        made = lora.matrices(part, "to_q", size=0.1)
        lora.peft(folder / PAIR.format(expert), made, "transformer")
    served.put("lightx2v/Wan2.2-Distill-Loras", {}, license="apache-2.0")


class Shell:
    """What a person has after the first command."""

    def __init__(self, folder: Path, hub: ServedHub) -> None:
        left_out = ("SAKUGA_", "HF_", "PREFECT_", "TRANSFORMERS_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
        self.folder = folder
        self.environment = {
            **kept,
            "PATH": f"{folder / '.venv/bin'}:{os.environ['PATH']}",
            "PYTHONPATH": str(folder),
            "HOME": str(folder / "home"),
            "SAKUGA_HUB": hub.endpoint,
            "COLUMNS": "200",
        }

    def types(self, line: str, device: str = DEVICE) -> subprocess.CompletedProcess[str]:
        environment = {**self.environment, "SAKUGA_DEVICE": device}
        return subprocess.run(
            ["bash", "-c", line], cwd=self.folder, env=environment, capture_output=True, text=True,
            timeout=900,
        )  # fmt: skip


def weights_asked(hub: ServedHub) -> int:
    return sum(1 for line in hub.asked() if line[1].endswith(".safetensors") and line[0] == "GET")


@pytest.mark.parametrize("profile", ["studio-small", "studio-draft"])
def test_the_five_commands_lead_from_nothing_to_an_episode(checkout, hub, profile):
    shell = Shell(checkout, hub)
    first, *written = commands()
    pin, plan, pull, produce = (line.replace("studio-small", profile) for line in written)
    made = checkout / "episodes/my-script"
    shutil.rmtree(made.parent, ignore_errors=True)
    before = weights_asked(hub)

    assert first == (
        "make install && .venv/bin/pip install -e '.[studio]' && . .venv/bin/activate && export SAKUGA_DEVICE=cuda"
    )
    done = shell.types(pin)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Next: {pull}" in done.stdout and "CreativeML-OpenRAIL-PP-M" in done.stdout
    done = shell.types(plan)
    assert done.returncode == (0 if DEVICE == "cuda" else 3), done.stdout + done.stderr
    assert "work may be sold under conditions" in done.stdout and "to fetch" in done.stdout
    assert weights_asked(hub) == before
    done = shell.types(produce)  # too early
    assert done.returncode == 3 and f"sakuga models pull --profile {profile}" in done.stderr
    done = shell.types(pull)
    assert done.returncode == 0 and "every SHA-256 is the locked one" in done.stdout
    assert shell.types(f"sakuga models verify --profile {profile}").returncode == 0
    assert not made.exists()
    done = shell.types(produce)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    film = probe(made / "episode.mp4")
    assert film.frames > 24 and film.size == (256, 160)


def test_what_the_first_command_sets_up_exists():
    asked = subprocess.run(["make", "--dry-run", "install"], cwd=ROOT, capture_output=True, text=True)

    assert asked.returncode == 0, asked.stderr
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert "studio" in project["optional-dependencies"] and "sakuga" in project["scripts"]


@pytest.mark.skipif(DEVICE == "cuda", reason="there is a card here")
def test_without_a_card_the_commands_as_they_stand_are_refused_before_any_work(checkout, hub):
    shell = Shell(checkout, hub)

    (checkout / "other").mkdir()
    for line in (commands()[1], commands()[3]):
        assert shell.types(line).returncode == 0
    done = shell.types(f"cd other && cp ../my-script.fountain . && {commands()[-1]}", device="cuda")

    assert done.returncode == 3 and "cuda" in done.stderr
    assert not (checkout / "other/episodes").exists()
