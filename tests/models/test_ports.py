"""One contract suite per port, over every registered adapter.

Adapters that load real weights or a drawing library are marked slow only where a call takes seconds.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import pairwise
from math import isfinite
from pathlib import Path

import numpy as np
import pytest

from assets.errors import InputRefused, ShapeRefused
from assets.matter import Still
from assets.plain import one_line
from assets.sheets.bible import Character, Place, VoiceSpec
from assets.sheets.cutsheet import Cut, Line, Staged
from assets.sheets.look import Look
from assets.sheets.sounds import SOUNDS
from models.captioning.answer import LONGEST
from models.card import Card
from models.lease import Leased, lease
from models.limits import check_animating, check_painting
from models.options import Options
from models.ports import PROTOCOLS, LoraWeights, Painter, Prompt, ReferencePicture, Shot
from models.registry import ADAPTERS, adapter, card, lacks, names

SIZE = (320, 180)
RATE = Fraction(24)


def a_shot() -> Shot:
    cut = Cut(
        number="C001",
        scene="S01",
        place="roof",
        size="medium",
        frames=1,
        staged=(Staged(character="aoi", expression="happy"),),
        lines=(Line(character="aoi", text=""),),
    )
    hero = Character(id="aoi", names=("AOI",), look=Look(hair="ponytail", hair_color="blue"))
    return Shot(cut, (hero,), Place(id="roof", names=("ROOF",), kind="rooftop"), SIZE, RATE)


@pytest.fixture(params=sorted(ADAPTERS), ids=lambda key: "-".join(key))
def key(request):
    return request.param


def leases(port):
    @pytest.fixture(params=names(port), scope="module")
    def leased(request):
        if missing := lacks(port, request.param):
            pytest.skip(missing)
        with lease(PROTOCOLS[port], request.param) as it:
            yield it

    return leased


SHA = "5" * 64
PICTURE = np.full((180, 320, 3), 120, np.uint8)
BESIDE: dict[str, dict[str, object]] = {
    "references": {"references": (ReferencePicture("character", "aoi", PICTURE, SHA),)},
    "loras": {"loras": (LoraWeights(Path("aoi.safetensors"), SHA, 0.8, "aoi_v3"),)},
    "negative_prompt": {"prompt": Prompt("", "photo")},
    "note": {"note": "longer hair"},
}
"""What a shot can carry besides the cut, by the name that cards use."""


def accepts(card: Card, name: str) -> bool:
    """A model that reads is told a note in its prompt."""
    return name in card.accepts or (name == "note" and card.dialect in ("tags", "prose"))


def refused(card: Card, call: Callable[..., object], shot: Shot, **given: object) -> str:
    """Why the card alone refuses the call, and the loaded model too."""
    with pytest.raises(ShapeRefused) as by_card:
        if card.port == "painter":
            check_painting(card, shot, given.get("layout"))
        else:
            check_animating(card, shot, PICTURE, **{"frames": 5, "last": None, "mouths": None, **given})
    with pytest.raises(ShapeRefused):
        if card.port == "painter":
            call(shot, seed=1, **given)
        else:
            list(call(shot, PICTURE, seed=1, **{"frames": 5, **given}))
    return str(by_card.value)


def on_its_grid(animator: Leased, frames: int) -> int:
    """The longest clip of at most ``frames`` that the card allows."""
    card = animator.card
    most = min(frames, card.max_frames or frames)
    return (most - 1) // card.frame_step * card.frame_step + 1


def at_its_rate(animator: Leased) -> Shot:
    """The shot at a rate that the card allows."""
    rates = animator.card.rates
    return a_shot() if not rates or RATE in rates else replace(a_shot(), rate=rates[0])


def its_layout() -> Still:
    """A composition guide that is nobody's picture: bars."""
    layout = PICTURE.copy()
    layout[:, ::40] = (200, 40, 40)
    return layout


def its_painter(animator):
    """The painter whose panels the animator goes on from; the toy's, where it has none of its own name."""
    name = animator.card.name
    return adapter("painter", name if name in names("painter") else "toy").load("cpu")


painter, animator, voice = leases("painter"), leases("animator"), leases("voice")
foley, composer, judge = leases("foley"), leases("composer"), leases("judge")
writer, upscaler = leases("writer"), leases("upscaler")
captioner = leases("captioner")


def test_every_adapter_has_a_card_that_names_it_without_loading(key):
    port, name = key

    found = card(port, name)

    assert (found.port, found.name) == (port, name)
    assert found.licence
    assert found.summary


def test_every_loaded_machine_offers_its_ports_methods(key):
    port, name = key
    if missing := lacks(port, name):
        pytest.skip(missing)

    with lease(PROTOCOLS[port], name) as leased:
        assert isinstance(leased.model, PROTOCOLS[port])


def test_a_lease_loads_nothing_until_the_machine_is_used():
    with lease(Painter, "toy") as leased:
        assert (leased.loads, leased.model is not None, leased.loads) == (0, True, 1)


def test_an_unknown_adapter_is_refused_with_those_that_exist():
    with pytest.raises(InputRefused, match=", ".join(names("painter"))):
        adapter("painter", "rembrandt")

    assert {"cel", "toy"} <= set(names("painter"))


def test_a_panel_has_the_shots_size_and_is_the_same_for_the_same_seed(painter: Leased):
    one = painter.model.paint(a_shot(), seed=7)
    other = painter.model.paint(a_shot(), seed=7)

    assert (one.shape, one.dtype) == ((180, 320, 3), np.uint8)
    assert (one == other).all()


def test_a_panel_shows_something(painter: Leased):
    assert painter.model.paint(a_shot(), seed=7).std() > 5


def test_a_take_begins_with_its_panel_and_has_every_frame(animator: Leased):
    panel = its_painter(animator).paint(a_shot(), seed=7)

    length = on_its_grid(animator, 25)
    clip = animator.model.animate(at_its_rate(animator), panel, frames=length, seed=7)
    pictures = list(clip)

    assert (pictures[0] == panel).all()
    assert len(pictures) == len(clip) == length
    assert {picture.shape for picture in pictures} == {(180, 320, 3)}


def test_a_take_can_be_drawn_twice_and_made_twice_with_the_same_bytes(animator: Leased):
    panel = its_painter(animator).paint(a_shot(), seed=7)
    loud = {"aoi": np.abs(np.sin(np.arange(13, dtype=np.float32)))}

    clip, again = (
        animator.model.animate(at_its_rate(animator), panel, frames=13, seed=7, mouths=loud) for _ in range(2)
    )

    for others in (clip, again):
        assert all((one == other).all() for one, other in zip(clip, others, strict=True))


def test_a_loud_voice_moves_the_picture(animator: Leased):
    panel = its_painter(animator).paint(a_shot(), seed=7)
    loud, quiet = {"aoi": np.ones(13, np.float32)}, {"aoi": np.zeros(13, np.float32)}

    speaking = list(animator.model.animate(at_its_rate(animator), panel, frames=13, seed=7, mouths=loud))
    silent = list(animator.model.animate(at_its_rate(animator), panel, frames=13, seed=7, mouths=quiet))

    assert any((one != other).any() for one, other in zip(speaking, silent, strict=True))


def test_a_length_that_the_card_does_not_allow_is_refused(animator: Leased):
    card, panel = animator.card, np.zeros((180, 320, 3), np.uint8)
    off_the_grid = [card.frame_step + 2] if card.frame_step > 1 else [0]
    too_long = [card.max_frames + card.frame_step] if card.max_frames else []

    for frames in off_the_grid + too_long:
        with pytest.raises(ShapeRefused):
            list(animator.model.animate(at_its_rate(animator), panel, frames=frames, seed=1))


def test_a_first_picture_of_another_size_is_refused(animator: Leased):
    with pytest.raises(ShapeRefused, match="320x180"):
        list(
            animator.model.animate(at_its_rate(animator), np.zeros((90, 160, 3), np.uint8), frames=5, seed=1)
        )


@pytest.mark.parametrize("name", sorted(BESIDE))
def test_a_painter_refuses_what_its_card_does_not_accept_and_does_not_refuse_what_it_does(
    painter: Leased, name
):
    shot = replace(a_shot(), **BESIDE[name])

    if accepts(painter.card, name):
        check_painting(painter.card, shot, None)
    else:
        assert name in refused(painter.card, painter.model.paint, shot)


def test_a_layout_changes_the_panel_of_a_painter_that_accepts_one_and_is_refused_by_others(painter: Leased):
    layout = its_layout()

    if "layout" not in painter.card.accepts:
        assert "layout" in refused(painter.card, painter.model.paint, a_shot(), layout=layout)
    else:
        guided = painter.model.paint(a_shot(), seed=7, layout=layout)
        assert (guided != painter.model.paint(a_shot(), seed=7)).any()
        refused(painter.card, painter.model.paint, a_shot(), layout=layout[::2, ::2])


def test_a_painter_makes_sizes_on_its_grid_and_refuses_others(painter: Leased):
    step = painter.card.side_step
    wide, high = 320 // step * step + step, 180 // step * step + step

    assert painter.model.paint(replace(a_shot(), size=(wide, high)), seed=7).shape == (high, wide, 3)
    if step > 1:
        off = replace(a_shot(), size=(wide + 1, high))
        assert f"multiples of {step}" in refused(painter.card, painter.model.paint, off)
    for limit, beyond in ((painter.card.smallest, -step), (painter.card.largest, step)):
        if limit is not None:
            out = replace(a_shot(), size=(limit[0] + beyond, limit[1]))
            assert f"The nearest is {limit[0]}x{limit[1]}" in refused(painter.card, painter.model.paint, out)


@pytest.mark.parametrize("name", sorted(BESIDE))
def test_an_animator_refuses_what_its_card_does_not_accept(animator: Leased, name):
    shot = replace(at_its_rate(animator), **BESIDE[name])

    if accepts(animator.card, name):
        check_animating(animator.card, shot, PICTURE, frames=5, last=None, mouths=None)
    else:
        assert name in refused(animator.card, animator.model.animate, shot)


def test_an_animator_that_accepts_no_last_frame_or_mouths_refuses_them(animator: Leased):
    given = {"last_frame": {"last": PICTURE}, "mouths": {"mouths": {"aoi": np.ones(5, np.float32)}}}

    for name in given.keys() - animator.card.accepts:
        why = refused(animator.card, animator.model.animate, at_its_rate(animator), **given[name])
        assert name in why
    if "last_frame" in animator.card.accepts:
        refused(animator.card, animator.model.animate, at_its_rate(animator), last=PICTURE[::2, ::2])


def test_an_animator_that_accepts_any_last_frame_arrives_at_it(animator: Leased):
    if "last_frame" not in animator.card.accepts or animator.card.ends_at != "any":
        pytest.skip(f"{animator.card.name} arrives at no picture of somebody else's")
    shot, panel = at_its_rate(animator), its_painter(animator).paint(a_shot(), seed=7)
    goal, frames = its_painter(animator).paint(a_shot(), seed=8), on_its_grid(animator, 25)

    def end(**last: Still) -> Still:
        return list(animator.model.animate(shot, panel, frames=frames, seed=7, **last))[-1].astype(int)

    assert np.abs(end(last=goal) - goal).mean() < np.abs(end() - goal).mean() / 2


def test_an_animator_makes_every_length_on_its_grid_up_to_its_longest(animator: Leased):
    card, panel = animator.card, its_painter(animator).paint(a_shot(), seed=7)
    most = card.max_frames or 3 * card.frame_step + 1

    for frames in {card.frame_step + 1, on_its_grid(animator, most)}:
        assert len(animator.model.animate(at_its_rate(animator), panel, frames=frames, seed=7)) == frames


def test_an_animator_refuses_a_length_size_or_rate_that_its_card_does_not_allow(animator: Leased):
    card, shot = animator.card, at_its_rate(animator)
    lengths = [0, *([card.frame_step + 2] if card.frame_step > 1 else [])]
    lengths += [card.max_frames + card.frame_step] if card.max_frames else []

    for frames in lengths:
        assert str(frames) in refused(card, animator.model.animate, shot, frames=frames)
    if card.rates:
        slow = replace(shot, rate=Fraction(7))
        assert "7" in refused(card, animator.model.animate, slow)
    if card.side_step > 1:
        refused(card, animator.model.animate, replace(shot, size=(321, 180)))


def test_an_option_that_an_adapter_does_not_take_is_refused_before_anything_is_loaded(key):
    port, name = key

    with (
        pytest.raises(InputRefused, match=f"The {port} {name} "),
        lease(PROTOCOLS[port], name, options={"no_such_option": 1}),
    ):
        pytest.fail("it was leased")


def test_options_that_are_declared_as_speed_or_place_only_are_options_and_stay_out_of_the_identity(key):
    port, name = key
    declared: type[Options] | None = getattr(adapter(port, name), "Options", None)
    aside = declared.aside if declared else frozenset()

    assert aside <= (declared.model_fields.keys() if declared else set())
    shaping = {"steps", "seed", "strength", "model", "revision", "dtype", "quality", "temperature", "tint"}
    assert not aside & shaping


@pytest.mark.parametrize("port", ["painter", "animator"])
def test_an_option_that_is_declared_as_speed_only_changes_no_byte(port):
    made = []
    for options in ({}, {"wait_ms": 1, "vram_gb": 3}):
        with lease(PROTOCOLS[port], "toy", options=options) as leased:
            given = {} if port == "painter" else {"frames": 5}
            call = leased.model.paint if port == "painter" else partial(leased.model.animate, first=PICTURE)
            made.append((leased.identity(), np.stack(list(call(shot=a_shot(), seed=3, **given)))))

    assert made[0][0] == made[1][0]
    assert (made[0][1] == made[1][1]).all()


def test_a_card_with_a_last_frame_is_an_animators_and_one_with_a_layout_a_painters(key):
    port, name = key
    only = {"layout": "painter", "last_frame": "animator", "mouths": "animator", "mask": "painter"}

    assert {only[what] for what in card(port, name).accepts & only.keys()} <= {port}


@pytest.mark.parametrize("dialect", ["prose", "tags"])
def test_a_caption_is_one_clean_line_that_depends_on_the_picture_alone(captioner: Leased, dialect):
    dark, light = PICTURE // 4, PICTURE[:90] * 2

    made = [captioner.model.caption(picture, dialect=dialect, hint="aoi") for picture in (dark, light, dark)]

    assert made[0] == made[2] != made[1]
    assert all(0 < len(text) <= LONGEST and text == one_line(text) for text in made)


SENTENCES = {"ja": "星が見えるね。", "en": "Look, the stars are out."}


def test_a_line_is_mono_at_48_kilohertz_bounded_and_repeatable(voice: Leased):
    language = voice.card.languages[0]

    def say():
        return voice.model.speak(
            SENTENCES[language], language=language, voice=VoiceSpec(), character="aoi", seed=3
        )

    one, other = say(), say()

    assert (one.samples.ndim, one.rate, one.samples.dtype) == (1, 48_000, np.float32)
    assert 0.01 < np.abs(one.samples).max() <= 1
    assert 0.3 < one.seconds < 6
    assert (one.samples == other.samples).all()


def test_a_language_the_voice_does_not_speak_is_refused(voice: Leased):
    with pytest.raises(ShapeRefused):
        voice.model.speak("Bonjour", language="fr", voice=VoiceSpec(), character="aoi", seed=3)


LONG, UNREAD = "blah " * 40_000, "สวัสดี"


@pytest.mark.parametrize(
    "text", [*SENTENCES.values(), "……", "12", "", "😀", "." * 1000, LONG, "." * 200_000, UNREAD]
)
@pytest.mark.parametrize("spec", [VoiceSpec(), VoiceSpec(voice="nobody we know")])
def test_a_voice_refuses_before_it_is_loaded_what_it_refuses_when_it_speaks(
    voice: Leased, text: str, spec: VoiceSpec
):
    """A line that nobody can say was refused, or took gigabytes, after the lines before it were made."""
    language = voice.card.languages[0]
    asked = {"language": language, "voice": spec, "character": "aoi"}
    loads = voice.loads
    try:
        voice.adapter.check_line(text, **asked)
    except InputRefused as refusal:
        assert voice.loads == loads
        with pytest.raises(InputRefused, match=re.escape(str(refusal))):
            voice.model.speak(text, seed=3, **asked)
    else:
        assert voice.model.speak(text, seed=3, **asked).rate == 48_000


def test_a_foley_machine_makes_every_sound_there_is(foley: Leased):
    assert set(foley.model.sounds()) == set(SOUNDS)


def test_an_effect_is_stereo_as_long_as_asked_and_repeatable(foley: Leased):
    one = foley.model.make("rain", seconds=0.75, seed=5)
    other = foley.model.make("rain", seconds=0.75, seed=5)

    assert one.samples.shape == (36_000, 2)
    assert np.abs(one.samples).max() <= 1
    assert (one.samples == other.samples).all()


def test_an_unknown_sound_is_refused(foley: Leased):
    with pytest.raises(InputRefused, match="kazoo"):
        foley.model.make("kazoo", seconds=1, seed=0)


def test_music_is_exactly_as_long_as_asked_and_repeatable(composer: Leased):
    music, again = (composer.model.compose("calm", seconds=4.5, seed=1) for _ in range(2))

    assert music.samples.shape == (216_000, 2)
    assert (music.samples == again.samples).all()
    assert 0.01 < np.abs(music.samples).max() <= 1


def test_the_mood_none_is_silence(composer: Leased):
    assert not composer.model.compose("none", seconds=1, seed=1).samples.any()


def test_a_judges_measures_are_finite_and_tell_motion_from_stillness(judge: Leased):
    shot = a_shot()
    toy = adapter("painter", "toy").load("cpu").paint(shot, seed=1)
    moving = adapter("animator", "toy").load("cpu").animate(shot, toy, frames=13, seed=1)
    still = adapter("animator", "toy").load("cpu").animate(shot, toy, frames=1, seed=1)

    lively = judge.model.judge(shot, moving, panel=toy)
    held = judge.model.judge(shot, still, panel=toy)

    assert all(isfinite(value) for value in (*lively.values(), *held.values()))
    assert lively["motion"] > held["motion"]


def test_a_judge_measures_the_same_things_of_every_clip_of_a_shot_and_stays_finite(judge: Leased):
    shot = a_shot()
    toy = adapter("painter", "toy").load("cpu").paint(shot, seed=1)
    loud = {"aoi": np.abs(np.sin(np.arange(13, dtype=np.float32)))}
    animated = adapter("animator", "toy").load("cpu").animate
    clips = [animated(shot, toy, frames=13, seed=seed, mouths=loud) for seed in (1, 2)]

    one, other = (judge.model.judge(shot, clip, panel=toy, mouths=loud) for clip in clips)

    assert one.keys() == other.keys()
    assert all(isfinite(value) for value in (*one.values(), *other.values()))
    assert all(0 <= one[name] <= 1 for name in ("identity", "line_sync") if name in one)


def test_a_judge_gives_the_same_measures_of_the_same_clip(judge: Leased):
    shot = a_shot()
    toy = adapter("painter", "toy").load("cpu").paint(shot, seed=1)
    clip = adapter("animator", "toy").load("cpu").animate(shot, toy, frames=13, seed=1)

    assert judge.model.judge(shot, clip, panel=toy) == judge.model.judge(shot, clip, panel=toy)


def test_a_writer_answers_within_the_schema(writer: Leased):
    schema = {
        "type": "object",
        "required": ["title", "mood"],
        "properties": {"title": {"type": "string", "minLength": 1}, "mood": {"enum": ["calm", "sad"]}},
    }

    draft = writer.model.write("A cat finds a star.", schema=schema, seed=1)

    assert set(draft.data) == {"title", "mood"}
    assert draft.data["mood"] in ("calm", "sad")


def test_an_upscaler_gives_the_size_asked_and_refuses_to_shrink(upscaler: Leased):
    picture = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)

    assert upscaler.model.upscale(picture, size=(4, 6)).shape == (6, 4, 3)
    with pytest.raises(ShapeRefused):
        upscaler.model.upscale(picture, size=(1, 1))


def test_another_take_begins_with_the_same_panel_and_moves_differently(animator: Leased):
    panel = its_painter(animator).paint(a_shot(), seed=7)

    one = list(
        animator.model.animate(at_its_rate(animator), panel, frames=on_its_grid(animator, 121), seed=7)
    )
    other = list(
        animator.model.animate(at_its_rate(animator), panel, frames=on_its_grid(animator, 121), seed=8)
    )

    assert (one[0] == other[0]).all()
    assert any((a != b).any() for a, b in zip(one, other, strict=True))
    assert max(np.abs(a.astype(int) - b).max() for a, b in pairwise(other)) > 40
