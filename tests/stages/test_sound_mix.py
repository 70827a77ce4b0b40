import tracemalloc
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from assets.errors import ModelFailed
from assets.matter import Sound
from assets.media import sound as files
from assets.sheets.production import Placed, Ref
from stages.sound.ducking import DuckOptions
from stages.sound.limiter import Limiter
from stages.sound.mix import SIZE, Mixed, MixOptions, length, mix

RATE = 48_000
FILM = Fraction(24000, 1001)


class Shelf:
    """Sounds on disk under made-up references."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.fetched: list[str] = []

    def put(self, name: int, samples: np.ndarray, rate: int = RATE) -> Ref:
        ref = Ref(sha256=f"{name:064x}", bytes=1, media_type="audio/flac")
        files.write(self.path(ref), Sound(samples.astype(np.float32), rate))
        return ref

    def path(self, ref: Ref) -> Path:
        self.fetched.append(ref.sha256)
        return self.folder / f"{ref.sha256}.flac"


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    (tmp_path / "shelf").mkdir()
    return Shelf(tmp_path / "shelf")


def mixed(shelf: Shelf, sounds: list[Placed], *, frames: int = 96, rate: Fraction = Fraction(24)) -> Mixed:
    return mix(sounds, frames=frames, rate=rate, folder=shelf.folder.parent, fetch=shelf.path)


def tone(seconds: float, hertz: float = 220.0, peak: float = 0.2) -> np.ndarray:
    return peak * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)


def noise(seconds: float, peak: float = 0.2) -> np.ndarray:
    return peak * np.random.default_rng(3).uniform(-1, 1, (round(seconds * RATE), 2))


@pytest.mark.parametrize("rate", [Fraction(24), FILM, Fraction(25), Fraction(30000, 1001)])
@pytest.mark.parametrize("frames", [1, 97])
def test_stems_and_master_are_exactly_as_long_as_the_picture(shelf: Shelf, rate: Fraction, frames: int):
    voice = Placed(stem="voice", name="v", sound=shelf.put(1, tone(9)), at=0, frames=frames)

    made = mixed(shelf, [voice], frames=frames, rate=rate)

    lengths = {len(files.read(path).samples) for path in (*made.stems.values(), made.master)}
    assert lengths == {length(frames, rate)} == {round(frames / rate * RATE)}


def test_the_stems_add_up_to_the_master(shelf: Shelf):
    sounds = [
        Placed(stem="voice", name="v", sound=shelf.put(1, tone(1)), at=20, frames=24, pan=-0.3),
        Placed(stem="effects", name="e", sound=shelf.put(2, noise(1)), at=0, frames=90, loop=True),
        Placed(stem="music", name="m", sound=shelf.put(3, noise(4)), at=0, frames=96, fade_in=9, fade_out=9),
    ]

    made = mixed(shelf, sounds)

    total = sum(files.read(path).samples for path in made.stems.values())
    assert not made.limited
    assert np.abs(total - files.read(made.master).samples).max() < 1e-4


def test_no_sound_at_all_is_silence_of_the_right_length(shelf: Shelf):
    made = mixed(shelf, [])

    master = files.read(made.master).samples
    assert master.shape == (4 * RATE, 2)
    assert not master.any()


def test_a_sound_begins_on_the_sample_of_its_frame(shelf: Shelf):
    voice = Placed(stem="voice", name="v", sound=shelf.put(1, np.full(RATE, 0.5)), at=41, frames=24)

    made = mixed(shelf, [voice], rate=FILM)

    dialogue = files.read(made.stems["dialogue"]).samples
    assert np.flatnonzero(dialogue.any(axis=1))[0] == round(41 * RATE / FILM)


def test_pan_keeps_the_power_and_moves_the_side(shelf: Shelf):
    sound = shelf.put(1, tone(1))

    def sides(pan: float) -> np.ndarray:
        voice = Placed(stem="voice", name="v", sound=sound, at=0, frames=24, pan=pan)
        return (files.read(mixed(shelf, [voice], frames=24).stems["dialogue"]).samples ** 2).mean(axis=0)

    centre, left, hard = sides(0), sides(-0.4), sides(-1)
    assert centre[0] == pytest.approx(centre[1], rel=1e-3)
    assert left.sum() == pytest.approx(centre.sum(), rel=1e-3)
    assert left[0] > 2 * left[1]
    assert hard[1] == pytest.approx(0, abs=1e-9)


def test_music_is_down_before_the_word_and_up_again_after_it(shelf: Shelf):
    music = Placed(stem="music", name="m", sound=shelf.put(1, np.full(8 * RATE, 0.2)), at=0, frames=192)
    voice = Placed(stem="voice", name="v", sound=shelf.put(2, tone(1)), at=72, frames=24)
    ducked = DuckOptions()

    level = files.read(mixed(shelf, [music, voice], frames=192).stems["music"]).samples[:, 0]

    full, low = level[RATE], level[RATE] * 10 ** (ducked.music_db / 20)
    assert level[3 * RATE] == pytest.approx(low, rel=0.02)
    assert level[int(3.9 * RATE)] == pytest.approx(low, rel=0.02)
    assert level[int((3 - ducked.attack - 0.1) * RATE)] == pytest.approx(full, rel=0.02)
    assert level[int((4 + ducked.release + 0.1) * RATE)] == pytest.approx(full, rel=0.02)


def test_music_does_not_rise_in_a_short_pause_between_lines(shelf: Shelf):
    music = Placed(stem="music", name="m", sound=shelf.put(1, np.full(8 * RATE, 0.2)), at=0, frames=192)
    word = shelf.put(2, tone(1))
    lines = [Placed(stem="voice", name="v", sound=word, at=at, frames=24) for at in (48, 90)]

    level = files.read(mixed(shelf, [music, *lines], frames=192).stems["music"]).samples[:, 0]

    assert np.ptp(level[2 * RATE : int(4.7 * RATE)]) < 0.01 * level[RATE // 2]


def test_an_effect_that_happens_once_does_not_step_back(shelf: Shelf):
    thud = Placed(stem="effects", name="e", sound=shelf.put(1, np.full(RATE, 0.2)), at=24, frames=24)
    voice = Placed(stem="voice", name="v", sound=shelf.put(2, tone(1)), at=24, frames=24)

    alone = files.read(mixed(shelf, [thud]).stems["effects"]).samples

    assert (files.read(mixed(shelf, [thud, voice]).stems["effects"]).samples == alone).all()


def test_a_loop_fills_its_frames_at_an_even_level(shelf: Shelf):
    rain = Placed(stem="effects", name="rain", sound=shelf.put(1, noise(2)), at=0, frames=240, loop=True)

    stem = files.read(mixed(shelf, [rain], frames=240).stems["effects"]).samples

    powers = (stem.reshape(-1, RATE // 10, 2) ** 2).mean(axis=(1, 2))[1:-1]
    assert powers.min() > 0.75 * powers.mean()
    assert powers.max() < 1.25 * powers.mean()


def test_nothing_clicks_where_sounds_start_stop_and_meet(shelf: Shelf):
    """A tone of 220 Hz at 0.2 moves at most 0.006 a sample; a hard cut in it jumps by up to 0.2."""
    ref = shelf.put(1, tone(2.013))
    sounds = [
        Placed(stem="effects", name="loop", sound=ref, at=0, frames=200, loop=True, fade_in=4, fade_out=4),
        Placed(stem="effects", name="cut short", sound=ref, at=11, frames=17),
        Placed(stem="music", name="m", sound=ref, at=51, frames=13, fade_in=3, fade_out=3),
        Placed(stem="voice", name="v", sound=shelf.put(2, tone(0.5)), at=90, frames=12),
    ]

    made = mixed(shelf, sounds, frames=240)

    for path in made.stems.values():
        jumps = np.abs(np.diff(files.read(path).samples, axis=0))
        assert jumps.max() < 0.012


def test_a_long_sound_is_the_same_in_blocks_as_in_one_piece(shelf: Shelf):
    wave = noise(3 * SIZE / RATE)
    effect = Placed(stem="effects", name="e", sound=shelf.put(1, wave), at=3, frames=200)

    stem = files.read(mixed(shelf, [effect], frames=240).stems["effects"]).samples

    start = 3 * RATE // 24
    assert np.abs(stem[start : start + len(wave)] - wave).max() < 1e-6


def test_overloads_are_held_under_the_ceiling_and_said(shelf: Shelf):
    loud = shelf.put(1, tone(2, peak=0.9))
    sounds = [Placed(stem=stem, name=stem, sound=loud, at=0, frames=48) for stem in ("voice", "effects")]

    made = mixed(shelf, sounds, frames=48)

    assert made.limited
    assert np.abs(files.read(made.master).samples).max() <= MixOptions().ceiling + 1e-4


def test_a_sound_at_another_rate_is_a_machines_failure(shelf: Shelf):
    voice = Placed(stem="voice", name="aoi", sound=shelf.put(1, tone(0.2), rate=24_000), at=0, frames=24)

    with pytest.raises(ModelFailed, match="aoi came at 24000 Hz"):
        mixed(shelf, [voice])


def test_memory_stays_flat_as_the_episode_grows(shelf: Shelf):
    music, word, rain = shelf.put(1, noise(20)), shelf.put(2, tone(2)), shelf.put(3, noise(2))

    def peak(seconds: int) -> int:
        sounds = [
            sound
            for at in range(0, seconds * 24, 20 * 24)
            for sound in (
                Placed(stem="music", name="m", sound=music, at=at, frames=480),
                Placed(stem="voice", name="v", sound=word, at=at, frames=48),
                Placed(stem="effects", name="r", sound=rain, at=at, frames=480, loop=True),
            )
        ]
        tracemalloc.start()
        mixed(shelf, sounds, frames=seconds * 24)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(60) < 1.2 * peak(20)


def test_a_limiter_gives_back_what_it_took_when_nothing_is_loud():
    limiter = Limiter(ceiling=0.9, hertz=RATE)
    blocks = [noise(0.1).astype(np.float32), noise(0.001).astype(np.float32), noise(0.2).astype(np.float32)]

    out = np.concatenate([*(limiter.pass_on(block) for block in blocks), limiter.rest()])

    assert (out == np.concatenate(blocks)).all()
    assert not limiter.acted


@pytest.mark.parametrize("size", [50, 1000, 7777])
def test_a_limiter_holds_every_peak_wherever_the_blocks_fall(size: int):
    wave = np.random.default_rng(2).standard_normal((RATE // 2, 2)).astype(np.float32)
    limiter = Limiter(ceiling=0.9, hertz=RATE)

    out = [limiter.pass_on(wave[at : at + size]) for at in range(0, len(wave), size)]
    out.append(limiter.rest())

    held = np.concatenate(out)
    assert len(held) == len(wave)
    assert np.abs(held).max() <= 0.9 + 1e-6
