"""A tiny SDXL pipeline as one file, with the names that checkpoints on model exchanges have.

The reverse of what diffusers reads, for pipelines.sdxl(): two levels of one layer, attention on the second.
"""

from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from models.sdxl.single_file import CLIP, OPEN_CLIP, UNET, VAE

_RESNET = {
    "norm1": "in_layers.0", "conv1": "in_layers.2", "norm2": "out_layers.0", "conv2": "out_layers.3",
    "time_emb_proj": "emb_layers.1", "conv_shortcut": "skip_connection",
}  # fmt: skip
_BLOCKS = {
    "conv_in": "input_blocks.0.0", "conv_norm_out": "out.0", "conv_out": "out.2",
    "time_embedding.linear_1": "time_embed.0", "time_embedding.linear_2": "time_embed.2",
    "add_embedding.linear_1": "label_emb.0.0", "add_embedding.linear_2": "label_emb.0.2",
    "down_blocks.0.resnets.0": "input_blocks.1.0", "down_blocks.0.downsamplers.0.conv": "input_blocks.2.0.op",
    "down_blocks.1.resnets.0": "input_blocks.3.0", "down_blocks.1.attentions.0": "input_blocks.3.1",
    "mid_block.resnets.0": "middle_block.0", "mid_block.attentions.0": "middle_block.1",
    "mid_block.resnets.1": "middle_block.2",
    "up_blocks.0.resnets.0": "output_blocks.0.0", "up_blocks.0.attentions.0": "output_blocks.0.1",
    "up_blocks.0.resnets.1": "output_blocks.1.0", "up_blocks.0.attentions.1": "output_blocks.1.1",
    "up_blocks.0.upsamplers.0.conv": "output_blocks.1.2.conv",
    "up_blocks.1.resnets.0": "output_blocks.2.0", "up_blocks.1.resnets.1": "output_blocks.3.0",
}  # fmt: skip
_VAE = {
    "conv_norm_out": "norm_out", "conv_shortcut": "nin_shortcut", "mid_block.resnets.0": "mid.block_1",
    "mid_block.resnets.1": "mid.block_2", "mid_block.attentions.0": "mid.attn_1", "group_norm": "norm",
    "to_q": "q", "to_k": "k", "to_v": "v", "to_out.0": "proj_out",
}  # fmt: skip
_OPEN = {
    "self_attn.out_proj": "attn.out_proj", "mlp.fc1": "mlp.c_fc", "mlp.fc2": "mlp.c_proj",
    "layer_norm1": "ln_1", "layer_norm2": "ln_2",
}  # fmt: skip
LEVELS = 4  # of the tiny VAE


def tensors(pipe: Any) -> dict[str, torch.Tensor]:
    """All weights of the pipeline under the names of a checkpoint."""
    found = {UNET + _unet(key): value for key, value in pipe.unet.state_dict().items()}
    found |= {VAE + _vae(key): value for key, value in pipe.vae.state_dict().items()}
    found |= {CLIP + _whole(key): value for key, value in pipe.text_encoder.state_dict().items()}
    found |= _open({_whole(key): value for key, value in pipe.text_encoder_2.state_dict().items()})
    return {key: value.contiguous().clone() for key, value in found.items()}


def save(pipe: Any, path: Path, **more: torch.Tensor) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({**tensors(pipe), **more}, path)
    return path


def _unet(key: str) -> str:
    for new, old in _BLOCKS.items():
        if key.startswith(f"{new}."):
            rest = key.removeprefix(f"{new}.")
            if ".resnets." in f".{new}.":
                layer, _, end = rest.partition(".")
                rest = f"{_RESNET[layer]}.{end}"
            return f"{old}.{rest}"
    raise KeyError(key)


def _vae(key: str) -> str:
    side, _, rest = key.partition(".")
    if side not in ("encoder", "decoder"):
        return key
    for new, old in _VAE.items():
        rest = rest.replace(f"{new}.", f"{old}.")
    for level in range(LEVELS):
        rest = rest.replace(f"down_blocks.{level}.resnets", f"down.{level}.block")
        rest = rest.replace(f"down_blocks.{level}.downsamplers.0", f"down.{level}.downsample")
        rest = rest.replace(f"up_blocks.{level}.resnets", f"up.{LEVELS - 1 - level}.block")
        rest = rest.replace(f"up_blocks.{level}.upsamplers.0", f"up.{LEVELS - 1 - level}.upsample")
    return f"{side}.{rest}"


def _whole(key: str) -> str:
    """With the ``text_model.`` that newer versions of transformers leave out."""
    return key if key.startswith(("text_model.", "text_projection")) else f"text_model.{key}"


def _open(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The second text encoder as OpenCLIP names it: query, key and value are one matrix."""
    plain = {
        "text_model.embeddings.position_embedding.weight": "positional_embedding",
        "text_model.embeddings.token_embedding.weight": "token_embedding.weight",
        "text_model.final_layer_norm.weight": "ln_final.weight",
        "text_model.final_layer_norm.bias": "ln_final.bias",
    }
    found = {OPEN_CLIP + "text_projection": state["text_projection.weight"].T}
    for key, value in state.items():
        if key in plain:
            found[OPEN_CLIP + plain[key]] = value
        elif ".layers." in key and ".q_proj." in key:
            end = key.rpartition(".")[2]
            three = [value, *(state[key.replace("q_proj", other)] for other in ("k_proj", "v_proj"))]
            name = key.replace("text_model.encoder.layers", "transformer.resblocks")
            name = name.replace(f"self_attn.q_proj.{end}", f"attn.in_proj_{end}")
            found[OPEN_CLIP + name] = torch.cat(three)
        elif ".layers." in key and ".k_proj." not in key and ".v_proj." not in key:
            name = key.replace("text_model.encoder.layers", "transformer.resblocks")
            for new, old in _OPEN.items():
                name = name.replace(new, old)
            found[OPEN_CLIP + name] = value
    return found
