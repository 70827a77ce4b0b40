"""What decides the bytes of a panel and of a take is in its recipe; what only changes speed is not."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.sheets.bible import Art, Character, Lora, Place, Reference
from assets.sheets.cutsheet import Cut, Cutsheet, Line, Staged
from assets.sheets.look import Look
from assets.sheets.production import Panel, Ref
from assets.vault import Vault
from models.lease import lease
from models.ports import PROTOCOLS, Animator, Painter
from models.registry import ADAPTERS, adapter
from stages.continuity import basis, pictured
from stages.storyboard import PanelModels, PanelOrder, PanelPiece, Redraw, StoryboardOptions, draw
from stages.takes.order import Attempt, TakeModels, TakeOptions, TakeOrder, TakePiece
from stages.takes.shooting import work_of
from stages.takes.windows import WindowOptions
from stages.work import Unmade, Work
from stages.work_cache import WorkCache

CUT = Cut(
    number="C001",
    scene="S01",
    place="roof",
    frames=5,
    staged=(Staged(character="rin"),),
    lines=(Line(character="rin", text="Hello."),),
)
SIZE = (64, 36)
TINTS = st.integers(0, 55)
NO_ART = Art()


def sheet(cut: Cut = CUT, *, about: str = "", place: str = "", art: Art = NO_ART) -> Cutsheet:
    return Cutsheet(
        episode="ep01",
        rate=Fraction(24),
        cast=(Character(id="rin", names=("RIN",), about=about, look=Look(), art=art),),
        places=(Place(id="roof", names=("ROOF",), kind="rooftop", about=place),),
        cuts=(cut,),
    )


class Silent:
    """A Watch and a book of calls that nobody reads."""

    run = 1

    def began(self, step, total): ...
    def moved(self, step, name, part): ...
    def begin(self, recipe, step, name): ...
    def finish(self, recipe, seconds): ...
    def done(self, done): ...


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return WorkCache(Vault.open(tmp_path_factory.mktemp("vault")), None, calls=Silent(), watch=Silent())


def panel_work(
    cache: WorkCache,
    cutsheet: Cutsheet,
    *,
    options: Mapping[str, Any],
    painter: str = "toy",
    seed: int = 0,
    size=SIZE,
    attempt: int = 1,
    note: str = "",
) -> Work:
    """The piece of work that drawing the panel is; nothing is drawn."""
    piece = PanelPiece(cut="C001", redraw=Redraw(attempt=attempt, note=note))
    with (
        lease(Painter, painter, options=options) as leased,
        cache.lookup_only(),
        pytest.raises(Unmade) as unmade,
    ):
        models = PanelModels(leased)
        draw(piece, PanelOrder.of(cutsheet, size, StoryboardOptions(seed=seed), models), models, cache)
    return unmade.value.work


def picture(letter: str) -> Ref:
    return Ref(sha256=letter * 64, bytes=1, media_type="image/png")


def take_work(
    cutsheet: Cutsheet, *, options: Mapping[str, Any], panel: str = "a", seed: int = 0, crf: int = 18
) -> Work:
    """The piece of work that one attempt is; nothing is moved."""
    silent = cutsheet.cuts[0].model_copy(update={"lines": ()})  # nobody was recorded
    drawn = Panel(cut="C001", image=picture(panel), recipe="c" * 64, basis="b" * 64)
    quality = TakeOptions().quality.model_copy(update={"crf": crf})
    with lease(Animator, "toy", options=options) as animator:
        models = TakeModels(animator)
        order = TakeOrder.of(
            cutsheet.model_copy(update={"cuts": (silent,)}), SIZE, TakeOptions(quality=quality), models
        )
        return work_of(TakePiece(panel=drawn, voiced={}, attempt=Attempt(seed=seed)), order, models)


@given(one=TINTS, other=TINTS)
def test_an_option_that_shapes_the_result_changes_the_recipe_of_panel_and_take(cache, one, other):
    """A panel's recipe was once the same for 4 and for 50 steps."""
    panels = [panel_work(cache, sheet(), options={"tint": tint}).recipe for tint in (one, other)]
    takes = [take_work(sheet(), options={"tint": tint}).recipe for tint in (one, other)]

    assert (panels[0] == panels[1]) == (takes[0] == takes[1]) == (one == other)


@given(wait=st.integers(1, 60_000))
def test_an_option_that_only_changes_speed_changes_no_recipe(cache, wait):
    slow = {"wait_ms": wait}

    assert panel_work(cache, sheet(), options=slow).recipe == panel_work(cache, sheet(), options={}).recipe
    assert take_work(sheet(), options=slow).recipe == take_work(sheet(), options={}).recipe


@pytest.mark.parametrize(
    "changed", [{"seed": 1}, {"size": (66, 36)}, {"attempt": 2}], ids=["seed", "size", "attempt"]
)
def test_what_else_shapes_a_panel_changes_its_recipe(cache, changed):
    assert (
        panel_work(cache, sheet(), options={}, **changed).recipe
        != panel_work(cache, sheet(), options={}).recipe
    )


READS = {"painter": "toy-reader"}
LORA = Lora(file="a.safetensors", base="toy", sha256="1" * 64, bytes=9)
PICTURE = Reference(file="a.png", sha256="2" * 64, bytes=9)


def read(
    cache: WorkCache, *, art: Art = NO_ART, prompt: str = "", note: str = "", painter: str = "toy-reader"
) -> str:
    """The recipe of the panel of a cut with this art and prompt, ordered with this note."""
    cut = CUT.model_copy(update={"prompt": prompt})
    return panel_work(cache, sheet(cut, art=art), options={}, note=note, painter=painter).recipe


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"art": Art(tags="silver hair")}),
        ({}, {"art": Art(references=(PICTURE,))}),
        ({}, {"art": Art(loras=(LORA,))}),
        ({}, {"note": "longer hair"}),
        ({}, {"prompt": "rin, from above"}),
        (
            {"art": Art(references=(PICTURE,))},
            {"art": Art(references=(PICTURE.model_copy(update={"sha256": "3" * 64}),))},
        ),
        ({"art": Art(loras=(LORA,))}, {"art": Art(loras=(LORA.model_copy(update={"strength": 0.5}),))}),
        ({"art": Art(loras=(LORA,))}, {"art": Art(loras=(LORA.model_copy(update={"sha256": "3" * 64}),))}),
        ({"art": Art(loras=(LORA,))}, {"art": Art(loras=(LORA.model_copy(update={"trigger": "rin_v2"}),))}),
        ({"art": Art(loras=(LORA,))}, {"art": Art(loras=(LORA.model_copy(update={"expert": "low"}),))}),
    ],
    ids=[
        "tags",
        "reference",
        "lora",
        "note",
        "prompt",
        "reference hash",
        "strength",
        "lora hash",
        "trigger",
        "expert",
    ],
)
def test_what_a_model_reads_and_is_shown_changes_the_recipe_of_its_panel(cache, before, after):
    assert read(cache, **before) != read(cache, **after)


def test_a_panel_that_is_kept_tells_the_prompt_it_was_painted_with(cache, tmp_path):
    """It told the text of today, and not what its painter was sent."""
    own = WorkCache(cache.vault, tmp_path / "journal.jsonl", calls=Silent(), watch=Silent())
    said = []
    with lease(Painter, "toy-reader") as painter:
        models = PanelModels(painter)
        for name in ("FALLOW FIELD", "MEADOW"):  # the name of a plain place is read, and depicts nothing
            places = (Place(id="roof", names=(name,), kind="ground"),)
            named = sheet().model_copy(update={"places": places})
            order = PanelOrder.of(named, SIZE, StoryboardOptions(), models)
            said.append(draw(PanelPiece(cut="C001"), order, models, own).prompt)

    assert [done.outcome for done in own.done] == ["made", "kept"]
    assert "FALLOW FIELD" in said[0]
    assert said[1] == said[0]


def test_a_panel_with_another_lora_is_painted_again_and_one_with_the_same_is_kept(cache, tmp_path):
    """A LoRA that a person had approved and promoted was not to be seen in any cut that had a panel."""
    own = WorkCache(cache.vault, tmp_path / "journal.jsonl", calls=Silent(), watch=Silent())
    with lease(Painter, "toy-reader") as painter:
        models = PanelModels(painter)
        for weights, seed in ((b"old", 0), (b"new weights", 0), (b"new weights", 1)):
            ref = cache.vault.put(weights, LORA.media_type)
            lora = Lora(file="a.safetensors", base="toy", sha256=ref.sha256, bytes=ref.bytes)
            order = PanelOrder.of(sheet(art=Art(loras=(lora,))), SIZE, StoryboardOptions(seed=seed), models)
            draw(PanelPiece(cut="C001"), order, models, own)

    assert [done.outcome for done in own.done] == ["made", "made", "kept"]


@pytest.mark.parametrize(
    "given", [{"note": "longer hair"}, {"art": Art(loras=(LORA,), references=(PICTURE,))}]
)
def test_a_painter_that_takes_neither_notes_nor_loras_nor_references_keeps_its_recipe(cache, given):
    assert read(cache, painter="toy", **given) == read(cache, painter="toy")


@pytest.mark.parametrize(
    "changed", [{"seed": 1}, {"panel": "d"}, {"crf": 30}], ids=["seed", "panel", "quality"]
)
def test_what_else_shapes_a_take_changes_its_recipe(changed):
    assert take_work(sheet(), options={}, **changed).recipe != take_work(sheet(), options={}).recipe


LONG = CUT.model_copy(update={"frames": 100, "lines": ()})


def long_take(
    *, cut: Cut = LONG, art: Art = NO_ART, last: str = "", painter: str = "toy-reader", **windows: Any
) -> Work:
    """The piece of work that one attempt at a cut of several windows is."""
    drawn = Panel(cut="C001", image=picture("a"), recipe="c" * 64, basis="b" * 64)
    said = windows.pop("options", {})
    with lease(Animator, "toy-video") as animator, lease(Painter, painter, options=said) as paints:
        models = TakeModels(animator, painter=paints)
        options = TakeOptions(windows=WindowOptions(**windows))
        order = TakeOrder.of(sheet(cut, art=art), SIZE, options, models)
        ends = drawn.model_copy(update={"cut": "C002", "image": picture(last)}) if last else None
        return work_of(TakePiece(panel=drawn, voiced={}, last=ends, attempt=Attempt(seed=1)), order, models)


@pytest.mark.parametrize(
    "changed",
    [{"last": "d"}, {"chain": "keyframe"}, {"chain": "first_and_last"}, {"exposure": 1}],
    ids=lambda changed: next(iter(changed)),
)
def test_what_a_long_take_ends_with_and_how_it_is_chained_changes_its_recipe(changed):
    assert long_take(**changed).recipe != long_take().recipe


@pytest.mark.parametrize(
    "changed",
    [
        {"options": {"tint": 9}},
        {"painter": "toy"},
        {"art": Art(references=(PICTURE,))},
        {"art": Art(loras=(LORA,))},
        {"cut": LONG.model_copy(update={"prompt": "rin, from above"})},
    ],
    ids=["option", "painter", "reference", "lora", "prompt"],
)
def test_what_shapes_fresh_keyframes_changes_the_recipe_of_their_take(changed):
    fresh = {"chain": "keyframe"}

    assert long_take(**fresh, **changed).recipe != long_take(**fresh).recipe
    assert long_take(**fresh, options={"wait_ms": 5, "vram_gb": 3}).recipe == long_take(**fresh).recipe


def test_a_take_that_arrived_at_a_picture_which_is_not_the_next_panel_any_more_is_not_kept(cache):
    before, same, other, none = (long_take(last=last) for last in ("d", "d", "e", ""))
    vault = cache.vault
    fresh = WorkCache(vault, None, calls=Silent(), watch=Silent())
    fresh.get_or_make(before, lambda: {"clip": "made"})

    assert fresh.peek(same) == {"clip": "made"}
    assert fresh.peek(other) is None
    assert fresh.peek(none) is None


def test_a_take_that_was_made_before_takes_arrived_anywhere_is_kept(cache):
    fresh = WorkCache(cache.vault, None, calls=Silent(), watch=Silent())
    fresh.get_or_make(long_take(), lambda: {"clip": "made earlier"})

    assert fresh.peek(long_take(last="f")) == {"clip": "made earlier"}


@pytest.mark.parametrize(
    "changed",
    [
        sheet(about="long silver hair"),
        sheet(place="rusty water tank"),
        sheet(CUT.model_copy(update={"visual": "seen from below"})),
        sheet(CUT.model_copy(update={"size": "close"})),
        sheet(CUT.model_copy(update={"staged": (Staged(character="rin", expression="angry"),)})),
    ],
    ids=["about a character", "about a place", "visual", "size", "expression"],
)
def test_what_changes_what_a_panel_depicts_changes_what_its_take_depicts(changed):
    """A new panel once kept its old take: the panel's basis had a character's ``about``, the take's had not."""
    before = sheet()

    assert pictured(changed, changed.cuts[0]) != pictured(before, CUT)
    assert basis(changed, changed.cuts[0]) != basis(before, CUT)


def test_another_word_asks_for_another_take_and_for_no_other_panel():
    said = sheet(CUT.model_copy(update={"lines": (CUT.lines[0].model_copy(update={"text": "Bye."}),)}))

    assert pictured(said, said.cuts[0]) == pictured(sheet(), CUT)
    assert basis(said, said.cuts[0]) != basis(sheet(), CUT)


@pytest.mark.parametrize(("port", "name"), sorted(ADAPTERS))
def test_every_option_of_an_adapter_is_in_its_recipe_or_declared_as_speed_only(port, name):
    declared = getattr(adapter(port, name), "Options", None)
    if declared is None:
        with lease(PROTOCOLS[port], name) as leased:
            assert "options" not in leased.identity()
        return
    required = {
        field: {"str": "x", "model": "x"}.get(field, "x" * 40)
        for field, info in declared.model_fields.items()
        if info.is_required()
    }
    options = declared.model_construct(**required)

    assert options.aside <= declared.model_fields.keys()
    told = set(options.ingredients())
    if told >= {"hub", "revision", "licence"} and "weights" in declared.model_fields:
        told = told - {"hub", "revision", "licence"} | {"weights"}  # laid out as earlier releases wrote them
    assert told == declared.model_fields.keys() - options.aside - options.late
    for field in options.late:  # left out at its default only
        assert field in declared.model_construct(**required, **{field: "x"}).ingredients()
