"""Pipelines of random weights in memory: of the full size that sizes/*.json states, or tiny.

In: a Place, a kind.      Out: a diffusers pipeline on the device; bfloat16, its VAE in float32.
Random weights take the time and the memory of real ones; their pictures mean nothing.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from models import libraries
from tests.gpu.part import Place

SIZES = Path(__file__).parent / "sizes"
TINY = {"sdxl": "sdxl", "wan-ti2v-5b": "wan-ti2v", "wan-i2v-a14b": "wan-i2v"}
SEED = 20
SHARE = 0.45  # of the card's memory that one expert may take; below it layers are left out
BYTES = 2  # of a weight in bfloat16


def pipeline(place: Place, kind: str, *, dtype: Any = None) -> Any:
    """The pipeline ``kind`` of sizes/; with a tiny Place the tiny one of the same class.

    dtype  of everything but the VAE; None: bfloat16, and float32 on a CPU
    """
    import torch

    torch.manual_seed(SEED)
    dtype = dtype or (torch.bfloat16 if place.device.startswith("cuda") else torch.float32)
    if place.tiny:
        from tests.models.tiny import pipelines

        libraries.diffusers()
        made = pipelines.KINDS[TINY[kind]]()
        made.to(place.device)
        for name, part in made.components.items():
            if isinstance(part, torch.nn.Module) and name != "vae":
                _cast(part, dtype)
    else:
        made = _full(place, kind, dtype)
    for part in made.components.values():
        if isinstance(part, torch.nn.Module):
            part.eval().requires_grad_(False)
    made.set_progress_bar_config(disable=True)
    return made


def read(kind: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SIZES / f"{kind}.json").read_text(encoding="utf-8"))
    return found


def part(told: dict[str, Any], device: str, dtype: Any, **changed: Any) -> Any:
    """One model, or scheduler, of sizes/ with random weights."""
    import torch

    library, kind = told["class"].split(".")
    found = getattr(
        {"diffusers": libraries.diffusers, "transformers": libraries.transformers}[library](), kind
    )
    config = {**told["config"], **changed}
    if not issubclass(found, torch.nn.Module):
        return found.from_config(config)
    with torch.device(device), _default(dtype):
        made = found.from_config(config) if library == "diffusers" else found(found.config_class(**config))
    return _cast(made, dtype)


def layers(place: Place, told: dict[str, Any]) -> int:
    """How many of a denoiser's layers fit: all of them, or as many as take the share of the card's memory."""
    every: int = told["config"]["num_layers"]
    fits = place.gib * SHARE / (told["billions"] * 1e9 * BYTES / 2**30)
    return max(1, min(every, int(every * fits)))


def _full(place: Place, kind: str, dtype: Any) -> Any:
    import torch

    from tests.models.tiny import tokenizers

    sheet = read(kind)
    told, parts = sheet["parts"], dict[str, Any]()
    for name, one in told.items():
        changed: dict[str, Any] = {}
        if name == "transformer":
            changed["num_layers"] = layers(place, one)
        if "text_encoder" in name and kind == "sdxl":  # the ids of the small tokenizer
            changed.update(bos_token_id=0, eos_token_id=1, pad_token_id=1)
        parts[name] = part(one, place.device, torch.float32 if name == "vae" else dtype, **changed)
    if kind == "sdxl":
        parts.update(tokenizer=tokenizers.clip(), tokenizer_2=tokenizers.clip(), add_watermarker=False)
    else:
        parts.update(tokenizer=tokenizers.t5(), image_encoder=None, image_processor=None)
    if kind == "wan-i2v-a14b":  # one set of weights for both experts: time and memory of one at a time
        parts["transformer_2"] = parts["transformer"]
    return getattr(libraries.diffusers(), sheet["pipeline"])(**parts, **sheet.get("settings", {}))


def _cast(made: Any, dtype: Any) -> Any:
    """To ``dtype``, but what the class keeps in float32 when it is loaded from a folder."""
    made.to(dtype)
    kept = getattr(made, "_keep_in_fp32_modules", None) or ()
    for name, weight in made.named_parameters():
        if set(name.split(".")) & set(kept):
            weight.data = weight.data.float()
    return made


@contextmanager
def _default(dtype: Any) -> Iterator[None]:
    """New weights have ``dtype`` at once: in float32 the largest would not fit beside themselves."""
    import torch

    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(before)
