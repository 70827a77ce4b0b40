"""The house models on tiny weights: data, training, shipping, painting, moving."""

import json
import shutil
from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest

from assets.errors import InputRefused, SetupMissing, ShapeRefused
from assets.sheets.cutsheet import Camera
from models.house import (
    autoencoder,
    denoiser,
    distil,
    finish,
    latents,
    lessons,
    people,
    portraits,
    scenes,
    traits,
    weights,
    words,
)
from models.house.animator import HouseAnimator
from models.house.brush import Brush
from models.house.judge import Judge
from models.house.layout import Layouts
from models.house.painter import HousePainter, enlarged
from models.house.people import PeopleJudge
from models.house.traits import TraitJudge
from models.training.loop import Run, train

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def painter(library):
    return HousePainter(Brush.load("cpu", library=library), Judge.load("cpu", library=library))


@pytest.fixture(scope="module")
def animator(library):
    return HouseAnimator(Brush.load("cpu", library=library, motion=True))


def a_shot(seed=5, size=(320, 180)):
    return scenes.shot_of(seed, size)


def test_the_same_seeds_draw_the_same_pictures(tmp_path):
    one = scenes.write_shard(tmp_path / "one", 0, shots=1)
    other = scenes.write_shard(tmp_path / "other", 0, shots=1)

    assert one.read_bytes() == other.read_bytes()


def test_a_shard_gives_back_what_was_drawn(material):
    drawn = scenes.draw(1)

    kept = list(scenes.read_shard(material / "scenes" / "scenes-00000.npz"))[1]

    assert (kept.seed, kept.caption, kept.frames) == (1, drawn.caption, drawn.frames)
    assert np.abs(kept.pictures.astype(int) - drawn.pictures).mean() < 1.5


def test_the_manifest_changes_with_the_pictures(material, tmp_path):
    scenes.write_shard(tmp_path, 0, first=77, shots=1)

    assert scenes.manifest(tmp_path)["sha256"] != scenes.manifest(material / "scenes")["sha256"]


def test_every_sampled_shot_can_be_said_in_the_vocabulary():
    said = [words.ids(words.prompt(a_shot(seed))) for seed in range(50)]

    assert all((ids > 2).sum() >= 5 for ids in said)


def test_the_tokenizer_says_the_same_ids():
    prompt = words.prompt(a_shot())

    tokens = words.tokenizer()(prompt, padding="max_length", max_length=words.LENGTH)["input_ids"]

    assert tokens == list(words.ids(prompt))


def test_training_that_was_stopped_gives_the_same_weights(material, tmp_path):
    def lesson():
        import torch

        torch.manual_seed(3)
        torch.set_num_threads(1)  # as in training: sums of two threads differ in their last bit
        return autoencoder.Reconstruct(material / "large")

    run = Run(folder=tmp_path / "straight", steps=4, warmup=1, save=2, look=0, precision="no")
    straight = train(lesson(), run, tell=lambda _: None)
    train(lesson(), replace(run, folder=tmp_path / "stopped", steps=2), tell=lambda _: None)
    resumed = train(lesson(), replace(run, folder=tmp_path / "stopped"), tell=lambda _: None)

    for one, other in zip(straight.parameters(), resumed.parameters(), strict=True):
        assert (one == other).all()


def test_a_distillation_that_was_stopped_gives_the_same_weights(material, library, tmp_path):
    def lesson():
        import torch

        torch.set_num_threads(1)
        return distil.Distil(material / "latents", library / "autoencoder", library / "painter", batch=2)

    run = Run(folder=tmp_path / "straight", steps=3, warmup=1, save=2, look=0, precision="no")
    straight = train(lesson(), run, tell=lambda _: None)
    train(lesson(), replace(run, folder=tmp_path / "stopped", steps=2), tell=lambda _: None)
    resumed = train(lesson(), replace(run, folder=tmp_path / "stopped"), tell=lambda _: None)

    for one, other in zip(straight.parameters(), resumed.parameters(), strict=True):
        assert (one == other).all()


def test_a_distilled_painter_ships_in_the_painters_place(material, library, tmp_path):
    for name in ("autoencoder", "painter"):
        shutil.copytree(library / name, tmp_path / name)
    before = weights.revision("painter", tmp_path)

    run = Run(folder=tmp_path / "quick", steps=1, warmup=1, look=0, precision="no")
    lessons.quick(material, tmp_path, run, tell=lambda _: None)

    assert weights.revision("painter", tmp_path) != before
    assert Brush.load("cpu", library=tmp_path).network["unet"]


def test_the_finish_learns_and_the_code_stays(material, library):
    import torch

    before = autoencoder.kind().from_pretrained(library / "autoencoder").float()
    painter = weights.revision("painter", library)
    lesson = finish.Finish(material / "large", material / "painted", deepcopy(before), painter=painter)
    losses = [float(lesson.loss(step, torch.Generator(), torch.device("cpu")).detach()) for step in (0, 1)]

    after = train(
        lesson, Run(folder=material / "again", steps=2, warmup=1, look=0, precision="no"), tell=lambda _: None
    )

    assert all(np.isfinite(losses))
    assert losses[0] != losses[1]
    for name in ("analysis", "synthesis"):
        assert (getattr(after, name).weight == getattr(before, name).weight).all()
    assert any(
        (one != two).any()
        for one, two in zip(after.finish.parameters(), before.finish.parameters(), strict=True)
    )


def test_painted_latents_belong_to_their_pictures(material, library):
    """Painted over the rough with little noise, a latent is nearest to the code of its own picture."""
    with np.load(material / "painted" / "painted-00000.npz") as held:
        painted = held["latents"].astype(np.float32)
    pictures = [one.pictures[-1] for one in scenes.read_shard(material / "large" / "scenes-00000.npz")]
    brush = Brush.load("cpu", library=library)
    codes = np.concatenate([brush.code(picture).numpy() for picture in pictures])

    apart = np.abs(painted[:, None] - codes[None]).mean(axis=(2, 3, 4))

    assert (apart.argmin(1) == np.arange(len(painted)) % len(pictures)).mean() > 0.6


def test_a_finish_without_painted_pictures_says_how_to_make_them(material, library, tmp_path):
    with pytest.raises(SetupMissing, match="painted --help"):
        finish.Finish(material / "large", tmp_path, autoencoder.build(), painter="")


def test_a_finish_never_learns_from_another_painters_latents(material, library, tmp_path):
    with pytest.raises(SetupMissing, match="painted by other weights"):
        finish.Finish(material / "large", material / "painted", autoencoder.build(), painter="a better one")


def test_a_better_painter_paints_again_what_another_had_painted(material, library, tmp_path):
    brush, (path,) = Brush.load("cpu", library=library), scenes.shards(material / "large")
    made = finish.paint_shard(path, brush, tmp_path, painter="one")
    first = made.stat().st_mtime_ns

    again = finish.paint_shard(path, brush, tmp_path, painter="one").stat().st_mtime_ns
    other = finish.paint_shard(path, brush, tmp_path, painter="other").stat().st_mtime_ns

    assert again == first
    assert other != first


def test_a_run_on_top_of_another_tells_both_and_each_once(tmp_path):
    (tmp_path / "training.json").write_text(json.dumps({"recipe": {"steps": 9}}), encoding="utf-8")
    run = Run(folder=tmp_path, steps=4, warmup=1)

    for _ in range(2):
        lessons._shipped(tmp_path, run, {"licence": "Apache-2.0"}, onto=True)

    told = json.loads((tmp_path / "training.json").read_text(encoding="utf-8"))
    assert told["before"] == [{"steps": 9}]
    assert told["recipe"]["steps"] == 4


def test_a_run_that_cannot_be_is_refused(tmp_path):
    with pytest.raises(InputRefused, match="cooldown of 5"):
        Run(folder=tmp_path, steps=4, cooldown=5)


def test_a_layout_keeps_what_its_columns_allow():
    fine = np.zeros((1, 72, 128, 3), np.uint8)
    fine[:, :, ::2] = 255

    coarse = latents.coarser(fine, 32)

    assert np.ptp(fine) == 255
    assert np.ptp(coarse[:, :, 8:-8]) < 40


def test_the_unet_takes_what_is_laid_beside_the_noise():
    guide = latents.guide(np.zeros((2, 72, 128, 3), np.uint8), 64, 2)

    assert guide.shape == (2, denoiser.CHANNELS - 2 * denoiser.LATENT - 1, 18, 32)


def test_the_linear_code_gives_a_picture_back(library, material):
    picture = next(scenes.read_shard(material / "large" / "scenes-00000.npz")).pictures[0]
    codec = autoencoder.kind().from_pretrained(library / "autoencoder").float()

    back = autoencoder.decode(codec, autoencoder.encode(codec, picture[None, ::2, ::2]))[0]

    assert back.shape == picture.shape
    grey = np.abs(picture - picture.mean((0, 1))).mean()
    assert np.abs(back.astype(float) - picture).mean() < grey / 4


def test_what_a_layout_says_is_taken_away_and_given_back(library, material):
    import torch

    held = latents.read(material / "latents")
    prior = latents.Prior.load(library / "painter")
    found = torch.from_numpy(held.latents[:4].astype(np.float32))
    fine, none = latents.guide(held.layouts[:4], 128, 4), latents.guide(None, 0, 4)

    rest = prior.rest(found, fine)

    assert torch.allclose(prior.restored(rest, fine), found, atol=1e-3)
    assert (found - prior.restored(torch.zeros_like(rest), fine)).abs().mean() < (
        0.8 * (found - prior.restored(torch.zeros_like(rest), none)).abs().mean()
    )


def test_shipped_files_are_small_and_whole(library):
    for name in ("autoencoder", "painter", "animator", "traits", "people"):
        assert weights.folder(name, library) == library / name
        assert all(path.stat().st_size <= weights.LARGEST for path in (library / name).rglob("*"))


def test_a_damaged_weight_is_refused_by_name(library, tmp_path):
    place = tmp_path / "traits"
    place.mkdir()
    for path in (library / "traits").iterdir():
        (place / path.name).write_bytes(path.read_bytes())
    (place / "config.json").write_text("{}", encoding="utf-8")

    with pytest.raises(SetupMissing, match=r"config\.json is damaged"):
        weights.folder("traits", tmp_path)


def test_a_card_may_be_reworded_and_the_weights_may_not(library, tmp_path):
    place = tmp_path / "traits"
    place.mkdir()
    for path in (library / "traits").iterdir():
        (place / path.name).write_bytes(path.read_bytes())
    before = weights.revision("traits", tmp_path)

    (place / "CARD.md").write_text("said better", encoding="utf-8")
    weights.write_sums(place)
    reworded = weights.revision("traits", tmp_path)
    (place / "config.json").write_text("{}", encoding="utf-8")
    weights.write_sums(place)

    assert reworded == before
    assert weights.revision("traits", tmp_path) != before


def test_a_pointer_instead_of_weights_is_told_apart(library, tmp_path):
    place = tmp_path / "traits"
    place.mkdir()
    for path in (library / "traits").iterdir():
        (place / path.name).write_bytes(path.read_bytes())
    (place / "model.safetensors").write_bytes(b"version https://git-lfs.github.com/spec/v1\n")

    with pytest.raises(SetupMissing, match="pointer"):
        weights.folder("traits", tmp_path)


def test_missing_weights_say_how_to_get_them(tmp_path):
    with pytest.raises(SetupMissing, match=r"flows\.training"):
        weights.folder("painter", tmp_path)


def test_a_panel_has_the_shots_size_and_is_the_same_for_the_same_seed(painter):
    one, other = (painter.paint(a_shot(), seed=4) for _ in range(2))

    assert one.shape == (180, 320, 3)
    assert (one == other).all()


def test_another_seed_paints_another_panel(painter):
    assert (painter.paint(a_shot(), seed=4) != painter.paint(a_shot(), seed=5)).any()


def test_a_panel_of_an_odd_size_is_refused(painter):
    with pytest.raises(ShapeRefused, match="321x180"):
        painter.paint(a_shot(size=(321, 180)), seed=4)


def test_a_take_begins_with_its_panel_and_has_every_frame(painter, animator):
    shot = a_shot()
    panel = painter.paint(shot, seed=4)

    pictures = list(animator.animate(shot, panel, frames=41, seed=4))

    assert len(pictures) == 41
    assert (pictures[0] == panel).all()
    assert {picture.shape for picture in pictures} == {(180, 320, 3)}


def test_a_panel_of_another_hand_is_held_under_the_camera(animator):
    shot = a_shot()
    strange = np.random.default_rng(1).integers(0, 255, (180, 320, 3)).astype(np.uint8)

    pictures = list(animator.animate(shot, strange, frames=37, seed=4))

    assert len(pictures) == 37
    assert all((picture == strange).all() for picture in pictures)


def test_a_panel_of_another_hand_is_filmed_with_the_cuts_move(animator):
    shot = a_shot()
    pushed = replace(shot, cut=shot.cut.model_copy(update={"camera": Camera(move="push_in")}))
    strange = np.random.default_rng(1).integers(0, 255, (180, 320, 3)).astype(np.uint8)

    pictures = list(animator.animate(pushed, strange, frames=25, seed=4))

    assert (pictures[0] == strange).all()
    assert (pictures[-1] != strange).any()


def test_the_camera_moves_over_finished_drawings(painter, animator):
    shot = a_shot()
    pushed = replace(
        shot, cut=shot.cut.model_copy(update={"camera": Camera(move="push_in"), "staged": ()}), cast=()
    )
    panel = painter.paint(pushed, seed=4)

    pictures = list(animator.animate(pushed, panel, frames=25, seed=4))

    assert (pictures[-1] != panel).any()


def painted_at(painter, shot, frame, frames, seed):
    """A panel of the shot's layout in a later frame."""
    layout = enlarged(Layouts(shot, seed=4, frames=frames).rough(frame), shot.size)
    return painter.paint(shot, seed=seed, layout=layout)


@pytest.mark.parametrize("text", ("", "Three years later"))
def test_a_take_arrives_at_its_last_picture(painter, animator, text):
    shot = a_shot()
    shot = replace(shot, cut=shot.cut.model_copy(update={"text": text}))
    panel, goal = (painted_at(painter, shot, frame, 41, seed) for frame, seed in ((0, 4), (40, 9)))

    pictures = list(animator.animate(shot, panel, frames=41, seed=4, last=goal))

    assert len(pictures) == 41
    assert (pictures[0] == panel).all()
    assert (pictures[-1] == goal).all()
    apart = [np.abs(picture.astype(int) - goal).mean() for picture in (pictures[2], pictures[38])]
    assert apart[1] < apart[0] / 2


def test_a_last_picture_of_another_layout_is_refused_before_any_drawing(painter, animator):
    shot = a_shot()
    panel = painter.paint(shot, seed=4)

    with pytest.raises(ShapeRefused, match=r"last picture of cut .* of 255 away"):
        animator.animate(shot, panel, frames=41, seed=4, last=255 - panel)


def test_a_last_picture_of_another_shape_is_refused(painter, animator):
    shot = a_shot()
    panel = painter.paint(shot, seed=4)

    with pytest.raises(ShapeRefused, match=r"\(90, 160, 3\)"):
        animator.animate(shot, panel, frames=41, seed=4, last=panel[::2, ::2])


def test_a_last_picture_needs_room_to_arrive(painter, animator):
    shot = a_shot()
    panel = painter.paint(shot, seed=4)

    with pytest.raises(ShapeRefused, match="within 2 frames"):
        animator.animate(shot, panel, frames=2, seed=4, last=panel)


@pytest.mark.parametrize(
    ("kind", "shown", "words_of"),
    (
        (TraitJudge, lambda: scenes.draw(1).pictures, traits.words),
        (PeopleJudge, lambda: portraits.draw(portraits.FIRST).crops, people.words),
    ),
)
def test_a_judge_reads_every_trait(library, kind, shown, words_of):
    read = kind.load("cpu", library=library).read(shown())

    assert {trait: found.shape[1] for trait, found in read.items()} == {
        trait: len(known) for trait, known in words_of().items()
    }
    assert all(np.allclose(np.exp(found).sum(1), 1, atol=1e-3) for found in read.values())
