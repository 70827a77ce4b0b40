"""A run that learns stops at its LoRA's sheet, and goes on when a person decided, whichever way that is."""

import threading
import time

import pytest
from prefect import State, get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType
from prefect.client.schemas.objects import StateType

from assets import show as shows
from assets.errors import InputRefused
from flows.deployments import lora_review
from flows.deployments.learning import checked, learn
from flows.training import approvals
from flows.training.approvals import Decision
from tests.flows.training.conftest import studio  # noqa: F401 (a fixture)
from tests.flows.training.test_learning import brief, episode  # noqa: F401 (a fixture)
from tests.models.tiny import pipelines

SDXL = """\
sheet: profile
version: 1
name: tiny
size: [256, 144]
policy: research
machines:
  painter: {{name: sdxl, options: {{weights: {{path: "{path}"}}, steps: 1}}}}
  animator: toy
  voices: {{ja: toy, en: toy}}
  foley: toy
  composer: toy
  judge: toy
"""


@pytest.fixture
def validated(studio):  # noqa: F811
    assert studio.validate(studio.lora(), "--strengths", "0.5,1").exit_code == 0
    with studio.store() as store:
        [standing] = approvals.listed(store)
    return studio, standing, standing.read(studio.vault)


def test_the_form_offers_the_strengths_that_were_painted_and_the_page_shows_them(validated):
    made_in, standing, made = validated

    schema = lora_review.form_for(made).model_json_schema()
    page = lora_review.page(made, standing, made_in.vault, room="http://x/loras/1", refused="<b>no</b>")

    assert schema["properties"]["strength"]["enum"] == ["0.5", "1"]
    assert schema["properties"]["strength"]["default"] == f"{made.proposed:g}"
    assert page.count("data:image/webp") == len(made.cuts) * (len(made.columns) + 1)
    assert "&lt;b&gt;no" in page
    assert "\n\n<tr>" not in page


@pytest.mark.parametrize("found", [None, [], {"show": "x"}, {"nonsense": 1}])
def test_a_variable_that_is_no_brief_is_refused_by_its_name(found):
    with pytest.raises(InputRefused, match="The Prefect Variable sakuga_learn"):
        checked(found)


@pytest.mark.slow
def test_a_run_trains_waits_and_promotes_what_was_approved_elsewhere(prefect, episode, tmp_path):  # noqa: F811
    """Training, painting and loading the LoRA are real, on a tiny random SDXL."""
    studio = episode.studio  # noqa: F811
    base = pipelines.save("sdxl", tmp_path / "tiny-sdxl")
    (tmp_path / "tiny.yaml").write_text(SDXL.format(path=base))
    episode.approve()
    order = brief(studio, base=base, profile=str(tmp_path / "tiny.yaml"), rank=2, steps=2, rate=0.01)
    ended: list[State] = []
    run = threading.Thread(
        target=lambda: ended.append(learn(order, promote=True, return_state=True)), daemon=True
    )
    run.start()

    standing = _waiting(studio, run)
    _paused()
    with studio.store() as store:
        wanted = Decision(standing.document.sha256, "approve", 1.0, "her at last")
        approvals.decide(store, studio.vault, wanted, by="Director", door="rushes")
    run.join(120)

    assert ended and ended[0].is_completed(), ended
    made = standing.read(studio.vault)
    assert made.candidate.base == "sdxl"
    without, with_it = made.columns[0], made.column(1.0)
    assert with_it is not None and without.pictures != with_it.pictures
    [lora] = shows.load(studio.bible).style.loras
    assert (lora.base, lora.strength) == ("sdxl", 1.0)


def _waiting(studio, run):  # noqa: F811
    ends = time.monotonic() + 240
    while time.monotonic() < ends and run.is_alive():
        with studio.store() as store:
            found = approvals.listed(store)
        if found:
            return found[0]
        time.sleep(0.5)
    raise AssertionError("the run ended, or asked nobody")


def _paused() -> None:
    """Wait until the run is at its form."""
    state = FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.PAUSED]))
    ends = time.monotonic() + 60
    with get_client(sync_client=True) as client:
        while time.monotonic() < ends:
            if client.read_flow_runs(flow_run_filter=FlowRunFilter(state=state)):
                return
            time.sleep(0.5)
    raise AssertionError("the run did not pause")
