"""The OpenAI-compatible captioner against a real HTTP server in a process of its own."""

import base64
import io
import json
import subprocess
import sys
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from assets.errors import AnswerUnusable, InputRefused, ModelDeclined, ModelFailed
from models.lease import lease
from models.ports import Captioner

PICTURE = np.full((60, 90, 3), (200, 30, 40), np.uint8)
QUICK = {"attempts": 2, "first_wait_s": 0.01, "wait_s": 1, "answer_s": 5}


@pytest.fixture(scope="module")
def server():
    process = subprocess.Popen(
        [sys.executable, Path(__file__).parent / "seeing_server.py"], stdout=subprocess.PIPE, text=True
    )
    yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    process.kill()
    process.wait()


def captioned(server, way, picture=PICTURE, options=None, **asked):
    given = {"base_url": f"{server}/{way}/v1", "model": "eye", "patience": QUICK, **(options or {})}
    with lease(Captioner, "openai", options=given) as leased:
        return leased.model.caption(picture, **asked)


def asked(server, way):
    with urllib.request.urlopen(f"{server}/log") as answered:
        return [one for one in json.load(answered) if one["way"] == way][-1]


def test_the_server_sees_the_very_pixels_and_its_answer_is_one_line(server):
    noise = np.random.default_rng(1).integers(0, 255, (60, 90, 3), dtype=np.uint8)

    assert captioned(server, "good") == "A picture of 90 by 60, (200, 30, 40)."
    captioned(server, "pixels", noise)
    url = asked(server, "pixels")["messages"][0]["content"][1]["image_url"]["url"]
    with Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))) as image:
        assert (np.array(image) == noise).all()


def test_a_large_picture_is_sent_smaller_in_its_own_shape(server):
    assert "64 by 43" in captioned(server, "small", options={"longest_side": 64})


def test_dialect_hint_model_and_seed_are_sent(server):
    captioned(server, "told", dialect="tags", hint="Nagi")

    sent = asked(server, "told")
    question = sent["messages"][0]["content"][0]["text"]
    assert "separated by commas" in question and "Nagi" in question
    assert (sent["model"], sent["temperature"], sent["seed"], sent["path"]) == (
        "eye", 0, 0, "/told/v1/chat/completions",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("way", "error", "said"),
    [
        ("blind", ModelFailed, "check that the model reads pictures"),
        ("silent", AnswerUnusable, "no text"),
        ("cut", AnswerUnusable, "max_tokens"),
        ("sorry", ModelDeclined, "Write the caption of this picture yourself"),
    ],
)
def test_an_answer_that_is_no_caption_is_an_error_that_says_what_to_do(server, way, error, said):
    with pytest.raises(error, match=said):
        captioned(server, way)


def test_a_picture_that_a_server_filters_is_refused_alone(server):
    """Some services answer HTTP 400 to contents they filter: one drawing stopped all that came after it."""
    given = {"base_url": f"{server}/third-filtered/v1", "model": "eye", "patience": QUICK}
    with lease(Captioner, "openai", options=given) as leased:
        leased.model.caption(PICTURE)
        leased.model.caption(PICTURE)
        with pytest.raises(AnswerUnusable, match="It took others"):
            leased.model.caption(PICTURE)
        assert leased.model.caption(PICTURE)


def test_a_server_that_recovers_is_asked_again(server):
    assert captioned(server, "busy-once").startswith("A picture")


def test_the_key_comes_from_its_variable_and_is_not_sent_in_the_clear(server, monkeypatch):
    monkeypatch.setenv("EYE_KEY", "s3cret")

    captioned(server, "keyed", options={"key_from": "EYE_KEY"})

    assert asked(server, "keyed")["key"] == "Bearer s3cret"
    with pytest.raises(InputRefused, match="unencrypted"):
        captioned("http://203.0.113.7", "x", options={"key_from": "EYE_KEY"})


def test_its_card_names_the_model_before_anything_is_asked(server):
    given = {"base_url": f"{server}/never/v1", "model": "eye", "revision": "r1"}
    with lease(Captioner, "openai", options=given) as leased:
        assert (leased.card.weights, leased.card.revision, leased.loads) == ("eye", "r1", 0)
