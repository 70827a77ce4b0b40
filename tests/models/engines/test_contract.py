"""The contract of the ports, as test_ports.py claims it, over the adapters that call an engine of ours."""

from pathlib import Path

import pytest

from models.lease import lease
from models.ports import Animator, Foley, Painter
from tests.models import test_ports as contract

QUICK = {"attempts": 2, "first_wait_s": 0.01, "poll_s": 0.01}
WORKFLOWS = Path(__file__).parent / "workflows"


@pytest.fixture(scope="module", params=["vllm-omni", "sglang", "lightx2v", "comfyui"])
def kind(request):
    return request.param


def given(engine, comfy, kind, workflow, **more):
    shared = {"patience": QUICK, "side_step": 4, **more}
    if kind == "comfyui":
        shared.pop("accepts", None)
        return "comfyui", {
            "url": f"{comfy.url}/contract",
            "workflow": str(WORKFLOWS / f"{workflow}.json"),
            **shared,
        }
    return "remote", {
        "url": f"{engine.url}/contract+{kind}",
        "engine": kind,
        "model": "Wan-AI/Wan2.2",
        **shared,
    }


@pytest.fixture(scope="module")
def painter(engine, comfy, kind):
    name, options = given(engine, comfy, kind, "sdxl")
    with lease(Painter, name, options=options) as leased:
        yield leased


@pytest.fixture(scope="module")
def animator(engine, comfy, kind):
    accepts = [] if kind == "sglang" else ["last_frame"]
    name, options = given(engine, comfy, kind, "wan", accepts=accepts, rates=[24], max_frames=29)
    with lease(Animator, name, options=options) as leased:
        yield leased


PAINTER = (
    contract.test_a_panel_has_the_shots_size_and_is_the_same_for_the_same_seed,
    contract.test_a_panel_shows_something,
    contract.test_a_layout_changes_the_panel_of_a_painter_that_accepts_one_and_is_refused_by_others,
    contract.test_a_painter_makes_sizes_on_its_grid_and_refuses_others,
)
ANIMATOR = (
    contract.test_a_length_that_the_card_does_not_allow_is_refused,
    contract.test_a_first_picture_of_another_size_is_refused,
    contract.test_an_animator_that_accepts_no_last_frame_or_mouths_refuses_them,
    contract.test_an_animator_refuses_a_length_size_or_rate_that_its_card_does_not_allow,
)


def named(claim):
    return claim.__name__.removeprefix("test_")


@pytest.mark.parametrize("claim", PAINTER, ids=named)
def test_a_painter_elsewhere_keeps_the_contract(painter, claim):
    claim(painter)


@pytest.mark.parametrize("beside", sorted(contract.BESIDE))
def test_a_painter_elsewhere_refuses_what_its_card_does_not_accept(painter, beside):
    contract.test_a_painter_refuses_what_its_card_does_not_accept_and_does_not_refuse_what_it_does(
        painter, beside
    )


@pytest.mark.parametrize("claim", ANIMATOR, ids=named)
def test_an_animator_elsewhere_keeps_the_contract(animator, claim):
    claim(animator)


@pytest.mark.parametrize("beside", sorted(contract.BESIDE))
def test_an_animator_elsewhere_refuses_what_its_card_does_not_accept(animator, beside):
    contract.test_an_animator_refuses_what_its_card_does_not_accept(animator, beside)


@pytest.mark.parametrize(
    "claim",
    [
        contract.test_an_effect_is_stereo_as_long_as_asked_and_repeatable,
        contract.test_an_unknown_sound_is_refused,
    ],
    ids=named,
)
def test_a_foley_elsewhere_keeps_the_contract(engine, claim):
    options = {
        "url": f"{engine.url}/contract",
        "engine": "vllm-omni",
        "model": "Wan-AI/Wan2.2",
        "patience": QUICK,
    }
    with lease(Foley, "remote", options=options) as leased:
        claim(leased)
