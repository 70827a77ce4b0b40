"""Claims about the Z-Image painter, on a tiny pipeline."""

from dataclasses import replace

import pytest

from assets.errors import InputRefused
from models.ports import Prompt
from models.weights import Weights
from models.z_image import ZImageOptions, ZImagePainter
from tests.models.tiny.shots import picture, shot


@pytest.fixture(scope="module")
def made(tinies):
    def painter(**more: object) -> ZImagePainter:
        return ZImagePainter.load(
            "cpu", ZImageOptions(**{"weights": Weights(path=tinies("z-image")), "steps": 2, **more})
        )

    return painter


def test_painting_over_with_full_strength_keeps_nothing_of_the_layout(made):
    painter, one = made(strength=1.0), shot("aoi")

    assert (painter.paint(one, seed=7, layout=picture(3)) == painter.paint(one, seed=7)).all()


def test_painting_over_begins_at_the_schedulers_own_noise_level_and_runs_every_step(made):
    painter, levels = made(strength=0.5, steps=3), []
    hook = painter._placed.pipe.transformer.register_forward_pre_hook(
        lambda _, given: levels.append(1 - float(given[1][0]))
    )
    begun = painter._begun(picture(3), __import__("torch").Generator().manual_seed(7))
    painter.paint(shot("aoi"), seed=7, layout=picture(3))
    hook.remove()

    assert len(levels) == 3
    assert levels[0] == pytest.approx(0.5, abs=0.02)
    assert begun["sigmas"][0] == pytest.approx(levels[0], abs=1e-3)


def test_turbo_takes_eight_steps_without_guidance_and_its_card_refuses_a_negative_prompt(made):
    painter = made(turbo=True, steps=0)

    assert painter._options.takes == 8
    assert "negative_prompt" not in painter.card.accepts
    assert "negative_prompt" in made().card.accepts


def test_a_prompt_that_would_be_cut_off_is_refused(made):
    with pytest.raises(InputRefused, match="reads 512"):
        made().paint(replace(shot("aoi"), prompt=Prompt("word " * 400)), seed=1)
