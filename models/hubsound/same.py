"""The decoder of Stable Audio 3's autoencoders SAME-S (small models) and SAME-L (medium), from the makers' checkpoint.

In: latents (1, channels, time).      Out: samples (1, 2, time x 4096).
diffusers 0.42 has SAME-L's attention only, a sliding window. SAME-S attends in chunks, whose borders move by half a
chunk after half of the layers, and its last convolution is three wide: its weights do not fit diffusers' class.
Layers are diffusers' own. Source: stable_audio_3/models/autoencoders.py of the makers, at 636f906c.
"""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.autoencoders.autoencoder_same import PatchEmbed, TransformerBlock
from diffusers.models.modeling_utils import ModelMixin
from torch import Tensor, nn

RENAMED = (
    ("pre_norm.", "norm_attn."),
    ("self_attn.", "attn."),
    ("ff_norm.", "norm_ff."),
    ("ff.ff.0.proj.", "ff.proj_in."),
    ("ff.ff.2.", "ff.proj_out."),
)
"""The makers' name of a layer's weights -> diffusers'."""


class SameDecoder(ModelMixin, ConfigMixin):  # type: ignore[misc]
    """Latents to sound; the encoder is not needed to make effects."""

    @register_to_config  # type: ignore[untyped-decorator]
    def __init__(
        self, decoder: Mapping[str, Any], patch_size: int, audio_channels: int, sampling_rate: int
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        widths = [audio_channels * patch_size, *(each * decoder["channels"] for each in decoder["c_mults"])]
        self.downsampling_ratio = patch_size
        blocks = []
        for level in reversed(range(len(decoder["strides"]))):
            self.downsampling_ratio *= decoder["strides"][level]
            blocks.append(Resampling(widths[level + 1], widths[level], level, decoder))
        self.proj = nn.Linear(decoder["latent_dim"], widths[-1])
        self.blocks = nn.ModuleList(blocks)
        self.patches = PatchEmbed(patch_size)
        self.register_buffer("running_std", torch.ones(1))
        self.register_to_config(latent_dim=decoder["latent_dim"])  # type: ignore[no-untyped-call]

    def decode(self, latents: Tensor) -> SimpleNamespace:
        made = self.proj((latents * self.running_std).transpose(1, 2)).transpose(1, 2)
        for block in self.blocks:
            made = block(made)
        return SimpleNamespace(sample=self.patches.decode(made))


class Resampling(nn.Module):
    """One latent becomes ``stride`` of them: learned tokens beside it attend to it and its neighbours."""

    def __init__(self, width: int, out: int, level: int, how: Mapping[str, Any]) -> None:
        super().__init__()
        depth, self.stride = how["transformer_depths"][level], how["strides"][level]
        self.window: Sequence[int] | None = how.get("sliding_window")
        self.chunk: int = how.get("chunk_size", 128)
        self.shifts = how.get("chunk_midpoint_shift", False)
        sinusoidal = how.get("sinusoidal_blocks", [0] * len(how["strides"]))[level]
        self.transformers = nn.ModuleList(
            TransformerBlock(
                width, how.get("dim_heads", 128), how.get("differential", True), how.get("ff_mult", 3),
                sinusoidal=depth - number < sinusoidal,
            )
            for number in range(depth)
        )  # fmt: skip
        tokens = 1 if how.get("variable_stride", False) else self.stride
        self.new_tokens = nn.Parameter(torch.zeros(1, tokens, width))
        wide = 3 if how.get("conv_mapping", False) else 1
        self.mapping = nn.Conv1d(width, out, wide, padding="same", bias=how.get("mapping_bias", True))

    def forward(self, latents: Tensor) -> Tensor:
        count, sub = latents.shape[-1], self.stride + 1
        # Chunks are filled with silence, which is cut off.
        whole = 1 if self.window else self.chunk // self.stride
        given = nn.functional.pad(latents, (0, -count % whole)).transpose(1, 2)
        batch, padded, width = given.shape
        new = self.new_tokens.expand(batch * padded, self.stride, width)
        flat = torch.cat([given.reshape(-1, 1, width), new], 1).reshape(batch, padded * sub, width)
        made = self._within_window(flat, self.window) if self.window else self._within_chunks(flat)
        out = made.reshape(batch * padded, sub, width)[:, 1:].reshape(batch, -1, width)
        sound: Tensor = self.mapping(out.transpose(1, 2))
        return sound[..., : count * self.stride]

    def _within_window(self, flat: Tensor, window: Sequence[int]) -> Tensor:
        place = torch.arange(flat.shape[1], device=flat.device)
        away = place[None] - place[:, None]
        left, right = (each * (self.stride + 1) for each in window)
        mask = torch.zeros(away.shape, dtype=flat.dtype, device=flat.device)
        mask.masked_fill_((away < -left) | (away > right), float("-inf"))
        for layer in self.transformers:
            flat = layer(flat, attn_mask=mask)
        return flat

    def _within_chunks(self, flat: Tensor) -> Tensor:
        size = self.chunk + self.chunk // self.stride  # with the latent of each group of tokens
        half, shift = len(self.transformers) // 2, size // 2
        if not self.shifts:
            return _chunked(flat, size, self.transformers)
        flat = _chunked(flat, size, self.transformers[:half])
        flat = torch.cat([flat[:, :shift], flat, flat[:, -shift:]], 1)
        return _chunked(flat, size, self.transformers[half:])[:, shift:-shift]


def _chunked(flat: Tensor, size: int, layers: nn.ModuleList) -> Tensor:
    batch, count, width = flat.shape
    chunks = flat.reshape(-1, size, width)
    for layer in layers:
        chunks = layer(chunks)
    return chunks.reshape(batch, count, width)


def decoder_weights(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The makers' weights below ``pretransform.model.`` under the names of ``SameDecoder``."""
    found = {"proj.weight": tensors["decoder.layers.1.weight"], "proj.bias": tensors["decoder.layers.1.bias"]}
    if "bottleneck.running_std" in tensors:
        found["running_std"] = tensors["bottleneck.running_std"]
    for name, tensor in tensors.items():
        head, _, rest = name.removeprefix("decoder.layers.").partition(".")
        if not name.startswith("decoder.layers.") or int(head) < 3 or rest.endswith("rope.inv_freq"):
            continue  # layer 1 is ``proj``; 0 and 2 only turn the axes; angles are computed
        for theirs, ours in RENAMED:
            rest = rest.replace(f".{theirs}", f".{ours}", 1) if f".{theirs}" in rest else rest
        found[f"blocks.{int(head) - 3}.{rest}"] = in_order(rest, tensor)
    return _without_weight_norm(found)


def in_order(name: str, tensor: Tensor) -> Tensor:
    """Differential attention: the makers stack q, k, v, q2, k2 in one matrix; diffusers q, q2, k, k2, v."""
    if not name.endswith("attn.to_qkv.weight") or tensor.shape[0] != 5 * tensor.shape[1]:
        return tensor
    query, key, value, query2, key2 = tensor.chunk(5)
    return torch.cat([query, query2, key, key2, value])


def _without_weight_norm(found: dict[str, Tensor]) -> dict[str, Tensor]:
    """Convolutions whose weights are stored as length (``_g``) and direction (``_v``), in plain weights."""
    for name in [name for name in found if name.endswith(".weight_v")]:
        direction, length = found.pop(name), found.pop(name[:-1] + "g")
        found[name[:-2]] = torch._weight_norm(direction, length, 0)
    return found
