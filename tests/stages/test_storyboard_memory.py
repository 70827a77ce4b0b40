"""A panel with a layout on a device that holds one of the two painters."""

from contextlib import ExitStack
from fractions import Fraction

import numpy as np

from assets.media.picture import to_png
from assets.sheets.bible import Art, Character, Place, Reference
from assets.sheets.cutsheet import Cut, Cutsheet, Staged
from assets.vault import Vault
from models.lease import lease
from models.memory import DeviceMemory
from models.ports import Painter
from stages.storyboard import PanelModels, PanelOrder, PanelPiece, StoryboardOptions, draw
from stages.work_cache import WorkCache

SIZE = (64, 36)


class Silent:
    run = 1

    def began(self, step, total): ...
    def moved(self, step, name, part): ...
    def begin(self, recipe, step, name): ...
    def finish(self, recipe, seconds): ...
    def done(self, done): ...


def sheet(art: Art) -> Cutsheet:
    return Cutsheet(
        episode="ep01",
        rate=Fraction(24),
        cast=(Character(id="rin", names=("RIN",), art=art),),
        places=(Place(id="roof", names=("ROOF",), kind="rooftop"),),
        cuts=(Cut(number="C001", scene="S01", place="roof", frames=5, staged=(Staged(character="rin"),)),),
    )


def test_a_layout_is_painted_before_the_painter_that_it_displaces_is_loaded(tmp_path):
    """The painter was loaded first, given back for the layout's, and then asked to paint."""
    memory = DeviceMemory("cuda:0", lambda: 8 - memory.held_gb)
    cache = WorkCache(Vault.open(tmp_path / "vault"), None, calls=Silent(), watch=Silent())
    with ExitStack() as leases:
        painter, layout = (
            leases.enter_context(lease(Painter, name, "cuda:0", options={"vram_gb": 6}, memory=memory))
            for name in ("toy-reader", "toy")
        )
        models = PanelModels(painter, layout=layout)
        order = PanelOrder.of(sheet(Art(tags="silver hair")), SIZE, StoryboardOptions(), models)

        panel = draw(PanelPiece(cut="C001"), order, models, cache)

    assert "silver hair" in panel.prompt
    assert (painter.loads, layout.loads, memory.peak_gb) == (1, 1, 6)


def test_a_layouts_painter_is_given_only_what_its_own_card_accepts(tmp_path):
    """It was given the other painter's prompt and references, which it does not accept."""
    vault = Vault.open(tmp_path / "vault")
    picture = vault.put(to_png(np.full((8, 8, 3), 60, np.uint8)), "image/png")
    shown = Reference(file="rin.png", sha256=picture.sha256, bytes=picture.bytes)
    cache = WorkCache(vault, None, calls=Silent(), watch=Silent())
    with lease(Painter, "toy-reader") as painter, lease(Painter, "toy") as layout:
        models = PanelModels(painter, layout=layout)
        order = PanelOrder.of(sheet(Art(references=(shown,))), SIZE, StoryboardOptions(), models)

        assert draw(PanelPiece(cut="C001"), order, models, cache).cut == "C001"
