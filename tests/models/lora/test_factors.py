"""A LoRA is read completely or refused."""

import json

import pytest
import torch
from safetensors.torch import save_file

from assets.errors import InputRefused
from models.lora.factors import read

DOWN, UP = torch.ones(2, 4), torch.full((3, 2), 2.0)


def saved(path, tensors, **metadata):
    save_file({key: value.clone() for key, value in tensors.items()}, path, metadata=metadata)
    return path


def test_alpha_comes_from_the_header_by_module(tmp_path):
    header = {"unet.r": 2, "unet.lora_alpha": 8, "unet.alpha_pattern": {"b.to_q": 1}, "unet.rank_pattern": {}}
    tensors = {"unet.a.to_q.lora_A.weight": DOWN, "unet.a.to_q.lora_B.weight": UP} | {
        "unet.b.to_q.lora_A.weight": DOWN, "unet.b.to_q.lora_B.weight": UP
    }  # fmt: skip

    found = read(saved(tmp_path / "l.safetensors", tensors, lora_adapter_metadata=json.dumps(header)))

    assert {name: part.alpha for name, part in found.factors.items()} == {"unet.a.to_q": 8, "unet.b.to_q": 1}
    assert torch.equal(found.factors["unet.a.to_q"].change(), torch.full((3, 4), 16.0))


def test_without_a_header_alpha_is_the_rank(tmp_path):
    tensors = {"unet.a.lora_A.weight": DOWN, "unet.a.lora_B.weight": UP}

    assert read(saved(tmp_path / "l.safetensors", tensors)).factors["unet.a"].scale == 1


def test_alpha_comes_from_its_tensor_in_kohya_files(tmp_path):
    tensors = {
        "lora_unet_a.lora_down.weight": DOWN,
        "lora_unet_a.lora_up.weight": UP,
        "lora_unet_a.alpha": torch.tensor(1.0),
    }

    assert read(saved(tmp_path / "l.safetensors", tensors)).factors["lora_unet_a"].scale == 0.5


@pytest.mark.parametrize(
    ("extra", "header", "problem"),
    [
        ({"unet.a.lora_magnitude_vector": torch.ones(3)}, {}, "is DoRA"),
        ({"unet.a.dora_scale": torch.ones(3)}, {}, "is DoRA"),
        ({"unet.b.hada_w1_a": torch.ones(3)}, {}, "is LoHa"),
        ({"unet.b.lokr_w1": torch.ones(3)}, {}, "is LoKr"),
        ({"unet.b.weight": torch.ones(3)}, {}, "1 keys that are not understood, such as unet.b.weight"),
        ({"unet.b.lora_A.weight": DOWN}, {}, "has only down"),
        ({"unet.b.lora_down.weight": DOWN, "unet.b.lora_up.weight": UP}, {}, "mixes keys of two styles"),
        (
            {"unet.b.lora_A.weight": DOWN, "unet.b.lora_B.weight": torch.ones(3, 5)},
            {},
            "do not fit each other",
        ),
        ({"unet.b.lora_A.weight": DOWN * float("inf"), "unet.b.lora_B.weight": UP}, {}, "not finite"),
        ({}, {"unet.use_rslora": True}, "use_rslora"),
    ],
)
def test_what_is_not_plain_lora_is_refused(tmp_path, extra, header, problem):
    tensors = {"unet.a.lora_A.weight": DOWN, "unet.a.lora_B.weight": UP, **extra}

    with pytest.raises(InputRefused, match=problem):
        read(saved(tmp_path / "l.safetensors", tensors, lora_adapter_metadata=json.dumps(header)))


def test_a_file_without_lora_keys_is_refused(tmp_path):
    with pytest.raises(InputRefused, match="not understood"):
        read(saved(tmp_path / "l.safetensors", {"a.weight": DOWN}))


def test_a_header_that_is_not_json_is_refused(tmp_path):
    tensors = {"unet.a.lora_A.weight": DOWN, "unet.a.lora_B.weight": UP}

    with pytest.raises(InputRefused, match="not JSON"):
        read(saved(tmp_path / "l.safetensors", tensors, lora_adapter_metadata="{"))
