"""The names that other programs look for."""

import json

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file

from assets.errors import InputRefused
from models.lora import writers
from models.lora.factors import HEADER, Factors
from models.lora.writers import About


def parts(**ranks):
    return {
        name.replace("__", "."): Factors(torch.ones(rank, 4), torch.ones(3, rank), 2.0 * rank)
        for name, rank in ranks.items()
    }


def test_wan_modules_get_the_names_comfyui_knows(tmp_path):
    names = (
        "blocks.0.attn1.to_q",
        "blocks.0.attn1.to_out.0",
        "blocks.1.attn2.add_k_proj",
        "blocks.1.ffn.net.0.proj",
    )
    made = {f"transformer.{name}": Factors(torch.ones(2, 4), torch.ones(3, 2), 4.0) for name in names}

    found = load_file(writers.kohya(tmp_path / "l.safetensors", made, About("wan", "Test")))

    assert {key.removesuffix(".alpha") for key in found if key.endswith(".alpha")} == {
        "diffusion_model.blocks.0.self_attn.q",
        "diffusion_model.blocks.0.self_attn.o",
        "diffusion_model.blocks.1.cross_attn.k_img",
        "diffusion_model.blocks.1.ffn.0",
    }


def test_alpha_is_written_and_not_the_rank(tmp_path):
    """One converter writes the rank as alpha: a LoRA with alpha 16 and rank 4 had a quarter of its strength."""
    found = load_file(writers.kohya(tmp_path / "l.safetensors", parts(unet__a=2), About("sdxl", "Test")))

    assert float(found["lora_unet_a.alpha"]) == 4


def test_the_header_names_ranks_and_alphas_that_differ(tmp_path):
    path = writers.diffusers(
        tmp_path / "l.safetensors", parts(unet__a=2, unet__b=2, unet__c=5), About("sdxl", "Test")
    )

    with safe_open(path, framework="pt") as file:
        header = json.loads(file.metadata()[HEADER])
    assert (header["unet.r"], header["unet.lora_alpha"]) == (2, 4)
    assert header["unet.rank_pattern"] == {"^c$": 5}
    assert header["unet.alpha_pattern"] == {"^c$": 10}


def test_a_new_title_does_not_change_the_hash(tmp_path):
    hashes = []
    for title in ("One", "Two"):
        path = writers.diffusers(tmp_path / "l.safetensors", parts(unet__a=2), About("sdxl", title))
        with safe_open(path, framework="pt") as file:
            hashes.append(file.metadata()["modelspec.hash_sha256"])

    assert hashes[0] == hashes[1]
    assert hashes[0].startswith("0x") and len(hashes[0]) == 66


def test_a_family_without_known_keys_is_refused(tmp_path):
    with pytest.raises(InputRefused, match="no ComfyUI keys for z-image"):
        writers.kohya(tmp_path / "l.safetensors", parts(transformer__a=2), About("z-image", "Test"))


KLEIN = "transformer__transformer_blocks__0__attn__"


def test_query_key_and_value_of_klein_become_one_layer(tmp_path):
    made = parts(**{f"{KLEIN}to_q": 2, f"{KLEIN}to_k": 3, f"{KLEIN}to_v": 2, f"{KLEIN}to_out__0": 1})

    found = load_file(writers.kohya(tmp_path / "l.safetensors", made, About("klein", "Test")))

    stem = "lora_unet_double_blocks_0_img_attn_qkv"
    change = found[f"{stem}.lora_up.weight"] @ found[f"{stem}.lora_down.weight"]
    change *= float(found[f"{stem}.alpha"]) / len(found[f"{stem}.lora_down.weight"])
    wanted = torch.cat([made[f"{KLEIN.replace('__', '.')}to_{one}"].change() for one in "qkv"])
    assert torch.allclose(change, wanted)
    assert "lora_unet_double_blocks_0_img_attn_proj.alpha" in found


def test_a_part_of_query_key_and_value_has_no_comfyui_keys(tmp_path):
    """The layer would get nothing for the third, and no reader says so."""
    with pytest.raises(InputRefused, match="factors for 2 of to_q, to_k, to_v"):
        writers.kohya(
            tmp_path / "l.safetensors", parts(**{f"{KLEIN}to_q": 2, f"{KLEIN}to_k": 3}), About("klein", "T")
        )


def test_a_layer_without_a_comfyui_key_is_refused(tmp_path):
    with pytest.raises(InputRefused, match="no ComfyUI key for x_embedder"):
        writers.kohya(tmp_path / "l.safetensors", parts(transformer__x_embedder=2), About("klein", "Test"))


def test_factors_that_are_not_finite_are_never_written(tmp_path):
    broken = {"unet.a": Factors(torch.full((2, 4), float("nan")), torch.ones(3, 2), 2.0)}

    with pytest.raises(InputRefused, match="not finite"):
        writers.diffusers(tmp_path / "l.safetensors", broken, About("sdxl", "Test"))

    assert not list(tmp_path.iterdir())
