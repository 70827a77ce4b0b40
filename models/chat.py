"""Run any chat model of the Hugging Face hub here with transformers, as a writer.

In: a prompt, a JSON schema, a seed; hub id and pinned revision from the profile.      Out: a Draft.
Weights are safetensors at one commit; no code of the repository is run.
"""

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from assets.errors import InputRefused, SetupMissing
from models.card import Card
from models.ports import Draft
from models.sealed import check_safetensors
from models.sound import door
from models.writing.sampling import Sampling
from models.writing.scribe import Scribe

DEFAULT = "Qwen/Qwen3.5-4B"
INSTALL = "`pip install 'sakuga[studio]'`"

_HEX = "the 40 hex digits of a commit on its page, as its options in the profile"


class ChatOptions(Sampling):
    """Which model to use, and how it is placed in memory."""

    aside = frozenset({"placement", "cache", "offline"})

    hub: str = Field(default=DEFAULT, pattern=r"^[A-Za-z0-9_.-]{1,96}/[A-Za-z0-9_.-]{1,96}$")
    revision: str = Field(pattern=r"^[0-9a-f]{40}$", description="The commit, 40 hex digits; branches move")
    licence: str = Field(default="", description="SPDX expression of the weights")
    precision: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    placement: Literal["whole", "auto", "balanced", "sequential"] = Field(
        default="whole", description="whole: all on the device; the others let accelerate spread layers"
    )
    cache: Path | None = Field(
        default=None, description="Folder of the hub's cache; without it: the hub's default"
    )
    offline: bool = Field(default=False, description="Only what is already in the cache")

    @model_validator(mode="after")
    def _licence_is_stated(self) -> "ChatOptions":
        if self.hub != DEFAULT and not self.licence:
            raise ValueError(f"licence: give the SPDX expression under which {self.hub} is used")
        return self


class ChatModel:
    """Port Writer; also ranks candidates by likelihood."""

    Options = ChatOptions
    card: Card = Card(
        name="transformers",
        port="writer",
        adapter_version=1,
        summary="A chat model of the hub at a pinned commit, under a JSON grammar",
        licence="Apache-2.0",
        weights=DEFAULT,
        revision="as the profile pins it",
        training_data="as stated on the model's page",
        vram_gb=10,
        languages=("ja", "en"),
    )

    def __init__(self, scribe: Scribe, card: Card) -> None:
        self.card = card
        self._scribe = scribe

    @classmethod
    def lacks(cls) -> str:
        return f"The transformers writer needs a pinned model: give hub (default {DEFAULT}) and revision, {_HEX}."

    @classmethod
    def carded(cls, options: ChatOptions) -> Card:
        licence = options.licence or cls.card.licence
        return cls.card.model_copy(
            update={"weights": options.hub, "revision": options.revision, "licence": licence}
        )

    @classmethod
    def load(cls, device: str, options: ChatOptions | None = None) -> Self:
        """Download the commit if it is not in the cache, and load it on ``device``."""
        if options is None:
            raise InputRefused(cls.lacks())
        missing = [name for name in ("transformers", "accelerate", "llguidance") if not find_spec(name)]
        if missing:
            raise SetupMissing(f"The transformers writer needs {', '.join(missing)}. {INSTALL} brings it.")
        door.torchaudio()  # transformers imports it where it is installed
        model, tokenizer = _opened(device, options)
        card = cls.carded(options)
        return cls(Scribe(card.name, model, tokenizer, options), card)

    def unload(self) -> None:
        import gc

        import torch

        self._scribe.close()
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()

    def write(self, prompt: str, *, schema: Mapping[str, Any], seed: int) -> Draft:
        return self._scribe.write(prompt, schema=schema, seed=seed)

    def score(self, before: str, candidate: str) -> float:
        return self._scribe.score(before, candidate)


def _opened(device: str, options: ChatOptions) -> tuple[Any, Any]:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    precision = "auto" if options.precision == "auto" else getattr(torch, options.precision)
    spread = {"": device} if options.placement == "whole" else options.placement
    closed = {"local_files_only": True, "trust_remote_code": False}
    try:
        folder = _fetched(options)
        tokenizer = AutoTokenizer.from_pretrained(folder, **closed)
        model = AutoModelForCausalLM.from_pretrained(
            folder, dtype=precision, device_map=spread, use_safetensors=True, **closed
        )
    except (OSError, ValueError) as error:  # a missing, gated, unsafe or unknown model
        raise SetupMissing(
            f"{options.hub} at {options.revision[:12]} cannot be opened: {_first_line(error)} Check hub and "
            "revision, the network (or offline: true with a filled cache), and that it holds safetensors."
        ) from error
    if not getattr(tokenizer, "chat_template", None):
        raise InputRefused(f"{options.hub} has no chat template. Choose an instruct or chat model.")
    model.train(False)
    return model, tokenizer


def _fetched(options: ChatOptions) -> Path:
    """The commit as a folder. Everything after this reads files, so nothing can come from another commit."""
    from huggingface_hub import snapshot_download

    folder = Path(
        snapshot_download(
            options.hub,
            revision=options.revision,
            cache_dir=options.cache,
            local_files_only=options.offline,
            allow_patterns=["*.json", "*.safetensors", "*.jinja", "*.txt", "*.model"],
        )
    )
    for path in folder.rglob("*.safetensors"):
        check_safetensors(path)
    if (folder / "adapter_config.json").exists():  # its base model would be loaded from a branch, unpinned
        raise InputRefused(
            f"{options.hub} is an adapter, not a whole model. Name a model with its own weights."
        )
    return folder


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:300] if str(error).strip() else type(error).__name__
