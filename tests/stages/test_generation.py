"""Claims about what a generation names: every model, LoRA, reference and voice that decided a piece."""

import pytest

from assets.sheets.usage import Ingredient, Origin
from models.lease import Leased
from models.toy import ToyAnimator, ToyPainter, ToyVoice
from models.weights import Weights
from stages.generation import generation
from stages.work import Work

A, B, C, D = (letter * 64 for letter in "abcd")
CLIP = {"clip": {"sha256": D, "bytes": 3, "media_type": "video/mp4"}, "seconds": 1.5, "prompt": "a kite"}
RECIPE = "1" * 64


def leased(adapter=ToyAnimator, **identity):
    """A model that says ``identity`` of itself."""
    found = Leased(adapter, "cpu")
    found.identity = lambda: {**Leased(adapter, "cpu").identity(), **identity}
    return found


def made(step="take", model=None, result=CLIP, **inputs):
    work = Work(step=step, name="C001", model=model or leased(), inputs=inputs)
    return generation(work, RECIPE, result)


def test_a_take_names_its_model_its_art_and_its_panel():
    found = made(
        panel=A, seed=1, references=[["character", "rin", B]], loras=[[C, 0.75, "rin"], [C, -1.0, "", "high"]]
    )

    assert found.ingredients == (
        Ingredient(kind="model", key="animator/toy@none", role="movement"),
        Ingredient(kind="reference", key=B, role="movement"),
        Ingredient(kind="lora", key=C, role="movement", strength="0.75"),
        Ingredient(kind="lora", key=C, role="movement", strength="-1"),
    )
    assert found.origins == (Origin(sha256=A, part="panel"),)
    assert (found.outputs, found.recipe) == ((D,), RECIPE)


def test_a_take_redone_in_part_and_one_that_arrives_name_those_pictures_too():
    found = made(panel=A, last=B, redone={"frames": {"start": 1, "stop": 2}, "over": C})

    assert [(origin.part, origin.sha256) for origin in found.origins] == [
        ("panel", A),
        ("last", B),
        ("over", C),
    ]


def test_whoever_painted_the_layout_and_the_keyframes_is_named_with_what_they_read():
    painter = leased(ToyPainter).identity()
    keyframes = {"painter": {**painter, "name": "second"}, "loras": [[A, 1.0, ""]]}
    read = {"references": [["style", "", B]]}

    found = made(**{"layout": painter, "layout reads": read, "keyframes": keyframes, "upscaler": painter})

    assert [(one.key, one.role) for one in found.ingredients[1:]] == [
        ("painter/toy@none", "layout"),
        (B, "layout"),
        ("painter/second@none", "keyframes"),
        (A, "keyframes"),
        ("painter/toy@none", "enlarging"),
    ]


def test_a_voice_is_named_by_its_own_name_or_by_whom_it_was_chosen_for():
    def keys(voice):
        spec = {"voice": voice, "speed": 1.0, "pitch": 0.0}
        return [one.key for one in made("voice", leased(ToyVoice), voice=spec, character="rin").ingredients]

    assert keys("alto") == ["voice/toy@none", "toy:alto"]
    assert keys("") == ["voice/toy@none", "toy:for rin"]


def test_every_part_of_a_recording_is_an_output():
    parts = [
        {"sound": {"sha256": key, "bytes": 1, "media_type": "audio/flac"}, "seconds": 1} for key in (A, B)
    ]
    spec = {"voice": "alto", "speed": 1.0, "pitch": 0.0}

    assert made("voice", leased(ToyVoice), {"parts": parts}, voice=spec, character="rin").outputs == (A, B)


def test_weights_that_options_name_beside_the_models_own_are_named():
    control = Weights(hub="xinsir/controlnet-union-sdxl-1.0", revision="e" * 40).ingredients()

    found = made(
        model=leased(options={"steps": 4, "weights": {"hub": "a/b"}, "control": control, "ip": None})
    )

    assert [(one.key, one.role) for one in found.ingredients[1:]] == [
        (f"xinsir/controlnet-union-sdxl-1.0@{'e' * 40}", "option")
    ]


def test_a_model_in_a_local_folder_is_named_by_the_digest_of_its_files():
    own = {"weights": {"sha256": A, "variant": ""}}

    found = made(model=leased(weights="local folder mine", revision="", options=own))

    assert [one.key for one in found.ingredients] == [f"animator/toy@{A}"]


@pytest.mark.parametrize("step", ["segment", "mix", "join"])
def test_work_of_our_own_code_names_nothing(step):
    assert generation(Work(step=step, name="C001", model=None, inputs={}), RECIPE, CLIP) is None
