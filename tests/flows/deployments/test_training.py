"""`train-lora` in Prefect: a bar, a named state at the end, a stop."""

import os
import signal
from threading import Timer

import numpy as np
import pytest
from PIL import Image
from prefect.artifacts import Artifact
from prefect.testing.utilities import prefect_test_harness

from assets.sheets.dataset import Rights, Showing
from flows.deployments.training import train_lora
from flows.episode.workspace import open_vault
from flows.settings import settings
from flows.training import datasets
from flows.training.order import Order
from models.lora.factors import read
from stages.dataset import freeze, intake
from tests.models.tiny import pipelines

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def prefect():
    with prefect_test_harness():
        yield


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return pipelines.save("sdxl", tmp_path_factory.mktemp("base") / "tiny-sdxl")


@pytest.fixture
def project(tmp_path):
    """A project with the frozen dataset `core`."""
    art, out = tmp_path / "art", tmp_path / "out"
    art.mkdir()
    coarse = np.random.default_rng(1).integers(0, 255, (8, 8, 3), dtype=np.uint8)
    Image.fromarray(coarse).resize((64, 64), Image.Resampling.NEAREST).save(art / "1.png")
    (art / "1.txt").write_text("nagi, a drawing")
    told = intake.Intake(
        "core", Rights(creator="A", licence="CC0-1.0"), Showing(resolution=64, bucket_step=16)
    )
    vault = open_vault(settings(out))
    datasets.keep(freeze.freeze(intake.take_in(art, told), art, vault), out, vault)
    return out


def order(base, **changed):
    given = {
        "dataset": "core",
        "base": base,
        "licence": "Apache-2.0",
        "data": "owned",
        "name": "nagi",
        "rank": 2,
    }
    return Order(**{**given, "steps": 2, **changed})


def test_a_run_trains_and_its_bar_is_full(project, base):
    state = train_lora(order(base), project, return_state=True)

    assert state.is_completed()
    assert read(project / "loras" / "nagi.safetensors").factors
    bar = Artifact.get("training-nagi")
    assert float(bar.data) == 100 and bar.description == "Wrote nagi.safetensors"


def test_a_run_that_cannot_be_ends_as_failed_with_its_sentence(project, base):
    state = train_lora(order(base, data="scraped"), project, return_state=True)

    assert state.is_failed()
    assert "may not be trained on" in state.message


def test_a_cancelled_run_is_named_so_and_keeps_what_was_trained(project, base):
    """A cancel killed the process, and up to fifty steps were trained again."""
    before = signal.getsignal(signal.SIGTERM)
    stop = Timer(6, os.kill, (os.getpid(), signal.SIGTERM))  # as Prefect's worker cancels a run
    stop.start()

    stopped = train_lora(order(base, steps=100_000), project, return_state=True)

    assert stopped.is_cancelled()
    assert "what was trained is kept" in stopped.message
    assert list((project / "loras" / ".training" / "nagi").glob("*/checkpoint.safetensors"))
    assert signal.getsignal(signal.SIGTERM) == before
    assert Artifact.get("training-nagi").description.startswith("Stopped after step")
