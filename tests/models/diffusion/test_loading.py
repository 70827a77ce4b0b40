"""Claims about loading a pipeline: from a folder only, whole, and nothing in it can run code."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file

from assets.errors import SetupMissing
from models.diffusion.loading import load, load_part
from models.diffusion.options import DiffusionOptions

OPTIONS = DiffusionOptions()
KINDS = {
    "sdxl": "StableDiffusionXLPipeline",
    "klein": "Flux2KleinPipeline",
    "z-image": "ZImagePipeline",
    "qwen-edit": "QwenImageEditPlusPipeline",
    "wan-i2v": "WanImageToVideoPipeline",
}


@pytest.fixture
def copy(tinies, tmp_path: Path) -> Path:
    """A tiny SDXL pipeline that a test may damage."""
    return Path(shutil.copytree(tinies("sdxl"), tmp_path / "sdxl"))


def loaded(folder: Path, kind: str = "StableDiffusionXLPipeline", **more: object):
    return load(folder, kind, device="cpu", options=OPTIONS, **more)


@pytest.mark.parametrize("kind", KINDS)
def test_every_tiny_pipeline_loads_from_its_folder_with_all_its_parts(tinies, kind):
    index = json.loads((tinies(kind) / "model_index.json").read_text())
    named = [name for name, value in index.items() if isinstance(value, list) and value[0]]
    pipe = loaded(tinies(kind), KINDS[kind])

    assert named
    assert all(getattr(pipe, name) is not None for name in named)


def test_the_vae_stays_in_float32_when_the_rest_is_in_half_precision(tinies):
    import torch

    pipe = load(tinies("sdxl"), KINDS["sdxl"], device="cpu", options=DiffusionOptions(precision="bfloat16"))

    assert (pipe.vae.dtype, pipe.unet.dtype, pipe.text_encoder.dtype) == (
        torch.float32,
        torch.bfloat16,
        torch.bfloat16,
    )


def test_a_weight_that_is_missing_from_a_part_is_an_error_and_not_a_random_number(copy: Path):
    """Both libraries fill a missing weight with random numbers, and say so in a warning only."""
    for name, file in (("unet", "diffusion_pytorch_model"), ("text_encoder", "model")):
        path = copy / name / f"{file}.safetensors"
        whole = load_file(path)
        gone = sorted(key for key in whole if key.endswith("weight"))[3]
        save_file(
            {key: value for key, value in whole.items() if key != gone}, path, metadata={"format": "pt"}
        )

        with pytest.raises(SetupMissing, match="lacks 1 of the weights"):
            loaded(copy)
        save_file(whole, path, metadata={"format": "pt"})

    assert loaded(copy).unet is not None


def without_vae(folder: Path) -> None:
    shutil.rmtree(folder / "vae")


def with_pickle(folder: Path) -> None:
    (folder / "unet" / "extra.bin").write_bytes(b"\x80\x04.")


def with_code(folder: Path) -> None:
    (folder / "unet" / "mine.py").write_text("raise SystemExit")


def with_its_own_class(folder: Path) -> None:
    path = folder / "model_index.json"
    index = json.loads(path.read_text())
    path.write_text(json.dumps({**index, "unet": ["mine", "Mine"]}))


def with_a_bad_header(folder: Path) -> None:
    (folder / "vae" / "diffusion_pytorch_model.safetensors").write_bytes(b"\xff" * 64)


def with_an_unknown_class(folder: Path) -> None:
    path = folder / "model_index.json"
    index = json.loads(path.read_text())
    path.write_text(json.dumps({**index, "unet": ["diffusers", "NoSuchModel"]}))


def without_index(folder: Path) -> None:
    (folder / "model_index.json").unlink()


def with_an_index_that_is_a_list(folder: Path) -> None:
    (folder / "model_index.json").write_text("[1]")


def with_other_shapes(folder: Path) -> None:
    path = folder / "unet" / "config.json"
    path.write_text(path.read_text().replace('"cross_attention_dim": 64', '"cross_attention_dim": 32'))


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (without_vae, "vae"),
        (with_pickle, "pickle"),
        (with_code, "code"),
        (with_its_own_class, "'mine'"),
        (with_a_bad_header, "safetensors"),
        (with_an_unknown_class, "NoSuchModel"),
        (without_index, "model_index.json"),
        (with_an_index_that_is_a_list, "index"),
        (with_other_shapes, "unet"),
    ],
)
def test_a_folder_that_is_not_whole_or_not_plain_data_is_refused_with_the_part(copy: Path, damage, named):
    damage(copy)

    with pytest.raises(SetupMissing, match=named):
        loaded(copy)


def test_a_part_that_is_not_wanted_is_not_read(copy: Path):
    shutil.rmtree(copy / "text_encoder")

    assert loaded(copy, given={"text_encoder": None}).text_encoder is None


def test_a_single_model_is_loaded_from_its_own_folder(tinies):
    import torch

    assert load_part(
        tinies("controlnet-union"), "ControlNetUnionModel", dtype=torch.float32
    ).config.num_control_type
    with pytest.raises(SetupMissing, match="no model at"):
        load_part(Path("/nowhere"), "ControlNetUnionModel", dtype=torch.float32)


@pytest.mark.slow
def test_loading_a_pipeline_prints_nothing():
    """Transformers warned on the terminal about image processors that nobody here uses."""
    script = (
        "from models import libraries; libraries.both(); import diffusers;diffusers.StableDiffusionXLPipeline"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
