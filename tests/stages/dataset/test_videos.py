"""Videos in a dataset: parts on the model's grid and rate, and nothing lost without a word."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.errors import InputRefused
from assets.media import video
from assets.sheets.dataset import Clips, Footage, Manifest, Rights, Showing
from assets.vault import Vault
from models.training.material import shown
from stages.dataset import freeze, intake
from stages.dataset.excerpts import excerpts

RATE, FRAMES = Fraction(24), 60


@pytest.fixture
def folder(tmp_path):
    """One video that grows brighter by 4 with each frame, with its caption."""
    art = tmp_path / "art"
    art.mkdir()
    frames = (np.full((64, 96, 3), 4 * number, np.uint8) for number in range(FRAMES))
    video.encode(frames, art / "1.mp4", size=(96, 64), rate=RATE, quality=video.VideoQuality(crf=4))
    (art / "1.txt").write_text("nagi turns")
    return art


def told(**clips):
    showing = Showing(resolution=64, bucket_step=16, clips=Clips(**clips) if clips else None)
    return intake.Intake("core", Rights(creator="A", grant="G-1"), showing)


def frozen(folder, tmp_path, **clips) -> Manifest:
    vault = Vault.open(tmp_path / "vault")
    return freeze.freeze(intake.take_in(folder, told(**clips)), folder, vault)


def test_a_video_without_a_rule_how_it_is_shown_is_refused(folder):
    with pytest.raises(InputRefused, match=r"1\.mp4 is a video, and nothing says how"):
        intake.take_in(folder, told())


def test_a_part_is_on_the_models_grid_and_taken_at_its_rate(folder, tmp_path):
    """60 frames at 24 per second are 40 at 16: every third frame of two is left out."""
    made = frozen(folder, tmp_path, mode="chunk", frames=17, rate=16)

    assert [(each.excerpt.start, each.excerpt.frames) for each in made.works] == [(0, 17), (17, 17), (23, 17)]
    freeze.check_root(made)
    frames = shown(folder / "1.mp4", made.works[1], made.showing)
    source = [int((17 + number) * Fraction(24, 16)) for number in range(17)]
    assert frames.shape == (17, *made.works[1].bucket[::-1], 3)
    assert np.abs(frames.mean((1, 2, 3)) - 4 * np.array(source)).max() < 3


@given(
    frames=st.integers(1, 400),
    rate=st.sampled_from(["8", "24", "30000/1001", "60"]),
    length=st.integers(0, 30).map(lambda k: 4 * k + 1),
    mode=st.sampled_from(["head", "chunk", "uniform"]),
    to=st.sampled_from([8, 16, 24]),
)
def test_every_part_is_inside_the_video_and_has_4k_plus_1_frames(frames, rate, length, mode, to):
    parts = excerpts(Footage(frames=frames, rate=rate), Clips(mode=mode, frames=length, rate=to, count=3))

    step = Fraction(rate) / to
    assert parts and {part.frames % 4 for part in parts} == {1}
    assert max(int((part.start + part.frames - 1) * step) for part in parts) < frames
    if mode == "chunk":
        seen = {frame for part in parts for frame in range(part.start, part.start + part.frames)}
        assert seen == set(range(max(1, int(frames / step))))


def test_a_length_off_the_grid_is_refused():
    with pytest.raises(ValueError, match="17 or 21"):
        Clips(frames=18)
