"""Music by ACE-Step 1.5 (turbo, base and sft).

In:  a Mood, seconds, a seed.      Out: stereo at 48 kHz, exactly ``seconds`` long, as loud as the procedural music.
Mode and tempo come from the procedural composer's styles, so that a mood means the same with either; the model is
told a key and asked for an ending. A model gives no promise about its last chord: the last two seconds fade out.
Source: diffusers' pipeline ace_step, and its authors' README for prompt words.
"""

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from assets.errors import SetupMissing
from assets.matter import Sound
from assets.sheets.look import Mood
from models.card import Card
from models.composer import adapter as procedural
from models.diffusion.seeds import generator
from models.foley.performance import Stereo
from models.hubsound.playing import RATE, Player, SoundOptions, opened
from models.weights import Weights, lacks_weights
from models.weights.store import PIN, PULL

LONGEST = 600.0  # seconds, the makers' limit
SHORTEST = 10.0  # seconds; shorter orders are the beginning of a piece of this length
FADE = 2.0
TOLD: dict[str, str] = {
    "calm": "calm ambient piano and soft strings, gentle, spacious",
    "cheerful": "cheerful light pop instrumental, plucked guitar, glockenspiel, hand claps",
    "tense": "tense suspense underscore, low strings ostinato, ticking percussion",
    "sad": "sad slow piano and cello, sparse, melancholic",
    "mysterious": "mysterious celesta and low woodwinds, soft drones, curious",
    "action": "driving action score, taiko drums, brass stabs, fast strings",
    "warm": "warm acoustic guitar and flute, tender, nostalgic",
    "wonder": "wide orchestral wonder, harp, flute, shimmering strings",
}
"""What each mood asks for. Instrumental film music: the voices of the episode speak over it."""
NOTES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


class AceStepComposer:
    """Port Composer."""

    class Options(SoundOptions):
        weights: Weights = Weights(hub="ACE-Step/acestep-v15-xl-turbo-diffusers")
        steps: int = Field(default=0, ge=0, le=200, description="0: 8 for turbo, 50 for base and sft")
        guidance: float = Field(
            default=7.0, ge=1, le=20, description="base and sft only; turbo has it built in"
        )
        shift: float = Field(
            default=3.0, ge=1, le=5, description="Of the noise schedule; turbo knows 1, 2 and 3"
        )

    card: Card = Card(
        name="ace-step",
        port="composer",
        adapter_version=1,
        summary="Instrumental music by ACE-Step 1.5",
        licence="MIT",
        weights="ACE-Step/acestep-v15-xl-turbo-diffusers",
        training_data="as stated on the model's page",
        vram_gb=12,
    )

    def __init__(self, options: "AceStepComposer.Options", device: str) -> None:
        self.card = self.carded(options)
        self._options = options
        self._player = Player(opened("AceStepPipeline", options, device), options, device, self.card)

    @classmethod
    def lacks(cls) -> str:
        return f"The ace-step composer needs its model: name weights in a profile, then {PIN} and {PULL}."

    @classmethod
    def lacks_with(cls, options: "AceStepComposer.Options") -> str:
        return lacks_weights(options, "diffusers", "transformers")

    @classmethod
    def carded(cls, options: "AceStepComposer.Options | None") -> Card:
        return cls.card.model_copy(update=options.weights.said()) if options else cls.card

    @classmethod
    def load(cls, device: str, options: "AceStepComposer.Options | None" = None) -> Self:
        """Load the model from the store; nothing is downloaded."""
        chosen = options or cls.Options()
        if missing := cls.lacks_with(chosen):
            raise SetupMissing(missing)
        return cls(chosen, device)

    def unload(self) -> None:
        self._player.close()

    def compose(self, mood: Mood, *, seconds: float, seed: int) -> Sound:
        """The mood 'none' is silence and needs no model."""
        procedural.check(mood, seconds, LONGEST)
        samples = round(seconds * RATE)
        if mood == "none":
            return Sound(np.zeros((samples, 2), np.float32), RATE)
        length = max(seconds, SHORTEST)
        made = self._player.heard(
            lambda: self._latents(mood, length, seed), f"{mood} music of {seconds:.1f} s", turned=True
        )
        return Sound(_finished(made, samples), RATE)

    def _latents(self, mood: str, seconds: float, seed: int) -> Any:
        tempo, key = score(mood, seed)
        turbo = bool(self._player.pipe.is_turbo)
        options = self._options
        return self._player.pipe(
            prompt=f"{TOLD[mood]}, instrumental, no vocals, film score, resolves at the end",
            lyrics="[Instrumental]",
            audio_duration=seconds,
            bpm=tempo,
            keyscale=key,
            num_inference_steps=options.steps or (8 if turbo else 50),
            guidance_scale=1.0 if turbo else options.guidance,
            shift=options.shift,
            generator=generator(seed),
            output_type="latent",
        ).audios


def score(mood: str, seed: int) -> tuple[int, str]:
    """Tempo and key of a piece: those that the procedural composer might choose for the mood."""
    from models.composer.styles import STYLES

    style = STYLES[mood]
    chance = np.random.default_rng(seed)
    low, high = round(style.tempo[0]), round(style.tempo[1])
    tempo = int(chance.integers(low, high + 1))
    tonic = NOTES[int(chance.choice(style.tonics)) % 12]
    return tempo, f"{tonic} {'major' if style.scale in ('major', 'lydian') else 'minor'}"


def _finished(made: Stereo, samples: int) -> NDArray[np.float32]:
    """Exactly ``samples`` long, faded out, at the procedural composer's level and peak."""
    from models.composer.play import LEVEL, PEAK

    out = made[:samples] if len(made) >= samples else np.pad(made, ((0, samples - len(made)), (0, 0)))
    fade = min(samples, round(FADE * RATE))
    out = out.copy()
    out[samples - fade :] *= np.cos(np.linspace(0, np.pi / 2, fade))[:, None]
    power, peak = float(np.mean(out**2)), float(np.max(np.abs(out)))
    if peak > 0:
        out *= min(LEVEL / np.sqrt(power), PEAK / peak)
    return out.astype(np.float32)
