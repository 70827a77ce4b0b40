"""What a judge says of a clip: asked once for the same clip, sound and judge, and used to rank takes."""

from fractions import Fraction

import numpy as np
import pytest

from assets.matter import Clip, Sound
from assets.media.picture import to_png
from assets.media.sound import to_flac_bytes
from assets.media.video import VideoQuality, encode
from assets.sheets.bible import Character, Place
from assets.sheets.cutsheet import Cut, Cutsheet, Line, Staged
from assets.sheets.production import Panel, Ref, Take, Voiced
from models.lease import Leased
from models.toy import ToyJudge
from stages.takes.measuring import Meant, measure
from stages.takes.ranking import RankingOptions, rank
from stages.work_cache import WorkCache

SIZE = (64, 36)
RATE = Fraction(24)
GREY = np.full((36, 64, 3), 120, np.uint8)
BLACK = np.zeros((36, 64, 3), np.uint8)
ON, OFF = (Line(character="rin", text="Hi.", heard=heard, at=4, frames=8) for heard in ("on", "off"))


def sheet(*lines: Line, frames: int = 12) -> Cutsheet:
    cut = Cut(
        number="C001",
        scene="S01",
        place="roof",
        frames=frames,
        staged=(Staged(character="rin"),),
        lines=lines,
    )
    return Cutsheet(
        episode="ep01",
        rate=RATE,
        cast=(Character(id="rin", names=("RIN",)),),
        places=(Place(id="roof", names=("ROOF",), kind="rooftop"),),
        cuts=(cut,),
    )


class Studio:
    """A vault with a grey panel, and clips and sounds to measure."""

    def __init__(self, folder, cache: WorkCache):
        self.folder, self.vault, self.cache = folder, cache.vault, cache
        image = self.vault.put(to_png(GREY), "image/png")
        self.panel = Panel(cut="C001", image=image, recipe="a" * 64, basis="b" * 64)

    def clip(self, first: np.ndarray = GREY) -> Ref:
        path = self.folder / "clip.mp4"
        clip = Clip(12, SIZE, RATE, lambda: iter([first] * 12))
        encode(clip, path, size=SIZE, rate=RATE, quality=VideoQuality())
        return self.vault.put_file(path, "video/mp4", move=True)

    def voice(self, hertz: float = 200) -> dict[int, Voiced]:
        wave = 0.3 * np.sin(2 * np.pi * hertz * np.arange(16_000) / 48_000)
        sound = self.vault.put(to_flac_bytes(Sound(wave.astype(np.float32), 48_000)), "audio/flac")
        return {0: Voiced(cut="C001", index=0, sound=sound, seconds=1 / 3, recipe="c" * 64)}

    def measured(self, clip: Ref, judge: Leased | None, *, cutsheet: Cutsheet | None = None, voiced=None):
        meant = Meant(self.panel, voiced or {}, cutsheet or sheet(), SIZE)
        return measure(clip, meant, judge=judge, cache=self.cache)


class Counting(ToyJudge):
    """The toy judge, and the mouths that it was given at each call."""

    asked: list[dict]

    def judge(self, shot, clip, *, panel, mouths=None):
        self.asked.append(mouths)
        return super().judge(shot, clip, panel=panel, mouths=mouths)


def judge(version: int = 1) -> Leased:
    """A counting judge of ``version`` on the CPU; what it was asked stands in ``adapter.asked``."""
    card = ToyJudge.card.model_copy(update={"adapter_version": version})
    return Leased(type("Counting", (Counting,), {"card": card, "asked": []}), "cpu")


@pytest.fixture
def studio(tmp_path, outcome_cache) -> Studio:
    return Studio(tmp_path, outcome_cache)


def test_without_a_judge_nothing_is_measured(studio):
    assert studio.measured(studio.clip(), None) == {}


def test_a_clip_is_measured_once_by_one_judge_and_again_by_a_newer_one(studio):
    clip, old, new = studio.clip(), judge(), judge(version=2)

    first, again = studio.measured(clip, old), studio.measured(clip, old)
    studio.measured(clip, new)

    assert first == again
    assert set(first) == {"motion", "first_frame_similarity"}
    assert (len(old.model.asked), len(new.model.asked)) == (1, 1)


def test_another_clip_length_or_heard_sound_is_measured_again_and_an_unseen_voice_is_not(studio):
    clip, seen = studio.clip(), judge()

    def asked(of: Ref, cutsheet: Cutsheet, voiced=None) -> int:
        before = len(seen.model.asked)
        studio.measured(of, seen, cutsheet=cutsheet, voiced=voiced)
        return len(seen.model.asked) - before

    assert asked(clip, sheet()) == 1
    assert asked(studio.clip(BLACK), sheet()) == 1
    assert asked(clip, sheet(frames=11)) == 1
    assert [asked(clip, sheet(ON), studio.voice(hertz)) for hertz in (200, 300, 200)] == [1, 1, 0]
    assert [asked(clip, sheet(OFF), studio.voice(hertz)) for hertz in (200, 300)] == [1, 0]


def test_a_judge_is_given_the_mouths_of_those_who_are_seen_to_speak(studio):
    seen = judge()

    studio.measured(studio.clip(), seen, cutsheet=sheet(ON), voiced=studio.voice())
    studio.measured(studio.clip(), seen, cutsheet=sheet(OFF), voiced=studio.voice())

    visible, unseen = seen.model.asked
    assert not visible["rin"][:4].any()
    assert visible["rin"][4:12].max() > 0.8
    assert unseen == {}


def test_the_clip_that_begins_with_its_panel_ranks_first(studio):
    seen, cutsheet = judge(), sheet()
    takes = [
        Take(
            cut="C001", number=number, clip=clip, frames=12, size=SIZE, recipe="a" * 64, basis="b" * 64,
            seed=number, measures=studio.measured(clip, seen),
        )
        for number, clip in enumerate((studio.clip(BLACK), studio.clip(GREY)), 1)
    ]  # fmt: skip

    assert takes[1].measures["first_frame_similarity"] > 0.95 > takes[0].measures["first_frame_similarity"]
    assert [place.take.number for place in rank(cutsheet.cuts[0], takes, RankingOptions())] == [2, 1]
