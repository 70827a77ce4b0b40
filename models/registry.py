"""The adapters by port and name. Listing them imports nothing heavy.

A new model is one file, and one line here.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Protocol

from assets.errors import InputRefused
from models.card import Card, Port
from models.options import Options, options_for

ADAPTERS: dict[tuple[Port, str], str] = {
    ("painter", "cel"): "models.cel.painter:CelPainter",
    ("animator", "cel"): "models.cel.animator:CelAnimator",
    ("painter", "house"): "models.house.painter:HousePainter",
    ("animator", "house"): "models.house.animator:HouseAnimator",
    ("painter", "sdxl"): "models.sdxl.adapter:SdxlPainter",
    ("painter", "anima"): "models.anima:AnimaPainter",
    ("painter", "klein"): "models.klein:KleinPainter",
    ("painter", "qwen-edit"): "models.qwen_edit.adapter:QwenEditPainter",
    ("painter", "z-image"): "models.z_image:ZImagePainter",
    ("voice", "kokoro"): "models.kokoro:KokoroVoice",
    ("voice", "hibari"): "models.hibari:HibariVoice",
    ("voice", "speech-api"): "models.speech_api:SpeechApi",
    ("foley", "procedural"): "models.foley.adapter:ProceduralFoley",
    ("foley", "house"): "models.house.foley.adapter:HouseFoley",
    ("foley", "stable-audio"): "models.hubsound.stable_audio:StableAudioFoley",
    ("composer", "ace-step"): "models.hubsound.ace_step:AceStepComposer",
    ("composer", "procedural"): "models.composer.adapter:ProceduralComposer",
    ("judge", "picture"): "models.judge:PictureJudge",
    ("judge", "ccip"): "models.ccip:CcipJudge",
    ("writer", "smollm"): "models.smollm:SmolLM",
    ("writer", "transformers"): "models.chat:ChatModel",
    ("writer", "openai"): "models.openai_server:OpenAIServer",
    ("animator", "wan"): "models.wan.adapter:WanAnimator",
    ("animator", "wan-animate"): "models.wan.animate:WanAnimate",
    ("painter", "remote"): "models.engines.remote:RemotePainter",
    ("animator", "remote"): "models.engines.remote:RemoteAnimator",
    ("foley", "remote"): "models.engines.remote:RemoteFoley",
    ("painter", "comfyui"): "models.engines.comfyui.adapter:ComfyPainter",
    ("animator", "comfyui"): "models.engines.comfyui.adapter:ComfyAnimator",
    ("writer", "toy"): "models.toy:ToyWriter",
    ("painter", "toy"): "models.toy:ToyPainter",
    ("painter", "toy-reader"): "models.toy:ToyReader",
    ("animator", "toy"): "models.toy:ToyAnimator",
    ("animator", "toy-video"): "models.toy:ToyVideoModel",
    ("painter", "simulated"): "models.simulated:SimulatedPainter",
    ("animator", "simulated"): "models.simulated:SimulatedAnimator",
    ("voice", "toy"): "models.toy:ToyVoice",
    ("foley", "toy"): "models.toy:ToyFoley",
    ("composer", "toy"): "models.toy:ToyComposer",
    ("upscaler", "spandrel"): "models.enlarging.spandrel:SpandrelUpscaler",
    ("upscaler", "toy"): "models.toy:ToyUpscaler",
    ("judge", "toy"): "models.toy:ToyJudge",
    ("captioner", "openai"): "models.captioning.server:OpenAICaptioner",
    ("captioner", "transformers"): "models.captioning.hub:HubCaptioner",
    ("captioner", "toy"): "models.toy:ToyCaptioner",
}


class Adapter(Protocol):
    """What an adapter class offers before any weight is loaded.

    load    imports the heavy libraries, checks the weights and returns the model
    unload  frees the memory; the model is not used afterwards

    An adapter with options also has ``Options`` (models/options.py), a second parameter of ``load``, and, if its
    card depends on them, ``carded(options)``. An adapter that a minimal install cannot load has ``lacks()``.
    One whose options name weights has ``lacks_with(options)`` (models/weights has the function for it).
    A voice that cannot say every line has ``check_line``, a class method with the parameters of ``speak`` except
    the seed; it raises the InputRefused that ``speak`` would raise.
    """

    card: Card

    @classmethod
    def load(cls, device: str) -> Any: ...

    def unload(self) -> None: ...


def names(port: Port) -> tuple[str, ...]:
    return tuple(sorted(name for its_port, name in ADAPTERS if its_port == port))


def adapter(port: Port, name: str) -> type[Adapter]:
    """The adapter class; its ``card`` can be read without loading it."""
    target = ADAPTERS.get((port, name))
    if target is None:
        raise InputRefused(
            f"There is no {port} called {name!r}. Those that exist: {', '.join(names(port)) or 'none'}."
        )
    module, _, attribute = target.partition(":")
    found: type[Adapter] = getattr(import_module(module), attribute)
    return found


def card(port: Port, name: str) -> Card:
    return adapter(port, name).card


def lacks(port: Port, name: str) -> str:
    """What is missing before the adapter can be loaded without options, as a sentence; empty if nothing is."""
    asked: Callable[[], str] = getattr(adapter(port, name), "lacks", str)
    return asked()


def lacks_with(port: Port, name: str, options: Mapping[str, Any]) -> str:
    """What is missing before the adapter can be loaded with ``options``, as a sentence; empty if nothing is."""
    found = adapter(port, name)
    read = options_for(found, options)
    asked: Callable[[Options], str] | None = getattr(found, "lacks_with", None)
    return asked(read) if asked is not None and read is not None else lacks(port, name)
