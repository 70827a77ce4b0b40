"""Run any chat model of the Hugging Face hub here with transformers, as a writer.

In: a prompt, a JSON schema, a seed; hub id and pinned revision from the profile.      Out: a Draft.
Weights are safetensors at one commit, fetched by `sakuga models pull`; no code of the repository is run.
"""

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from assets.errors import InputRefused, SetupMissing
from models import libraries
from models.card import Card
from models.ports import Draft
from models.weights import Weights, lacks_weights, snapshot
from models.weights.store import PIN, PULL
from models.writing.sampling import Sampling
from models.writing.scribe import Scribe

DEFAULT = "Qwen/Qwen3.5-4B"
INSTALL = "`pip install 'sakuga[studio]'`"


class ChatOptions(Sampling):
    """Which model to use, and how it is placed in memory."""

    aside = frozenset({"placement"})

    weights: Weights = Weights(hub=DEFAULT)
    precision: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    placement: Literal["whole", "auto", "balanced", "sequential"] = Field(
        default="whole", description="whole: all on the device; the others let accelerate spread layers"
    )

    @model_validator(mode="before")
    @classmethod
    def _of_earlier_profiles(cls, given: Any) -> Any:
        """Accept hub, revision and licence beside the other options; runs no longer read the hub's own cache."""
        if not isinstance(given, dict) or not {"hub", "revision"} & given.keys():
            return given
        named = {name: given[name] for name in ("hub", "revision", "licence") if name in given}
        earlier = {"hub", "revision", "licence", "cache", "offline"}
        rest = {name: value for name, value in given.items() if name not in earlier}
        return {"weights": {"hub": DEFAULT, **named}, **rest}

    def ingredients(self) -> dict[str, Any]:
        """As earlier releases wrote them, so that what was written stays valid."""
        plain = super().ingredients()
        if self.weights.path:
            return plain
        del plain["weights"]
        named = {"hub": self.weights.hub, "revision": self.weights.revision, "licence": self.weights.licence}
        return {**plain, **named}


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
        writes_freely=True,
    )

    def __init__(self, scribe: Scribe, card: Card) -> None:
        self.card = card
        self._scribe = scribe

    @classmethod
    def lacks(cls) -> str:
        return f"The transformers writer needs a pinned model: give weights in the profile. {PIN} and {PULL} follow."

    @classmethod
    def lacks_with(cls, options: ChatOptions) -> str:
        return lacks_weights(options, "transformers", "accelerate", "llguidance")

    @classmethod
    def carded(cls, options: ChatOptions) -> Card:
        return cls.card.model_copy(update=options.weights.said())

    @classmethod
    def load(cls, device: str, options: ChatOptions | None = None) -> Self:
        """Load the fetched commit on ``device``; nothing is downloaded."""
        if options is None:
            raise InputRefused(cls.lacks())
        missing = [name for name in ("transformers", "accelerate", "llguidance") if not find_spec(name)]
        if missing:
            raise SetupMissing(f"The transformers writer needs {', '.join(missing)}. {INSTALL} brings it.")
        libraries.transformers()  # without its progress bars
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
    folder = _folder(options)
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, **closed)
        model = AutoModelForCausalLM.from_pretrained(
            folder, dtype=precision, device_map=spread, use_safetensors=True, **closed
        )
    except (OSError, ValueError) as error:  # an unsafe or unknown model
        raise SetupMissing(
            f"{options.weights.name} cannot be opened: {_first_line(error)} Check that it is a chat model in "
            "safetensors that the installed transformers knows."
        ) from error
    if not getattr(tokenizer, "chat_template", None):
        raise InputRefused(f"{options.weights.name} has no chat template. Choose an instruct or chat model.")
    model.train(False)
    return model, tokenizer


def _folder(options: ChatOptions) -> Path:
    folder = snapshot(options.weights).folder
    if (folder / "adapter_config.json").exists():  # its base model would be loaded from a branch, unpinned
        raise InputRefused(
            f"{options.weights.name} is an adapter, not a whole model. Name a model with its own weights."
        )
    return folder


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:300] if str(error).strip() else type(error).__name__
