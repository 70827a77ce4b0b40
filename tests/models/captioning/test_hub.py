"""The transformers captioner, through its real loading code, from folders on disk and with no network."""

import shutil

import numpy as np
import pytest

from assets.errors import AnswerUnusable, InputRefused, ModelFailed, PromptTooLong, SetupMissing, ShapeRefused
from assets.plain import one_line
from models import libraries
from models.lease import lease
from models.ports import Captioner
from models.weights import store
from tests.models.captioning import tiny_models
from tests.models.weights.small_models import REVISION, a_model, put

COLOURS = [(0, 0, 0), (255, 255, 255), (255, 0, 0), (0, 0, 255), (0, 255, 0)]
PICTURES = [np.full((40 + 5 * at, 60, 3), colour, np.uint8) for at, colour in enumerate(COLOURS)]


@pytest.fixture(scope="module")
def blip(tmp_path_factory):
    libraries.torchaudio()
    return tiny_models.save_blip(tmp_path_factory.mktemp("blip"))


@pytest.fixture(scope="module")
def chat(tmp_path_factory):
    libraries.torchaudio()
    return tiny_models.save_chat(tmp_path_factory.mktemp("chat"))


def leased(folder, **options):
    return lease(
        Captioner, "transformers", options={"weights": {"path": str(folder)}, "max_tokens": 24, **options}
    )


def test_blip_describes_pictures_and_goes_on_from_a_hint(blip):
    with leased(blip) as captioner:
        made = [captioner.model.caption(picture) for picture in PICTURES]
        again = [captioner.model.caption(picture) for picture in PICTURES]
        begun = captioner.model.caption(PICTURES[0], hint="nagi on the\nroof")

    assert made == again and len(set(made)) > 1
    assert begun.startswith("nagi on the roof") and begun == one_line(begun)


def test_blip_refuses_tags_and_a_hint_that_it_cannot_read(blip):
    with leased(blip) as captioner:
        with pytest.raises(ShapeRefused, match="writes prose only, no tags"):
            captioner.model.caption(PICTURES[0], dialect="tags")
        with pytest.raises(PromptTooLong, match="Shorten it"):
            captioner.model.caption(PICTURES[0], hint="girl " * 70)


def test_an_answer_never_runs_over_what_the_model_can_hold(blip):
    """More tokens than positions ended in an IndexError of torch."""
    with leased(blip, max_tokens=4096) as captioner:
        assert captioner.model.caption(PICTURES[0])


def test_a_chat_model_answers_what_it_is_asked_about_a_picture(chat):
    with leased(chat) as captioner:
        made = []
        for picture in PICTURES:
            try:
                made.append(captioner.model.caption(picture, dialect="tags", hint="Nagi"))
            except AnswerUnusable as error:  # random weights may say no word at all
                made.append(str(error))

    assert len(set(made)) > 1
    assert all("assistant" not in text and "Describe this drawing" not in text for text in made)


def test_a_chat_model_that_does_not_come_to_an_end_is_told(chat, tmp_path):
    endless = tmp_path / "endless"
    shutil.copytree(chat, endless)
    (endless / "generation_config.json").write_text('{"eos_token_id": 319}')

    with leased(endless, max_tokens=8) as captioner, pytest.raises(AnswerUnusable, match="after 8 tokens"):
        captioner.model.caption(PICTURES[0])


def test_a_model_of_the_store_is_named_by_its_commit(blip, tmp_path):
    before = store.store()
    store.use_store(tmp_path)
    files = {path.name: path.read_bytes() for path in blip.iterdir()}
    put(a_model(files), files)
    try:
        weights = {"hub": "studio/tiny", "revision": REVISION}
        with lease(Captioner, "transformers", options={"weights": weights, "max_tokens": 8}) as captioner:
            assert (captioner.card.weights, captioner.card.revision) == ("studio/tiny", REVISION)
            assert captioner.model.caption(PICTURES[0])
    finally:
        store.use_store(before)


def without_weights(folder):
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    return "pytorch_model.bin"


def as_adapter(folder):
    (folder / "adapter_config.json").write_text('{"base_model_name_or_path": "someone/else"}')
    return "adapter"


def as_remote_code(folder):
    config = (folder / "config.json").read_text().replace('"model_type": "blip"', '"model_type": "mine"')
    (folder / "config.json").write_text(config.replace("{", '{"auto_map": {"AutoConfig": "mine.Config"},', 1))
    (folder / "mine.py").write_text("raise SystemExit('it was run')")
    return "mine"


@pytest.mark.parametrize("spoil", [without_weights, as_adapter, as_remote_code])
def test_a_pickle_an_adapter_or_code_of_a_repository_is_not_opened(blip, tmp_path, spoil):
    folder = tmp_path / "mine"
    shutil.copytree(blip, folder)
    said = spoil(folder)

    with leased(folder) as captioner, pytest.raises((SetupMissing, InputRefused, ModelFailed), match=said):
        captioner.model.caption(PICTURES[0])
