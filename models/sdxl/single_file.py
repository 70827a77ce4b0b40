"""An SDXL checkpoint in one safetensors file, as model exchanges and merging tools write it.

In: the file, a folder in the diffusers layout whose configurations and tokenizers are used.      Out: the pipeline.
The library would fetch the configurations from a hub, guess the model by a few keys, leave out what does not fit, and
fill what is missing with random numbers. Here nothing is fetched, every weight of every part must be in the file, and
a key that no part takes is refused.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from assets.errors import SetupMissing
from models import libraries
from models.diffusion import loading
from models.diffusion.options import DiffusionOptions
from models.sealed import check_safetensors

UNET, VAE = "model.diffusion_model.", "first_stage_model."
CLIP, OPEN_CLIP = "conditioner.embedders.0.transformer.", "conditioner.embedders.1.model."
PREFIXES = {"unet": UNET, "vae": VAE, "text_encoder": CLIP, "text_encoder_2": OPEN_CLIP}
ASIDE = ("model_ema.", "denoiser.sigmas", "alphas_cumprod")
"""Beginnings of keys that hold no weight of a part: an average of the weights, tables of the noise schedule."""
ENDS = ("position_ids", "logit_scale", "num_updates")
V_PREDICTION, ZERO_SNR = "v_pred", "ztsnr"
"""Empty tensors by which checkpoints say what they predict, and that their noise ends at zero signal."""
ADVICE = 'config: {hub: cagliostrolab/animagine-xl-4.0, files: [model_index.json, "*/*.json", "*/*.txt"]}'


def found(folder: Path) -> Path | None:
    """The checkpoint of a folder that holds one file instead of a pipeline; None for a pipeline."""
    files = sorted(folder.glob("*.safetensors"))
    return files[0] if len(files) == 1 and not (folder / loading.INDEX).exists() else None


def load(
    file: Path, config: Path, kind: str, *, device: str, options: DiffusionOptions, given: Mapping[str, Any]
) -> Any:
    """The pipeline of class ``kind`` with the weights of ``file``; other arguments as ``loading.load`` has them.

    raises  SetupMissing for a file that is no whole SDXL checkpoint, with the keys that say so
    """
    import torch
    from safetensors.torch import load_file

    check_safetensors(file)
    tensors = load_file(file)
    _check_parts(file, tensors)
    made = {}
    for name in PREFIXES:
        dtype = torch.float32 if name in loading.WHOLE else options.dtype(device)
        made[name] = _part(file, tensors, config / name, name).to(dtype).eval()
    _check_rest(file, tensors)
    pipe = loading.load(config, kind, device=device, options=options, given={**given, **made})
    said: dict[str, Any] = {"prediction_type": "v_prediction"} if V_PREDICTION in tensors else {}
    if ZERO_SNR in tensors:
        said |= {"rescale_betas_zero_snr": True, "timestep_spacing": "trailing"}
    pipe.scheduler = type(pipe.scheduler).from_config(pipe.scheduler.config, **said)
    return pipe


def _part(file: Path, tensors: Mapping[str, Any], folder: Path, name: str) -> Any:
    """One part from its configuration, with exactly the weights of the file."""
    from accelerate import init_empty_weights

    loading.check_files(folder)
    try:
        with init_empty_weights(include_buffers=False):  # a checkpoint has all weights, and no buffers
            part = _KINDS[name](folder)
        weights = _converted(name, part, tensors)
    except (KeyError, IndexError, OSError, ValueError, TypeError, AttributeError) as error:
        raise SetupMissing(_misfit(file, name, [str(error)[:120]], [])) from error
    wanted = {key: value.shape for key, value in part.state_dict().items() if not key.endswith(ENDS)}
    lacking = [key for key in wanted if key not in weights]
    odd = [key for key, value in weights.items() if value.shape != wanted.get(key)]
    own = [key for key in tensors if key.startswith(PREFIXES[name]) and not key.endswith(ENDS)]
    # the converter leaves out what it does not know; OpenCLIP's query, key and value are one tensor
    left = len(own) + 2 * sum("in_proj_" in key for key in own) - len(weights)
    odd += [f"{left} that no layer takes"] if left else []
    if lacking or odd:
        raise SetupMissing(_misfit(file, name, lacking, odd))
    part.load_state_dict(weights, strict=False, assign=True)
    return part


def _converted(name: str, part: Any, tensors: Mapping[str, Any]) -> dict[str, Any]:
    """The weights of a part under the names that diffusers and transformers give them."""
    from diffusers.loaders import single_file_utils

    library: Any = single_file_utils  # without types
    if name == "unet":
        weights = library.convert_ldm_unet_checkpoint(tensors, part.config)
    elif name == "vae":
        weights = library.convert_ldm_vae_checkpoint(tensors, part.config)
    elif name == "text_encoder":
        weights = library.convert_ldm_clip_checkpoint(tensors, remove_prefix=CLIP)
    else:
        weights = library.convert_open_clip_checkpoint(part, tensors, prefix=OPEN_CLIP)
    bare = _names(part)
    return {bare(key): value for key, value in weights.items() if not key.endswith(ENDS)}


def _names(part: Any) -> Callable[[str], str]:
    """Newer versions of transformers leave the ``text_model.`` of a plain text encoder out."""
    keys = set(part.state_dict())
    plain = not any(key.startswith("text_model.") for key in keys)
    return lambda key: key.removeprefix("text_model.") if plain else key


def _text(kind: str) -> Callable[[Path], Any]:
    def empty(folder: Path) -> Any:
        made = getattr(libraries.transformers(), kind)
        return made(made.config_class.from_pretrained(folder, local_files_only=True))

    return empty


def _diffuser(kind: str) -> Callable[[Path], Any]:
    def empty(folder: Path) -> Any:
        made = getattr(libraries.diffusers(), kind)
        return made.from_config(made.load_config(folder, local_files_only=True))

    return empty


_KINDS: dict[str, Callable[[Path], Any]] = {
    "unet": _diffuser("UNet2DConditionModel"),
    "vae": _diffuser("AutoencoderKL"),
    "text_encoder": _text("CLIPTextModel"),
    "text_encoder_2": _text("CLIPTextModelWithProjection"),
}


def _check_parts(file: Path, tensors: Mapping[str, Any]) -> None:
    lacking = [
        name for name, prefix in PREFIXES.items() if not any(key.startswith(prefix) for key in tensors)
    ]
    if lacking:
        raise SetupMissing(
            f"{file} is no whole SDXL checkpoint: it has no {', '.join(lacking)}; its tensors are called like "
            f"{', '.join(sorted(tensors)[:3])}. Choose a checkpoint with everything in it, or the model's folder in "
            "the diffusers layout."
        )


def _check_rest(file: Path, tensors: Mapping[str, Any]) -> None:
    """Refuse what no part takes: it is of another model, and leaving it out would draw other pictures."""
    own = (*PREFIXES.values(), *ASIDE)
    rest = [
        key
        for key in tensors
        if not key.startswith(own) and not key.endswith(ENDS) and key not in (V_PREDICTION, ZERO_SNR)
    ]
    if rest:
        raise SetupMissing(
            f"{file} holds {len(rest)} tensors that no part of SDXL takes, such as {', '.join(sorted(rest)[:3])}. It "
            "is of another model, or a LoRA is beside the weights. Choose an SDXL checkpoint."
        )


def _misfit(file: Path, name: str, lacking: list[str], odd: list[str]) -> str:
    told = [f"it lacks {len(lacking)} weights, such as {', '.join(lacking[:3])}"] if lacking else []
    told += [f"{len(odd)} have another shape or no place, such as {', '.join(odd[:3])}"] if odd else []
    return (
        f"{file} does not fit the {name} of SDXL: {'; '.join(told)}. It is another model, or damaged: choose an SDXL "
        "checkpoint, and the configuration of one in `config`."
    )
