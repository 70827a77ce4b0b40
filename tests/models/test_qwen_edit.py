"""Claims about the qwen-edit painter: what its text encoder is shown, and what it refuses."""

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from assets.errors import ShapeRefused
from models.diffusion.pictures import pil
from models.qwen_edit.adapter import QwenEditOptions, QwenEditPainter
from models.qwen_edit.reader import expanded
from models.weights import Weights
from tests.models.tiny.shots import picture, shot


@pytest.fixture(scope="module")
def painter(tinies):
    return QwenEditPainter.load("cpu", QwenEditOptions(weights=Weights(path=tinies("qwen-edit")), steps=1))


def test_each_picture_is_as_many_tokens_as_the_encoder_makes_of_it(painter):
    reader, pipe = painter._placed.pipe.processor, painter._placed.pipe
    images = [pil(picture(1, (112, 56))), pil(picture(2, (84, 84)))]

    found = reader(text=["a <|image_pad|> b <|image_pad|>"], images=images, padding=True, return_tensors="pt")
    marks = int((found["input_ids"] == pipe.text_encoder.config.image_token_id).sum())
    with torch.no_grad():
        seen = pipe.text_encoder.model.get_image_features(found["pixel_values"], found["image_grid_thw"])
    features = getattr(seen, "pooler_output", seen)

    assert marks == sum(len(one) for one in features)


def test_the_pictures_reach_the_embedding_of_the_prompt(painter):
    pipe = painter._placed.pipe

    def embedded(number: int) -> torch.Tensor:
        with torch.no_grad():
            return pipe.encode_prompt("a", image=[pil(picture(number, (112, 112)))])[0]

    assert not torch.equal(embedded(1), embedded(2))


def test_marks_and_pictures_must_be_as_many():
    assert expanded("x<|image_pad|>y", [2]) == "x<|image_pad|><|image_pad|>y"
    with pytest.raises(ValueError, match="zip"):
        expanded("x<|image_pad|>y", [2, 2])


def test_a_shot_with_nothing_to_edit_is_refused_with_what_to_give(painter):
    with pytest.raises(ShapeRefused, match="layout: cel"):
        painter.paint(shot("aoi"), seed=1)


def test_the_draft_with_a_distilled_lora_takes_four_steps_without_guidance_and_final_refuses_it(tmp_path):
    draft = QwenEditOptions(lightning=Weights(path=tmp_path), quality="draft")

    assert (draft.takes, draft.guided) == (4, 1.0)
    assert "negative_prompt" not in QwenEditPainter.carded(draft).accepts
    with pytest.raises(ValidationError, match="draft"):
        QwenEditOptions(lightning=Weights(path=tmp_path))


@pytest.mark.slow
def test_the_result_is_ours_in_size_and_guided_even_without_a_negative_prompt(painter):
    """Without a negative prompt the pipeline left guidance off, with a warning only."""
    runs = []
    hook = painter._placed.pipe.transformer.register_forward_pre_hook(lambda *_: runs.append(1))

    made = painter.paint(shot("aoi", size=(200, 130)), seed=1, layout=picture(1, (200, 130)))
    hook.remove()

    assert made.shape == (130, 200, 3)
    assert len(runs) == 2, "once with the prompt and once without"
    assert np.ptp(made) > 0
