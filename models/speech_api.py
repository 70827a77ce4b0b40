"""Use any OpenAI-compatible speech endpoint as a voice: Kokoro-FastAPI, vLLM-Omni, Speaches, or a paid service.

In: a line, a VoiceSpec, a character id; a URL from the profile.      Out: mono speech at 48 kHz.
Protocol: POST /v1/audio/speech with model, input, voice, speed, response_format; the answer is the sound file.
A server that chooses its own randomness gives other bytes for the same line: what came first stays, by recipe.
The key is read from the environment variable that the profile names, and is in no message, log or sheet.
"""

import struct
from typing import Any, Literal, Self

import numpy as np
from pydantic import Field, field_validator

from assets.errors import BlobDamaged, InputRefused, ModelFailed, ShapeRefused
from assets.matter import Sound
from assets.media import sound as sounds
from assets.sheets.bible import Language, VoiceSpec
from models import libraries
from models.card import Card
from models.connection import Answer, Call, Connection, Retry, read_object
from models.engines.options import Address
from models.sound import casting, level, lines, pitch, reading, resampling, silence
from models.sound.casting import ANYONE, KINDS, Shape

RATE = 48_000
NEEDS = "The speech-api voice needs a server: give url, model and voices as its options in the profile."
QUIETEST = 0.002  # peak; below it the server sent silence
# Slow speech is 3 letters a second; servers that stumble repeat a line until their limit.
LETTER_S, REST_S = 0.6, 8.0
OTHER_FORMATS = (
    (b"ID3", "MP3"),
    (b"\xff\xfb", "MP3"),
    (b"\xff\xf3", "MP3"),
    (b"OggS", "Ogg"),
    (b"<", "a page"),
)


class SpeechOptions(Address):
    """Where the server is, which model it runs, and which of its voices speak for whom."""

    model: str = Field(min_length=1, max_length=200, description="As the server names it")
    voices: dict[str, tuple[str, ...]] = Field(
        min_length=1,
        description="The server's voices by kind of person: woman, man, girl, boy, elder_woman, elder_man; '' is for "
        "everybody else, and has to be there. A voice that the bible names is sent as it is",
    )
    languages: tuple[Language, ...] = Field(default=("ja", "en"), min_length=1)
    format: Literal["wav", "flac"] = "wav"
    instructions: str = Field(
        default="", max_length=1000, description="How to speak, for servers that take instructions"
    )
    seeded: bool = Field(
        default=False, description="Send a seed; some servers refuse a field they do not know"
    )
    vary: bool = Field(default=False, description="Give characters who share a voice slightly other pitches")
    revision: str = Field(
        default="unstated", description="What the server runs, for the recipe: a commit, a date"
    )
    licence: str = Field(default="LicenseRef-unstated", description="SPDX expression of the weights or terms")
    training_data: str = Field(default="as stated by whoever runs the server", max_length=500)

    @field_validator("url")
    @classmethod
    def _without_the_version(cls, value: str) -> str:
        return value.removesuffix("/v1")

    @field_validator("voices")
    @classmethod
    def _somebody_speaks_for_everybody(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        unknown = [kind for kind in value if kind not in (*KINDS, ANYONE)]
        if unknown or not value.get(ANYONE):
            raise ValueError(f"voices are named for {', '.join(KINDS)}, and '' has at least one")
        return value

    def shapes(self, asked: str) -> dict[str, tuple[Shape, ...]]:
        """The voices for casting; ``asked`` by name counts as one of them."""
        everybody = self.voices[ANYONE]
        known = {kind: tuple(map(Shape, self.voices.get(kind, everybody))) for kind in (*KINDS, ANYONE)}
        return {asked: (Shape(asked),), **known}


class SpeechApi:
    """Port Voice over HTTP."""

    Options = SpeechOptions
    card: Card = Card(
        name="speech-api",
        port="voice",
        adapter_version=1,
        gpu_share=0,
        summary="Any OpenAI-compatible speech endpoint",
        licence="LicenseRef-unstated",
        weights="as the server's",
        revision="unstated",
        training_data="as stated by whoever runs the server",
        concurrent=True,
        languages=("ja", "en"),
    )

    def __init__(self, options: SpeechOptions, connection: Connection) -> None:
        self.card = self.carded(options)
        self._options, self._connection = options, connection

    @classmethod
    def lacks(cls) -> str:
        return NEEDS

    @classmethod
    def lacks_with(cls, options: SpeechOptions) -> str:
        """Nothing, once its options name a server."""
        return ""

    @classmethod
    def carded(cls, options: SpeechOptions | None) -> Card:
        if options is None:
            return cls.card
        said = options.model_dump(include={"licence", "revision", "training_data", "languages"})
        return cls.card.model_copy(update={**said, "weights": options.model})

    @classmethod
    def load(cls, device: str, options: SpeechOptions | None = None) -> Self:
        """Connect, and ask whether the server has the model. ``device`` is ignored."""
        if options is None:
            raise InputRefused(NEEDS)
        made = cls(options, options.connect("the speech-api voice"))
        try:
            made._check_model()
        except BaseException:
            made.unload()
            raise
        libraries.torchaudio()
        return made

    def unload(self) -> None:
        self._connection.close()

    @classmethod
    def check_line(cls, text: str, *, language: Language, voice: VoiceSpec, character: str) -> None:
        """Refuse a line that ``speak`` would refuse, whatever server there is."""
        lines.check(cls.card, text, language)

    def speak(self, text: str, *, language: Language, voice: VoiceSpec, character: str, seed: int) -> Sound:
        """Say ``text``; see the port. A ModelFailed says what the server did and what to do about it."""
        lines.check(self.card, text, language)
        cast = casting.cast(voice, character, model="speech-api", voices=self._options.shapes(voice.voice))
        if reading.is_wordless(text):
            return Sound(silence.breath(RATE, seed=seed), RATE)
        call = Call("POST", "/v1/audio/speech", json=self._asked(text, cast, voice, seed))
        spoken = self._connection.send(call, lambda answer: self._read(answer, text), seed=seed)
        higher, larger = (cast.pitch, cast.size) if self._options.vary else (voice.pitch, 0.0)
        if higher or larger:
            spoken = pitch.shift(spoken, RATE, semitones=higher, formants=larger)
        return Sound(level.level(silence.trim(spoken, RATE)), RATE)

    def _asked(self, text: str, cast: casting.Casting, voice: VoiceSpec, seed: int) -> dict[str, Any]:
        options = self._options
        speed = cast.speed if options.vary else voice.speed
        asked: dict[str, Any] = {
            "model": options.model,
            "input": text,
            "voice": cast.voice,
            "speed": round(speed, 3),
            "response_format": options.format,
        }
        if options.instructions:
            asked["instructions"] = options.instructions
        return {**asked, "seed": seed % 2**31} if options.seeded else asked

    def _read(self, answer: Answer, text: str) -> level.Samples:
        """Mono at 48 kHz. Bytes that are broken are worth another attempt; a wrong sound is a failure."""
        heard = self._decoded(answer.body)
        samples = heard.samples if heard.samples.ndim == 1 else heard.samples.mean(axis=1)
        spoken = resampling.resample(np.ascontiguousarray(samples, np.float32), heard.rate, RATE)
        longest = LETTER_S * len(text) + REST_S
        if not len(spoken) or float(np.abs(spoken).max()) < QUIETEST:
            raise Retry(f"silence of {heard.seconds:.1f} s")
        if heard.seconds > longest:
            raise Retry(f"{heard.seconds:.1f} s of sound for {len(text)} letters")
        return spoken

    def _decoded(self, data: bytes) -> Sound:
        for start, name in OTHER_FORMATS:
            if data.startswith(start):
                raise ModelFailed(
                    f"{self._options.url} sent {name} where {self._options.format} was asked for. Set format in the "
                    "profile to one that it has (wav, flac), or use another server."
                )
        try:
            return sounds.from_bytes(_with_its_length(data))
        except ShapeRefused as error:
            raise ModelFailed(f"{self._options.url} sent a sound that cannot be used: {error}") from error
        except BlobDamaged as error:
            raise Retry(f"{len(data):,} bytes that are no sound") from error

    def _check_model(self) -> None:
        """Refuse a model that the server does not list. Some servers have no list."""
        missing = frozenset({404, 405, 501})
        call = Call("GET", "/v1/models", allowed=missing)

        def read(answer: Answer) -> None:
            if answer.status in missing:
                return
            listed = read_object(answer).get("data")
            names = (
                [one.get("id") for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
            )
            if names and self._options.model not in names:
                told = ", ".join(str(name)[:60] for name in names[:12])
                raise ModelFailed(
                    f"{self._options.url} has no model {self._options.model!r}; it has {told}. Choose one of them."
                )

        self._connection.send(call, read)


def _with_its_length(data: bytes) -> bytes:
    """A WAV that was streamed says a length of 0 or of four gigabytes: state what is really there."""
    at = data.find(b"data", 12, 4096)
    if data[:4] != b"RIFF" or at < 0 or len(data) < at + 8:
        return data
    stated = int.from_bytes(data[at + 4 : at + 8], "little")
    if 0 < stated <= len(data) - at - 8:
        return data
    if 0 < stated < 0x7FFF0000:
        raise Retry(f"a sound cut off after {len(data):,} bytes")
    body = data[at + 8 :]
    return (
        data[:4] + struct.pack("<I", len(data) - 8) + data[8 : at + 4] + struct.pack("<I", len(body)) + body
    )
