"""Run a model of the Hugging Face hub that describes pictures with transformers, as a captioner.

In: a picture, a dialect, a hint; hub id and pinned revision from the profile.      Out: a caption.
Two kinds of models: chat models that read pictures, which are asked for the dialect; and BLIP's family, which writes
only prose and continues the hint. Weights are safetensors at one commit, fetched by `sakuga models pull`; no code of
the repository is run.
"""

from importlib.util import find_spec
from typing import Any, Literal, Self

from pydantic import Field

from assets.errors import AnswerUnusable, InputRefused, PromptTooLong, SetupMissing, ShapeRefused
from assets.matter import Still
from assets.plain import one_line
from models import libraries
from models.captioning import answer
from models.card import Card
from models.options import Options
from models.ports import CaptionDialect
from models.weights import Weights, lacks_weights, snapshot
from models.weights.store import PIN, PULL

DEFAULT = "Qwen/Qwen3-VL-4B-Instruct"
INSTALL = "`pip install 'sakuga[studio]'`"


class HubCaptionerOptions(Options):
    """Which model to use, and how long its answer may be."""

    weights: Weights = Weights(hub=DEFAULT)
    precision: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    max_tokens: int = Field(default=256, ge=8, le=4096, description="Longest answer")


class HubCaptioner:
    """Port Captioner on this machine."""

    Options = HubCaptionerOptions
    card: Card = Card(
        name="transformers",
        port="captioner",
        adapter_version=1,
        summary="A model of the hub at a pinned commit that describes pictures",
        licence="Apache-2.0",
        weights=DEFAULT,
        revision="as the profile pins it",
        training_data="as stated on the model's page",
        data_class="undisclosed",
        vram_gb=10,
    )

    def __init__(self, card: Card, model: Any, processor: Any, options: HubCaptionerOptions) -> None:
        self.card = card
        self._model, self._processor, self._options = model, processor, options

    @classmethod
    def lacks(cls) -> str:
        return f"The transformers captioner needs a pinned model: give weights in the profile. {PIN} and {PULL} follow."

    @classmethod
    def lacks_with(cls, options: HubCaptionerOptions) -> str:
        return lacks_weights(options, "transformers")

    @classmethod
    def carded(cls, options: HubCaptionerOptions) -> Card:
        return cls.card.model_copy(update=options.weights.said())

    @classmethod
    def load(cls, device: str, options: HubCaptionerOptions | None = None) -> Self:
        """Load the fetched commit on ``device``; nothing is downloaded."""
        if options is None:
            raise InputRefused(cls.lacks())
        if find_spec("transformers") is None:
            raise SetupMissing(f"The transformers captioner needs transformers. {INSTALL} brings it.")
        libraries.transformers()  # without its progress bars
        model, processor = _opened(options)
        return cls(cls.carded(options), model.to(device).train(False), processor, options)

    def unload(self) -> None:
        import gc

        import torch

        self._model = self._processor = None
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()

    def caption(self, picture: Still, *, dialect: CaptionDialect = "prose", hint: str = "") -> str:
        import torch

        asked = self._chat(picture, dialect, hint) if self._chats else self._begun(picture, dialect, hint)
        asked = asked.to(self._model.device, self._model.dtype)
        before, most = asked["input_ids"].shape[1] if "input_ids" in asked else 0, self._options.max_tokens
        most = min(most, self._room - before - 2)  # BLIP adds a first and a last token
        if most < 1:
            raise PromptTooLong(f"The hint is longer than {self._options.weights.name} reads. Shorten it.")
        with torch.inference_mode():
            made = self._model.generate(**asked, max_new_tokens=most, do_sample=False)
        new = made[:, before:] if self._chats else made  # BLIP's caption begins with the hint
        if self._chats and new.shape[1] >= most:
            raise AnswerUnusable(
                f"{self._options.weights.name} stopped after {most} tokens, inside the caption. Raise max_tokens, or "
                "write the caption yourself."
            )
        [text] = self._processor.batch_decode(new, skip_special_tokens=True)
        return answer.caption(text, self._options.weights.name)

    @property
    def _room(self) -> int:
        """Tokens it reads and writes at most."""
        told = getattr(self._model.config.get_text_config(), "max_position_embeddings", None)
        return int(told) if told else 1 << 20

    @property
    def _chats(self) -> bool:
        return bool(getattr(self._processor, "chat_template", None))

    def _chat(self, picture: Still, dialect: CaptionDialect, hint: str) -> Any:
        from PIL import Image

        parts = [
            {"type": "image", "image": Image.fromarray(picture)},
            {"type": "text", "text": answer.question(dialect, hint)},
        ]
        return self._processor.apply_chat_template(
            [{"role": "user", "content": parts}],
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
        )

    def _begun(self, picture: Still, dialect: CaptionDialect, hint: str) -> Any:
        from PIL import Image

        if dialect != "prose":
            raise ShapeRefused(
                f"{self._options.weights.name} writes prose only, no {dialect}. Ask for prose, or choose "
                "a chat model that reads pictures."
            )
        begun = {"text": one_line(hint)} if hint.strip() else {}
        return self._processor(images=Image.fromarray(picture), return_tensors="pt", **begun)


def _opened(options: HubCaptionerOptions) -> tuple[Any, Any]:
    import torch
    from transformers import AutoModelForImageTextToText, AutoProcessor

    precision = "auto" if options.precision == "auto" else getattr(torch, options.precision)
    closed = {"local_files_only": True, "trust_remote_code": False}
    folder = snapshot(options.weights).folder
    processors: Any = AutoProcessor  # its methods have no types
    if (folder / "adapter_config.json").exists():  # its base model would be loaded from a branch, unpinned
        raise InputRefused(
            f"{options.weights.name} is an adapter, not a whole model. Name a model with its own weights."
        )
    try:
        processor = processors.from_pretrained(folder, **closed)
        model = AutoModelForImageTextToText.from_pretrained(
            folder, dtype=precision, use_safetensors=True, **closed
        )
    except (OSError, ValueError) as error:  # an unsafe or unknown model
        said = (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
        raise SetupMissing(
            f"{options.weights.name} cannot be opened: {said} Check that it is a model in safetensors that describes "
            "pictures (image-text-to-text) and that the installed transformers knows."
        ) from error
    return model, processor
