"""Stable Audio 3 in its makers' own layout: one checkpoint with its configuration, and the text encoder T5Gemma.

In: both folders.      Out: diffusers' StableAudio3Pipeline.
Sizes are read from the tensors and from model_config.json. A configuration that asks for what the classes do not do
is refused: it would sound, and be wrong.
Source: the makers' code (factory.py, dit.py, conditioners.py at 636f906c); names as in diffusers' conversion script.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assets.errors import SetupMissing
from models import libraries
from models.diffusion.loading import check_files

CONFIG, WEIGHTS = "model_config.json", "model.safetensors"
DIFFUSION: dict[str, tuple[object, ...]] = {
    "transformer_type": ("continuous_transformer", None),
    "global_cond_type": ("adaLN",),
    "timestep_cond_type": ("global", None),
    "timestep_features_type": ("expo",),
    "timestep_features_logsnr": (False, None),
    "patch_size": (1, None),
}
DECODER: dict[str, tuple[object, ...]] = {
    **dict.fromkeys(("conformer", "layer_scale", "causal", "feat_scale", "cross_attn"), (False, None)),
    "dyt": (True, None),
}
PATCHES: dict[str, tuple[object, ...]] = {"oversampling": (1, None), "postfilter_channels": (0, None)}
MOVED = {
    "transformer.project_in.": "proj_in.",
    "transformer.project_out.": "proj_out.",
    "transformer.layers.": "transformer_blocks.",
    "transformer.": "",
}


def is_makers(folder: Path) -> bool:
    return (folder / CONFIG).is_file() and (folder / WEIGHTS).is_file()


def load(folder: Path, text: Path, *, dtype: Any) -> Any:
    """The pipeline in main memory.

    raises  SetupMissing for a damaged folder, and for a model that these classes would play wrongly
    """
    check_files(folder)
    check_files(text)
    found = libraries.both()
    diffusers = found["diffusers"]
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        model, conditions = config["model"], _conditions(config)
        _check(folder, model)
        tensors = _tensors(folder / WEIGHTS)
        pipe = diffusers.StableAudio3Pipeline(
            vae=_vae(tensors, config),
            text_encoder=_encoder(text, found["transformers"], dtype),
            tokenizer=_tokenizer(text, found["transformers"], conditions["prompt"]),
            duration_embedder=_duration(tensors, conditions["seconds_total"], diffusers).to(dtype),
            transformer=_transformer(tensors, diffusers).to(dtype),
            scheduler=diffusers.FlowMatchEulerDiscreteScheduler(
                num_train_timesteps=1, shift=1.0,
                stochastic_sampling=model["diffusion"]["diffusion_objective"] == "rf_denoiser",
            ),
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError, IndexError, RuntimeError, RecursionError) as error:
        first = str(error).strip().splitlines()[0][:300] if str(error).strip() else ""
        raise SetupMissing(
            f"{folder} with {text} cannot be loaded as Stable Audio 3: {type(error).__name__}: {first}. Fetch both "
            "again, or choose another model."
        ) from error
    pipe.set_progress_bar_config(disable=True)
    return pipe


def _conditions(config: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {one["id"]: one["config"] for one in config["model"]["conditioning"]["configs"]}


def _check(folder: Path, model: Mapping[str, Any]) -> None:
    """Refuse settings of which these classes know nothing."""
    sound = model["pretransform"]["config"]
    asked = (
        (model["diffusion"]["config"], DIFFUSION),
        (sound["decoder"]["config"], DECODER),
        (sound["pretransform"]["config"], PATCHES),
        (sound["decoder"], {"soft_clip": (False, None)}),
    )
    for given, known in asked:
        for name, allowed in known.items():
            if given.get(name) not in allowed:
                raise SetupMissing(
                    f"{folder / CONFIG} says {name}: {given.get(name)!r}, which is not played here; {allowed[0]!r} is. "
                    "Choose stable-audio-3-small-sfx, stable-audio-3-small-music or stable-audio-3-medium."
                )


def _tensors(path: Path) -> dict[str, Any]:
    from safetensors import safe_open

    with safe_open(path, "pt") as file:
        names = [name for name in file.keys() if not name.startswith("pretransform.model.encoder.")]  # noqa: SIM118
        return {name: file.get_tensor(name).float() for name in names}


def _below(tensors: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    return {name.removeprefix(prefix): one for name, one in tensors.items() if name.startswith(prefix)}


def _vae(tensors: Mapping[str, Any], config: Mapping[str, Any]) -> Any:
    from models.hubsound.same import SameDecoder, decoder_weights

    sound = config["model"]["pretransform"]["config"]
    patches = sound["pretransform"]["config"]
    made = SameDecoder(
        decoder=sound["decoder"]["config"],
        patch_size=patches["patch_size"],
        audio_channels=patches["channels"],
        sampling_rate=config["sample_rate"],
    )
    made.load_state_dict(decoder_weights(_below(tensors, "pretransform.model.")))
    return made.eval()


def _transformer(tensors: Mapping[str, Any], diffusers: Any) -> Any:
    from models.hubsound.same import in_order

    theirs = _below(tensors, "model.model.")
    block = "transformer.layers.0."
    width, features = theirs["to_timestep_embed.0.weight"].shape
    made = diffusers.StableAudio3DiTModel(
        io_channels=theirs["preprocess_conv.weight"].shape[0],
        embed_dim=width,
        depth=len({name.split(".")[2] for name in theirs if name.startswith("transformer.layers.")}),
        num_heads=width // theirs[f"{block}self_attn.q_norm.gamma"].shape[0],
        cond_token_dim=theirs["to_cond_embed.0.weight"].shape[1],
        global_cond_dim=theirs["to_global_embed.0.weight"].shape[1],
        local_add_cond_dim=theirs[f"{block}to_local_embed.0.weight"].shape[1],
        timestep_features_dim=features,
        ff_mult=theirs[f"{block}ff.ff.0.proj.weight"].shape[0] / (2 * width),
        num_memory_tokens=theirs["transformer.memory_tokens"].shape[0],
        use_differential_attention=theirs[f"{block}self_attn.to_qkv.weight"].shape[0] == 5 * width,
    )
    found = {ours: in_order(ours, one) for name, one in theirs.items() if (ours := _moved(name))}
    padding = tensors.get("conditioner.conditioners.prompt.padding_embedding")
    if padding is not None:  # else padded words count as zeros, which the new model has
        found["prompt_padding_embedding"] = padding
    else:
        found["prompt_padding_embedding"] = made.prompt_padding_embedding.detach()
    held = made.state_dict()
    made.load_state_dict(
        {**{name: held[name] for name in held if name.startswith("timestep_features")}, **found}
    )
    return made.eval()


def _moved(name: str) -> str:
    """The makers' name as diffusers has it; empty for one that it computes itself."""
    for theirs, ours in MOVED.items():
        if name.startswith(theirs):
            name = ours + name.removeprefix(theirs)
            break
    if name.startswith("timestep_features"):
        return ""
    return name.replace(".ff.ff.0.proj.", ".ff.proj_in.").replace(".ff.ff.2.", ".ff.proj_out.")


def _duration(tensors: Mapping[str, Any], config: Mapping[str, Any], diffusers: Any) -> Any:
    theirs = _below(tensors, "conditioner.conditioners.seconds_total.embedder.embedding.1.")
    width, features = theirs["weight"].shape
    made = diffusers.StableAudio3DurationEmbedder(
        output_dim=width, fourier_dim=features, min_val=config["min_val"], max_val=config["max_val"]
    )
    made.load_state_dict({f"linear.{name}": one for name, one in theirs.items()} | {"freqs": made.freqs})
    return made.eval()


def _encoder(folder: Path, transformers: Any, dtype: Any) -> Any:
    """The encoder alone, of a checkpoint that has a decoder as well."""
    config = transformers.T5GemmaConfig.from_pretrained(folder, local_files_only=True)
    config.is_encoder_decoder = False
    made, told = transformers.T5GemmaEncoderModel.from_pretrained(
        folder,
        config=config,
        dtype=dtype,
        local_files_only=True,
        use_safetensors=True,
        output_loading_info=True,
    )
    if absent := sorted(told["missing_keys"]):
        raise ValueError(f"{folder} lacks {len(absent)} weights of T5Gemma's encoder, such as {absent[0]}")
    return made.eval()


def _tokenizer(folder: Path, transformers: Any, config: Mapping[str, Any]) -> Any:
    made = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
    made.model_max_length = config.get("max_length", 256)
    return made
