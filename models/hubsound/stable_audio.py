"""Sound effects by Stable Audio: Open 1.0, and 3 (small-sfx, small-music, medium) with 8 steps.

In:  a name ('rain'), or a name and a manner ('rain: heavily'); seconds; a seed.
Out: stereo at 48 kHz, at the level and with the edges and the seam of the procedural recipe of that name, so that
one can replace the other in a mix.
3 lies on the hub in its makers' own layout only, without its text encoder, and is read as it lies (makers_layout.py).
A folder that diffusers' scripts/convert_stable_audio_3_to_diffusers.py made of medium is read too; diffusers has no
class for the decoder of small.
Source: the models' cards, and diffusers' pipelines stable_audio and stable_audio_3.
"""

import json
from collections.abc import Mapping
from typing import Any, ClassVar, Self

import numpy as np
from pydantic import Field, model_validator

from assets.errors import SetupMissing
from assets.matter import Sound
from models.card import Card
from models.diffusion.seeds import generator
from models.foley.adapter import ProceduralFoley
from models.foley.finish import WRAP, finish
from models.foley.performance import Recipe, Stereo, count
from models.hubsound import makers_layout
from models.hubsound.playing import RATE, Player, SoundOptions, opened
from models.weights import Weights, lacks_weights, snapshot
from models.weights.store import PIN, PULL

KINDS = {"StableAudioPipeline": 1, "StableAudio3Pipeline": 3}
MAKERS = "stabilityai/stable-audio-3-"
TEXT = "google/t5gemma-b-b-ul2"
LONGEST_3 = 120.0  # seconds: what small learnt; medium's decoder would want 12 GB for its mask at 300 s
FADE = 0.3  # seconds in which one piece of a long ambience turns into the next
SHORTEST = 1.0  # seconds: both models were trained on longer ones, and answer shorter orders with clicks


class StableAudioFoley:
    """Port Foley."""

    class Options(SoundOptions):
        late: ClassVar[frozenset[str]] = frozenset({"text"})

        weights: Weights = Weights(hub="stabilityai/stable-audio-open-1.0")
        text: Weights | None = Field(
            default=None, description=f"T5Gemma, for 3 in its makers' layout; of the hub by itself: {TEXT}"
        )
        steps: int = Field(default=0, ge=0, le=500, description="0: 100 for Open 1.0, 8 for 3")
        guidance: float = Field(default=7.0, ge=1, le=20, description="Open 1.0 only; 3 has it built in")
        negative: str = Field(
            default="low quality, music, speech", max_length=500, description="Open 1.0 only"
        )

        @model_validator(mode="before")
        @classmethod
        def _is_whole(cls, given: Any) -> Any:
            """The makers' repositories of 3: which files are wanted, and the text encoder that they leave out."""
            chosen = given.get("weights") if isinstance(given, Mapping) else None
            if isinstance(chosen, Weights):
                chosen = chosen.model_dump(exclude_unset=True)
            if not isinstance(chosen, Mapping) or not str(chosen.get("hub", "")).startswith(MAKERS):
                return given
            files = chosen.get("files") or [makers_layout.WEIGHTS, makers_layout.CONFIG]
            return {"text": {"hub": TEXT}, **given, "weights": {**chosen, "files": files}}

    card: Card = Card(
        name="stable-audio",
        port="foley",
        adapter_version=1,
        summary="Sound effects by Stable Audio (Open 1.0, or 3)",
        licence="LicenseRef-Stability-AI-Community",
        weights="stabilityai/stable-audio-open-1.0",
        training_data="as stated on the model's page",
        dialect="grammar",
        vram_gb=7,
    )

    def __init__(self, options: "StableAudioFoley.Options", device: str) -> None:
        self.card = self.carded(options)
        self._options = options
        self._family = _family(options)
        self._player = Player(_pipeline(options, device), options, device, self.card)
        self._desk = ProceduralFoley.load("cpu")
        self._longest = self._capacity()

    @classmethod
    def lacks(cls) -> str:
        return f"The stable-audio foley needs its model: name weights in a profile, then {PIN} and {PULL}."

    @classmethod
    def lacks_with(cls, options: "StableAudioFoley.Options") -> str:
        told = lacks_weights(options, "diffusers", "transformers") or _lacks_text(options)
        return told or lacks_weights(None, *(["torchsde"] if _needs_sde(options) else []))

    @classmethod
    def carded(cls, options: "StableAudioFoley.Options | None") -> Card:
        if options is None:
            return cls.card
        small = {"vram_gb": 3.0} if options.weights.hub.startswith(f"{MAKERS}small") else {}
        return cls.card.model_copy(update={**options.weights.said(), **small})

    @classmethod
    def load(cls, device: str, options: "StableAudioFoley.Options | None" = None) -> Self:
        """Load the model from the store; nothing is downloaded."""
        chosen = options or cls.Options()
        if missing := cls.lacks_with(chosen):
            raise SetupMissing(missing)
        return cls(chosen, device)

    def unload(self) -> None:
        self._player.close()

    def sounds(self) -> tuple[str, ...]:
        return self._desk.sounds()

    def make(self, sound: str, *, seconds: float, seed: int) -> Sound:
        """Make one effect; without a manner the seed chooses one. Silence needs no model."""
        recipe, manner = self._desk.understood(sound, seconds=seconds, seed=seed)
        if recipe.name == "silence":
            return self._desk.make(sound, seconds=seconds, seed=seed)
        length = seconds or recipe.seconds
        loop = recipe.extent == "loop"
        span = recipe.seconds if recipe.extent == "once" else length + WRAP * loop
        performed = self._performed(recipe, manner, span, seed)
        return Sound(finish(performed, recipe, seconds or (0.0 if recipe.extent == "once" else length)), RATE)

    def _performed(self, recipe: Recipe, manner: str, span: float, seed: int) -> Stereo:
        """Exactly ``span`` seconds: one piece, or pieces that fade into each other where it is longer."""
        whole = self._piece(recipe, manner, min(span, self._longest), seed)
        more = 1
        while len(whole) < count(span):
            left = (count(span) - len(whole)) / RATE + FADE
            piece = self._piece(recipe, manner, min(left, self._longest), seed + more)
            whole, more = _joined(whole, piece), more + 1
        return whole[: count(span)]

    def _piece(self, recipe: Recipe, manner: str, span: float, seed: int) -> Stereo:
        prompt = f"{recipe.caption} {manner}".strip()
        asked = min(max(span, SHORTEST), self._longest)
        made = self._player.heard(
            lambda: self._latents(prompt, asked, seed), f"{recipe.name} of {span:.1f} s"
        )
        return _fitted(made, count(span))

    def _latents(self, prompt: str, seconds: float, seed: int) -> Any:
        told: dict[str, Any] = {"prompt": prompt, "generator": generator(seed), "output_type": "latent"}
        options = self._options
        if self._family == 1:
            about = {"audio_end_in_s": seconds, "guidance_scale": options.guidance}
            told |= {
                **about,
                "num_inference_steps": options.steps or 100,
                "negative_prompt": options.negative,
            }
        else:
            told |= {"duration": seconds, "num_inference_steps": options.steps or None}
        return self._player.pipe(**told).audios

    def _capacity(self) -> float:
        """The longest sound that the model makes in one piece."""
        pipe = self._player.pipe
        if self._family == 1:
            whole = pipe.transformer.config.sample_size * pipe.vae.hop_length / pipe.vae.config.sampling_rate
            return float(min(whole, pipe.projection_model.config.max_value))
        return float(min(pipe.duration_embedder.config.max_val, LONGEST_3))


def _joined(first: Stereo, second: Stereo) -> Stereo:
    """``second`` after ``first``, in equal power over FADE seconds."""
    size = min(count(FADE), len(first), len(second))
    rise = np.sin(np.linspace(0, np.pi / 2, size))[:, None]
    seam = first[-size:] * rise[::-1] + second[:size] * rise
    return np.concatenate([first[:-size], seam, second[size:]])


def _fitted(sound: Stereo, samples: int) -> Stereo:
    return sound[:samples] if len(sound) >= samples else np.pad(sound, ((0, samples - len(sound)), (0, 0)))


def _pipeline(options: StableAudioFoley.Options, device: str) -> Any:
    folder = snapshot(options.weights).folder
    if options.text is None or not makers_layout.is_makers(folder):
        return opened(_class(options), options, device)
    return makers_layout.load(folder, snapshot(options.text).folder, dtype=options.dtype(device))


def _lacks_text(options: StableAudioFoley.Options) -> str:
    if options.text or not makers_layout.is_makers(snapshot(options.weights).folder):
        return ""
    return (
        f"{options.weights.name} is Stable Audio 3 in its makers' layout, which leaves out the text encoder. Give it "
        f"in the options of stable-audio: text: {{hub: {TEXT}, revision: null}}, or text: {{path: FOLDER}}."
    )


def _index(options: StableAudioFoley.Options) -> dict[str, Any]:
    folder = snapshot(options.weights).folder
    if makers_layout.is_makers(folder):
        return {"_class_name": "StableAudio3Pipeline"}
    try:
        index = json.loads((folder / "model_index.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SetupMissing(
            f"{options.weights.name} has no model_index.json, so it is not laid out for diffusers, and no "
            f"{makers_layout.CONFIG} with {makers_layout.WEIGHTS} as the makers of Stable Audio 3 have it. Choose a "
            "repository that is."
        ) from error
    return index if isinstance(index, dict) else {}


def _class(options: StableAudioFoley.Options) -> str:
    named = _index(options).get("_class_name")
    if named not in KINDS:
        raise SetupMissing(
            f"{options.weights.name} is a {named!r}; the stable-audio foley plays {' and '.join(KINDS)}."
        )
    return str(named)


def _family(options: StableAudioFoley.Options) -> int:
    return KINDS[_class(options)]


def _needs_sde(options: StableAudioFoley.Options) -> bool:
    """Open 1.0's own scheduler draws its noise with torchsde."""
    return "CosineDPMSolverMultistepScheduler" in (_index(options).get("scheduler") or ())
