"""Toy models for every port: no weights, instant, correct shapes, deterministic.

They show what a contract requires, and the whole pipeline can run with them in a test. Their results are not
real pictures or sounds: coloured blocks and tones.
"""

import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from assets.errors import InputRefused, ModelFailed, ShapeRefused
from assets.matter import Clip, Sound, Still
from assets.sheets.bible import Language, VoiceSpec
from assets.sheets.look import Mood
from assets.sheets.sounds import SOUNDS
from models.card import Card, Port
from models.limits import check_animating, check_painting
from models.options import Options
from models.ports import CaptionDialect, Draft, Mouths, Shot
from models.sound import lines

HERTZ = 48_000


def _card(port: Port, summary: str) -> Card:
    return Card(
        name="toy", port=port, adapter_version=1, summary=summary, licence="Apache-2.0", concurrent=True,
        gpu_share=0,
    )  # fmt: skip


def _random(*parts: object) -> np.random.Generator:
    text = "\x1f".join(str(part) for part in parts)
    return np.random.default_rng(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big"))


class SizedOptions(Options):
    """Set the memory that its card declares, to test how models share a device."""

    aside = frozenset({"vram_gb"})

    vram_gb: float = Field(default=0, ge=0, le=1000, description="GiB its card declares; it uses none")


class ToyOptions(SizedOptions):
    """One option that changes the result, and others that change only its time or what its card declares."""

    aside = SizedOptions.aside | {"wait_ms"}

    tint: int = Field(default=0, ge=0, le=55, description="Added to every colour it draws, 0..255")
    wait_ms: int = Field(default=0, ge=0, le=60_000, description="Milliseconds to wait before each picture")

    def wait(self) -> None:
        time.sleep(self.wait_ms / 1000)


NO_OPTIONS = ToyOptions()
NO_SIZE = SizedOptions()


class _Toy:
    """No weights to load or free; but after ``unload`` it refuses to work, as a real model would."""

    card: ClassVar[Card]
    _released = False

    @classmethod
    def load(cls, device: str) -> Self:
        return cls()

    def unload(self) -> None:
        self._released = True

    def check_held(self) -> None:
        if self._released:
            raise ModelFailed(
                f"The {self.card.port} {self.card.name} is used after its memory was given back. Ask the lease for its "
                "model again before every call."
            )


class _SizedToy(_Toy):
    """A toy whose card declares the memory that is set in its options."""

    Options = SizedOptions

    @classmethod
    def carded(cls, options: SizedOptions) -> Card:
        return cls.card.model_copy(update={"vram_gb": options.vram_gb}) if options.vram_gb else cls.card

    @classmethod
    def load(cls, device: str, options: Any = NO_SIZE) -> Self:
        return cls()


class ToyWriter(_Toy):
    """Fills a schema with the shortest valid data."""

    card: ClassVar[Card] = _card("writer", "Answers with the smallest data a schema allows")

    def write(self, prompt: str, *, schema: Mapping[str, Any], seed: int) -> Draft:
        return Draft(data=_smallest(schema), tokens_in=len(prompt.split()), tokens_out=1)


def _smallest(schema: Mapping[str, Any]) -> Any:
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    kind = schema.get("type")
    if kind == "object":
        wanted = schema.get("required", ())
        return {key: _smallest(schema["properties"][key]) for key in wanted}
    if kind == "array":
        return [_smallest(schema.get("items", {})) for _ in range(schema.get("minItems", 0))]
    if kind == "string":
        return "x" * schema.get("minLength", 0)
    if kind in ("integer", "number"):
        return schema.get("minimum", 0)
    if kind in ("boolean", "null"):
        return False if kind == "boolean" else None
    raise InputRefused(f"The toy writer knows plain JSON Schema types; this schema says {json.dumps(kind)}.")


class ToyPainter(_SizedToy):
    """A background in the place's colour, and one block per character where they stand."""

    card: ClassVar[Card] = _card("painter", "Coloured blocks where the characters stand")
    Options = ToyOptions

    def __init__(self, options: ToyOptions = NO_OPTIONS) -> None:
        self._options = options

    @classmethod
    def load(cls, device: str, options: ToyOptions = NO_OPTIONS) -> Self:
        return cls(options)

    def paint(self, shot: Shot, *, seed: int, layout: Still | None = None) -> Still:
        self.check_held()
        check_painting(self.card, shot, layout)
        width, height = shot.size
        picture = np.empty((height, width, 3), np.uint8)
        picture[:] = _random(shot.place.kind, shot.cut.time, shot.cut.weather, seed).integers(60, 200, 3)
        where = {"far_left": 0.15, "left": 0.3, "center": 0.5, "right": 0.7, "far_right": 0.85}
        for staged in shot.cut.staged:
            x, half = int(where[staged.position] * width), max(2, width // 16)
            color = _random(staged.character, staged.expression, staged.pose).integers(0, 255, 3)
            picture[height // 4 :, max(0, x - half) : x + half] = color
        self._options.wait()
        return np.minimum(picture, 255 - self._options.tint) + np.uint8(self._options.tint)


class ToyReader(ToyPainter):
    """The toy painter as a model that reads: each word, reference and LoRA changes the background's colour."""

    card: ClassVar[Card] = ToyPainter.card.model_copy(
        update={
            "name": "toy-reader",
            "summary": "Coloured blocks on a ground whose colour comes from all that a card can accept",
            "dialect": "tags",
            "accepts": frozenset({"references", "loras", "negative_prompt", "layout"}),
            "lora_base": "toy",
        }
    )

    def paint(self, shot: Shot, *, seed: int, layout: Still | None = None) -> Still:
        read = [shot.prompt.text, shot.prompt.negative, "" if layout is None else layout.mean()]
        shown = [(one.role, one.subject, int(one.picture.sum())) for one in shot.references]
        taught = [(lora.path.stat().st_size, lora.strength) for lora in shot.loras]
        picture = super().paint(shot, seed=seed, layout=layout)
        tint = _random(*read, *shown, *taught).integers(0, 55, 3).astype(np.uint8)
        return np.minimum(picture, 255 - tint) + tint


class ToyAnimator(_SizedToy):
    """The panel, with a bright mark that travels along its lower edge and jumps with the voice."""

    card: ClassVar[Card] = _card("animator", "A mark that travels along the panel").model_copy(
        update={"accepts": frozenset({"mouths"})}
    )
    Options = ToyOptions

    def __init__(self, options: ToyOptions = NO_OPTIONS) -> None:
        self._options = options

    @classmethod
    def load(cls, device: str, options: ToyOptions = NO_OPTIONS) -> Self:
        return cls(options)

    def animate(
        self,
        shot: Shot,
        first: Still,
        *,
        frames: int,
        seed: int,
        last: Still | None = None,
        mouths: Mouths | None = None,
    ) -> Clip:
        self.check_held()
        check_animating(self.card, shot, first, frames=frames, last=last, mouths=mouths)
        width, height = shot.size
        loud = sum((mouths or {}).values(), start=np.zeros(frames, np.float32))
        tone = np.minimum(_random("mark", seed).integers(120, 255, 3) + self._options.tint, 255)
        self._options.wait()

        def draw() -> Iterator[Still]:
            side = max(2, height // 12)
            for frame in range(frames):
                picture = first.copy()
                if frame:
                    x = (width - side) * frame // max(1, frames - 1)
                    y = height - side - int(min(1.0, loud[frame]) * height / 4)
                    picture[y : y + side, x : x + side] = tone
                yield picture

        return Clip(frames, shot.size, shot.rate, draw)


class ToyVideoModel(ToyAnimator):
    """The toy animator as a video model: 4k+1 frames, at most 17, at 16 a second; it arrives at a last frame."""

    card: ClassVar[Card] = ToyAnimator.card.model_copy(
        update={
            "name": "toy-video",
            "dialect": "prose",
            "summary": "The toy animator as a video model that reads: a frame grid, a rate, a last frame",
            "accepts": frozenset({"mouths", "last_frame"}),
            "side_step": 2,
            "frame_step": 4,
            "max_frames": 17,
            "rates": (Fraction(16),),
        }
    )

    def animate(
        self,
        shot: Shot,
        first: Still,
        *,
        frames: int,
        seed: int,
        last: Still | None = None,
        mouths: Mouths | None = None,
    ) -> Clip:
        # The text it reads changes the colour of its mark, as another seed does.
        read = int(_random(shot.prompt.text, seed).integers(2**31)) if shot.prompt.text else seed
        clip = super().animate(shot, first, frames=frames, seed=read, last=last, mouths=mouths)
        return clip if last is None else Clip(frames, shot.size, shot.rate, lambda: _arriving(clip, last))


def _arriving(clip: Clip, last: Still) -> Iterator[Still]:
    """``clip`` with ``last`` drawn over it from the left, a little more in every frame."""
    for frame, picture in enumerate(clip):
        drawn = picture.shape[1] * frame // (clip.frames - 1)
        yield np.concatenate([last[:, :drawn], picture[:, drawn:]], axis=1)


class ToyVoice(_SizedToy):
    """One soft tone per unit of text (about a syllable); its pitch comes from the character."""

    card: ClassVar[Card] = _card("voice", "Tones, one per unit of text").model_copy(
        update={"languages": ("ja", "en")}
    )

    @classmethod
    def check_line(cls, text: str, *, language: Language, voice: VoiceSpec, character: str) -> None:
        lines.check(cls.card, text, language)

    def speak(self, text: str, *, language: Language, voice: VoiceSpec, character: str, seed: int) -> Sound:
        self.check_line(text, language=language, voice=voice, character=character)
        units = max(1, len(text) if language == "ja" else len(text.split()) * 2)
        step = int(HERTZ * 0.12 / voice.speed)
        pitch = 150 * 2 ** (_random(character, voice.voice).uniform(0, 1) + voice.pitch / 12)
        moments = np.arange(units * step) / HERTZ
        swell = 0.5 - 0.5 * np.cos(2 * np.pi * np.minimum(1, np.arange(step) / step))
        samples = 0.3 * np.sin(2 * np.pi * pitch * moments) * (0.1 + 0.9 * np.tile(swell, units))
        return Sound(_faded(samples.astype(np.float32)), HERTZ)


class ToyFoley(_Toy):
    """A short hum; its pitch comes from the name."""

    card: ClassVar[Card] = _card("foley", "A hum per name")

    def sounds(self) -> tuple[str, ...]:
        return SOUNDS

    def make(self, sound: str, *, seconds: float, seed: int) -> Sound:
        if sound not in SOUNDS:
            raise InputRefused(f"No sound is called {sound!r}. Known: {', '.join(SOUNDS)}.")
        count = round(HERTZ * (seconds or 0.4))
        pitch = _random(sound, seed).uniform(200, 900)
        level = 0.0 if sound == "silence" else 0.1
        tone = level * np.sin(2 * np.pi * pitch * np.arange(count) / HERTZ)
        return _stereo(tone)


class ToyComposer(_Toy):
    """A held fifth; silence for the mood ``none``."""

    card: ClassVar[Card] = _card("composer", "A held fifth")

    def compose(self, mood: Mood, *, seconds: float, seed: int) -> Sound:
        moments = np.arange(round(HERTZ * seconds)) / HERTZ
        root = _random(mood, seed).choice([196.0, 220.0, 261.6])
        level = 0.0 if mood == "none" else 0.06
        return _stereo(level * (np.sin(2 * np.pi * root * moments) + np.sin(3 * np.pi * root * moments)))


class ToyUpscaler(_SizedToy):
    """Nearest neighbour."""

    card: ClassVar[Card] = _card("upscaler", "Nearest neighbour")

    def upscale(self, picture: Still, *, size: tuple[int, int]) -> Still:
        self.check_held()
        height, width = picture.shape[:2]
        if size[0] < width or size[1] < height:
            raise ShapeRefused(f"{width}x{height} cannot be enlarged to {size[0]}x{size[1]}.")
        rows = np.arange(size[1]) * height // size[1]
        columns = np.arange(size[0]) * width // size[0]
        return np.ascontiguousarray(picture[rows][:, columns])


class ToyJudge(_SizedToy):
    """The difference of neighbouring frames, and how close the first frame is to its panel."""

    card: ClassVar[Card] = _card("judge", "Mean absolute differences")

    def judge(
        self, shot: Shot, clip: Clip, *, panel: Still, mouths: Mouths | None = None
    ) -> dict[str, float]:
        before: Still | None = None
        moved, near = [0.0], 1.0
        for picture in clip:
            if before is None:
                near = 1 - _distance(panel, picture)
            else:
                moved.append(_distance(before, picture))
            before = picture
        return {"motion": float(np.mean(moved)), "first_frame_similarity": near}


class ToyCaptioner(_Toy):
    """The size of the picture, and whether it is light or dark."""

    card: ClassVar[Card] = _card("captioner", "Says how large and how light a picture is")

    def caption(self, picture: Still, *, dialect: CaptionDialect = "prose", hint: str = "") -> str:
        self.check_held()
        height, width = picture.shape[:2]
        words = ["light" if picture.mean() > 127 else "dark", f"{width}x{height}", *hint.split()]
        return ", ".join(words) if dialect == "tags" else f"A {words[0]} picture, {' '.join(words[1:])}."


def _distance(one: Still, other: Still) -> float:
    return float(np.abs(one.astype(np.int16) - other).mean() / 255)


def _faded(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    edge = min(len(samples) // 2, 240)  # 5 ms: a shorter fade clicks
    ramp = np.linspace(0, 1, edge, dtype=np.float32)
    samples[:edge] *= ramp
    samples[len(samples) - edge :] *= ramp[::-1]
    return samples


def _stereo(tone: NDArray[np.float64]) -> Sound:
    mono = _faded(tone.astype(np.float32))
    return Sound(np.stack([mono, mono], axis=1), HERTZ)
