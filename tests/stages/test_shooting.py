"""One attempt at one cut with a video model: what it is given, by its card, and which models are loaded for it."""

from collections import Counter
from contextlib import ExitStack
from fractions import Fraction

import numpy as np
import pytest

from assets.media.picture import to_png
from assets.media.video import decode
from assets.sheets.bible import Character, Place
from assets.sheets.cutsheet import Cut, Cutsheet, Staged
from assets.sheets.production import Ending, Panel, Take
from assets.timing import Span
from assets.vault import Vault
from models.lease import lease
from models.memory import DeviceMemory
from models.ports import PROTOCOLS
from stages.shots.shot import shot
from stages.takes.order import Attempt, TakeModels, TakeOptions, TakeOrder, TakePiece
from stages.takes.shooting import animate
from stages.takes.windows import WindowOptions
from stages.work_cache import WorkCache

SIZE = (64, 36)
CUT = Cut(number="C001", scene="S01", place="roof", frames=72, staged=(Staged(character="rin"),))
SHEET = Cutsheet(
    episode="ep01",
    rate=Fraction(24),
    cast=(Character(id="rin", names=("RIN",)),),
    places=(Place(id="roof", names=("ROOF",), kind="rooftop"),),
    cuts=(CUT,),
)


class Silent:
    run = 1

    def began(self, step, total): ...
    def moved(self, step, name, part): ...
    def begin(self, recipe, step, name): ...
    def finish(self, recipe, seconds): ...
    def done(self, done): ...


class Loads(DeviceMemory):
    """A device of 8 GiB, and how often each model was loaded on it."""

    def __init__(self):
        super().__init__("cuda:0", lambda: 8 - self.held_gb)
        self.counted: Counter[str] = Counter()

    def loaded(self, holder):
        self.counted[holder.card.port] += 1
        super().loaded(holder)


class Studio:
    """A vault, and models of 6, 6 and 4 GiB on a device of 8: no two of them fit together."""

    def __init__(self, vault: Vault, leases: ExitStack):
        self.vault, self.memory = vault, Loads()
        sizes = {"animator": ("toy-video", 6), "painter": ("toy-reader", 6), "upscaler": ("toy", 4)}
        self.leased = {
            port: leases.enter_context(
                lease(PROTOCOLS[port], name, "cuda:0", options={"vram_gb": size}, memory=self.memory)
            )
            for port, (name, size) in sizes.items()
        }

    def panel(self, seed: int = 1) -> Panel:
        painted = self.leased["painter"].model.paint(shot(SHEET, CUT, SIZE), seed=seed)
        self.leased["painter"].release()
        self.memory.counted.clear()
        image = self.vault.put(to_png(painted), "image/png")
        return Panel(cut="C001", image=image, recipe="a" * 64, basis="b" * 64)

    def take(self, chain: str, *, panel: Panel | None = None, last=None, attempt=None, **options) -> Take:
        models = TakeModels(
            self.leased["animator"],
            upscaler=self.leased["upscaler"] if options else None,
            painter=self.leased["painter"],
        )
        order = TakeOrder.of(SHEET, SIZE, TakeOptions(windows=WindowOptions(chain=chain), **options), models)
        piece = TakePiece(
            panel=panel or self.panel(), voiced={}, last=last, attempt=attempt or Attempt(seed=7)
        )
        return animate(piece, order, models, WorkCache(self.vault, None, calls=Silent(), watch=Silent()))

    def pictures(self, take: Take) -> list[np.ndarray]:
        return list(decode(self.vault.local(take.clip)))


@pytest.fixture
def studio(tmp_path):
    with ExitStack() as leases:
        yield Studio(Vault.open(tmp_path / "vault"), leases)


def test_windows_that_go_on_from_the_last_drawing_need_no_painter(studio):
    take = studio.take("last_drawing")

    assert take.frames == len(studio.pictures(take)) == 72
    assert studio.memory.counted == {"animator": 1}


def test_keyframes_for_both_ends_are_all_painted_before_the_animator_is_loaded(studio):
    take = studio.take("first_and_last")

    assert len(studio.pictures(take)) == 72
    assert studio.memory.counted == {"painter": 1, "animator": 1}
    assert studio.memory.peak_gb == 6


def test_painter_and_animator_take_turns_on_a_device_that_holds_one_of_them(studio):
    take = studio.take("keyframe")

    assert len(studio.pictures(take)) == 72
    assert studio.memory.counted == {"painter": 2, "animator": 3}  # three windows, two fresh keyframes
    assert studio.memory.peak_gb == 6


def test_an_upscaler_does_not_displace_an_animator_that_still_draws(studio):
    """The animator was released while its clip was read, and its next window failed."""
    take = studio.take("last_drawing", size=(32, 18))

    assert studio.pictures(take)[0].shape == (36, 64, 3)
    assert studio.memory.counted == {"animator": 1, "upscaler": 1}


@pytest.mark.parametrize("chain", ["last_drawing", "keyframe", "first_and_last"])
def test_a_take_of_several_windows_has_its_seams_measured(studio, chain):
    assert {"seam_difference", "median_difference"} <= studio.take(chain).measures.keys()


def test_a_take_arrives_at_the_picture_it_is_given(studio):
    panel = studio.panel()
    last = studio.panel(seed=99).model_copy(update={"cut": "C002"})
    take = studio.take("last_drawing", panel=panel, last=last)
    goal = studio.pictures(take)[-1].astype(int)
    aside = studio.pictures(studio.take("last_drawing", panel=panel))[-1].astype(int)
    wanted = studio.leased["painter"].model.paint(shot(SHEET, CUT, SIZE), seed=99).astype(int)

    assert np.abs(goal - wanted).mean() < np.abs(aside - wanted).mean() / 2
    assert take.ends == Ending(cut="C002", panel=last.image.sha256)


@pytest.mark.parametrize("chain", ["last_drawing", "keyframe", "first_and_last"])
def test_frames_outside_a_range_that_is_made_again_stay_as_they_were(studio, chain):
    panel = studio.panel()
    first = studio.take(chain, panel=panel)
    again = Attempt(seed=8, anew=True, redone=Span(start=30, stop=36), over=first.clip)

    before, now = studio.pictures(first), studio.pictures(studio.take(chain, panel=panel, attempt=again))

    # Encoded once more: the same picture to within what the codec changes.
    apart = [np.abs(one.astype(int) - other).mean() for one, other in zip(before, now, strict=True)]
    assert max(apart[:30] + apart[36:]) < 4
