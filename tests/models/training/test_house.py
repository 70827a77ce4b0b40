"""A LoRA of a tiny random house painter: it learns from pairs, resumes exactly, and is painted with."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from assets.errors import InputRefused
from assets.sheets.production import Ref
from models.cel.sampling import caption
from models.house import autoencoder, denoiser, latents, palette, scenes, words
from models.house.latents import Prior
from models.house.loras import REVISION, Rack
from models.house.palette import Palette
from models.lora import writers
from models.lora.factors import read
from models.ports import LoraWeights
from models.sealed import sha256
from models.training import house, house_material
from models.training.house import HouseLora
from models.training.house_material import Base
from models.training.lesson import Task
from models.training.loop import train
from models.training.lora import LoraShape
from models.training.material import Material
from tests.models.training.conftest import run

SHAPE = LoraShape(rank=2, alpha=4, targets=house.TARGETS)


@pytest.fixture(scope="module")
def base():
    """Function that makes the same random painter again."""
    torch.manual_seed(4)
    unet, text = denoiser.build((16, 32), 32).state_dict(), words.text_encoder(32, 1).state_dict()
    unet["conv_out.weight"] = torch.randn(unet["conv_out.weight"].shape) * 0.02
    vae = autoencoder.build()

    def make():
        network = torch.nn.ModuleDict(
            {"unet": denoiser.build((16, 32), 32), "text": words.text_encoder(32, 1)}
        )
        network["unet"].load_state_dict(unet)
        network["text"].load_state_dict(text)
        prior = Prior(torch.zeros(5, 64, 48, 3, 3), torch.zeros(5, 64), torch.ones(5, 64))
        return Base(network.eval(), prior, vae, ("a" * 64, "b" * 64))

    return make


@pytest.fixture
def pairs(drawings, tmp_path):
    """Two works in the grammar's captions, each drawn in blue over a red rough."""

    def make(layouts=True, **showing):
        made = drawings(2, size=(128, 72), colours=((40, 40, 200),), **({"bucket_step": 8} | showing))
        works = []
        for number, each in enumerate(made.works):
            told = {"caption": caption(scenes.shot_of(number))}
            path = tmp_path / "art" / f"{number}.layout.png"
            Image.fromarray(np.full((72, 128, 3), (200, 40, 40 + number), np.uint8)).save(path)
            ref = Ref(sha256=sha256(path), bytes=path.stat().st_size, media_type="image/png")
            if layouts:
                told |= {"layout": path.name, "layout_sha256": ref.sha256}
            work = each.work.model_copy(update=told)
            works.append(each.model_copy(update={"work": work, "layout": ref if layouts else None}))
        return made.model_copy(update={"works": tuple(works)})

    return make


@pytest.fixture
def lesson(base, pairs, art, tmp_path):
    def make(manifest=None, **task):
        of = base()
        material = Material(manifest or pairs(), art, house_material.encoders(of), tmp_path / "cache")
        return HouseLora(of, material, Task(**({"shape": SHAPE, "batch": 2} | task)))

    return make


def silent(_):
    return None


def test_six_steps_are_three_and_three_more(lesson, tmp_path):
    straight, first, second = lesson(), lesson(), lesson()
    train(straight, run(tmp_path / "straight", 6), tell=silent)
    train(first, run(tmp_path / "parts", 3), tell=silent)

    train(second, run(tmp_path / "parts", 6), tell=silent)

    wanted = straight.factors()
    for name, part in second.factors().items():
        assert torch.equal(part.up, wanted[name].up) and torch.equal(part.down, wanted[name].down)
    whole, resumed = (load_file(tmp_path / name / "checkpoint.safetensors") for name in ("straight", "parts"))
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)


def test_a_written_lora_computes_what_the_trained_one_computes(lesson, base, tmp_path):
    made = lesson()
    train(made, run(tmp_path / "run", 4, rate=0.02), tell=silent)
    about = writers.About(family="house", title="t", more=made.about() | {REVISION: ""})
    path = writers.diffusers(tmp_path / "a.safetensors", made.factors(), about)
    unet = base().network["unet"]

    Rack(unet).wear([LoraWeights(path, sha256(path), 1.0, "")])

    rng = torch.Generator().manual_seed(2)
    given, text = (
        torch.randn(1, denoiser.CHANNELS, 18, 32, generator=rng),
        torch.randn(1, 48, 32, generator=rng),
    )
    with torch.no_grad():
        wanted, found = (
            each(given, torch.tensor([99]), encoder_hidden_states=text).sample
            for each in (made.network, unet)
        )
        plain = base().network["unet"](given, torch.tensor([99]), encoder_hidden_states=text).sample
    assert float((wanted - plain).abs().max()) > 1e-2
    assert torch.allclose(found, wanted, atol=1e-4)


def test_patterns_decide_also_for_the_first_and_last_layer_whose_strength_stays():
    made = house.shaped(replace(SHAPE, ranks={"conv_i.*|to_k": 3}, alphas={"to_k": 5.0, "conv_out": 1.0}))

    assert made.ranks == {"conv_i.*|to_k": 3, "conv_out": 12}
    assert made.alphas == {"to_k": 5.0, "conv_out": 1.0, "conv_in": 4 * 3 * SHAPE.alpha / SHAPE.rank}


def test_a_house_lora_has_the_ranks_of_its_patterns(lesson):
    found = lesson(shape=replace(SHAPE, ranks={"conv_in|to_k": 3})).factors()

    ranks = {name.removeprefix("unet."): part.rank for name, part in found.items()}
    assert {ranks[name] for name in ranks if name.endswith("to_k")} == {3} == {ranks["conv_in"]}
    assert {ranks[name] for name in ranks if name.endswith("to_v")} == {2} and ranks["conv_out"] == 12


def test_the_header_holds_the_palette_and_the_weights_it_was_trained_on(lesson, tmp_path):
    made = lesson()
    about = writers.About(family="house", title="t", more=made.about())

    header = read(writers.diffusers(tmp_path / "a.safetensors", made.factors(), about)).header

    assert header[REVISION] == "b" * 64 and header["sakuga.base"] == "house"
    blue = Palette.read(header[palette.FIELD]).put_on(np.full((2, 2, 3), (200, 40, 40), np.uint8))
    assert np.abs(blue[0, 0].astype(int) - (40, 40, 200)).max() < 12


def test_art_without_layouts_is_its_own_rough_in_its_own_colours(lesson, pairs):
    made = lesson(pairs(layouts=False))

    from models.training.order import Showing

    art, guide = made._seen(made._art, [Showing(0, "", False)])
    assert not made._palette.change.any()
    assert torch.equal(made._seen(made._roughs, [Showing(0, "", False)])[0], art) and guide.shape[1] == 49


def test_art_in_the_colours_of_its_roughs_has_no_palette(pairs, base, art, tmp_path):
    """A character with ears changes the colours of few places: a table of them would tint everything a little."""
    made = pairs()
    rng = np.random.default_rng(2)
    works = []
    for number, each in enumerate(made.works):
        rough = np.array(Image.open(tmp_path / "art" / each.work.layout))
        changed = rough.copy()
        at = rng.integers(0, 60, 2)
        changed[at[0] : at[0] + 6, at[1] : at[1] + 6] = rng.integers(0, 256, (6, 6, 3))
        Image.fromarray(changed).save(tmp_path / "art" / f"{number}.png")
        works.append(each)

    found = house_material.palette_of(
        Material(made, art, house_material.encoders(base()), tmp_path / "cache")
    )

    assert not found.change.any()


def test_every_factor_is_trained_after_two_steps(lesson, tmp_path):
    made = lesson()

    train(made, run(tmp_path / "run", 2), tell=silent)

    dead = [name for name, part in made.factors().items() if not float(part.up.abs().max())]
    assert not dead


def test_words_outside_the_grammar_and_triggers_are_refused_before_training(pairs):
    good = pairs()
    work = good.works[0].work.model_copy(update={"caption": "nagi, a girl with cat ears"})
    wrong = good.model_copy(update={"works": (good.works[0].model_copy(update={"work": work}),)})

    house_material.check(good)
    with pytest.raises(InputRefused, match=r"0\.png: .* is not in the caption grammar"):
        house_material.check(wrong)
    with pytest.raises(InputRefused, match="no trigger word"):
        house_material.check(pairs(trigger="xnagi"))


def test_a_mirrored_caption_exchanges_left_and_right_and_nothing_else():
    shot = scenes.shot_of(3)
    placed = shot.cut.staged[0].model_copy(update={"position": "far_left", "facing": "right"})
    told = caption(replace(shot, cut=shot.cut.model_copy(update={"staged": (placed, *shot.cut.staged[1:])})))

    turned = house_material.mirror(told)

    assert "position far_right" in turned and "facing left" in turned
    assert house_material.mirror(turned) == told
    assert words.ids(house_material.prompt(turned)).shape == (48,)
    assert house_material.mirror("place bright_hall") == "place bright_hall"


@pytest.mark.slow
def test_the_first_sheet_shows_rough_result_and_art(lesson, tmp_path):
    made = lesson()

    train(made, run(tmp_path / "run", 1, look=1), tell=silent)

    sheet = np.asarray(Image.open(tmp_path / "run" / "sheet-0000000.png"))
    assert sheet.shape == (2 * 288, 3 * 512, 3)
    assert latents.SIZE == (512, 288)


@pytest.mark.slow
def test_training_on_one_pair_moves_the_prediction_towards_its_art(lesson, tmp_path):
    made = lesson()
    rng = torch.Generator()

    def loss():
        with torch.no_grad():
            return float(
                np.mean([float(made.loss(0, rng.manual_seed(n), torch.device("cpu"))) for n in range(8)])
            )

    before = loss()
    train(made, run(tmp_path / "run", 60, rate=5e-3, average=0.0), tell=silent)

    assert loss() < 0.7 * before
