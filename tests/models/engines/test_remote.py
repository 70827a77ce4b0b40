"""The remote adapters against engines of ours, in processes of their own, that follow the documented protocols."""

import threading
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from assets.errors import InputRefused, ModelFailed, SetupMissing, ShapeRefused
from assets.sheets.bible import Character, Place
from assets.sheets.cutsheet import Cut, Staged
from models import progress
from models.engines.options import Patience
from models.lease import lease
from models.ports import Animator, Foley, LoraWeights, Painter, Prompt, ReferencePicture, Shot

SIZE = (64, 48)
QUICK = {"attempts": 3, "first_wait_s": 0.01, "wait_s": 1, "answer_s": 2, "poll_s": 0.01, "silent_s": 0.3}
ENGINES = ("vllm-omni", "sglang", "lightx2v")
NO_LAST = "sglang"
ONE_FAST = ["vllm-omni", *(pytest.param(kind, marks=pytest.mark.slow) for kind in ENGINES[1:])]
"""Faults that every protocol meets in the same code: with one of them in the fast tests."""
SHA, OTHER = "5" * 64, "7" * 64


def a_shot(**beside):
    cut = Cut(
        number="C001", scene="S01", place="roof", size="medium", frames=1, staged=(Staged(character="aoi"),)
    )
    who, where = Character(id="aoi", names=("AOI",)), Place(id="roof", names=("ROOF",))
    return Shot(cut, (who,), where, SIZE, Fraction(16), Prompt("1girl, roof"), **beside)


def a_picture(level):
    picture = np.full((SIZE[1], SIZE[0], 3), level, np.uint8)
    picture[10:30, 20:40] = 255 - level
    return picture


PANEL, GOAL = a_picture(40), a_picture(200)
REFERENCE = ReferencePicture("character", "aoi", PANEL, SHA)


def a_lora(sha=SHA, strength=0.75, **more):
    return LoraWeights(Path("/loras/aoi.safetensors"), sha, strength, "aoi_v3", **more)


def options(engine, way, kind, **more):
    given = {"engine": kind, "url": f"{engine.url}/{way}", "model": "Wan-AI/Wan2.2", "patience": QUICK}
    return {**given, **more}


def animate(engine, way, kind="vllm-omni", *, shot=None, last=None, frames=5, **more):
    if last is not None:
        more.setdefault("accepts", ["last_frame"])
    with lease(Animator, "remote", options=options(engine, way, kind, **more)) as leased:
        clip = leased.model.animate(shot or a_shot(), PANEL, frames=frames, seed=7, last=last)
        return list(clip)


def paint(engine, way, kind="vllm-omni", *, shot=None, **more):
    with lease(Painter, "remote", options=options(engine, way, kind, **more)) as leased:
        return leased.model.paint(shot or a_shot(), seed=7)


def make(engine, way, sound="rain", *, seconds=1.0, **more):
    with lease(Foley, "remote", options=options(engine, way, "vllm-omni", **more)) as leased:
        return leased.model.make(sound, seconds=seconds, seed=7)


@pytest.mark.parametrize("kind", ENGINES)
def test_a_clip_of_an_engine_begins_with_the_panel_and_has_every_frame(engine, kind):
    pictures = animate(engine, f"good+{kind}", kind)

    assert len(pictures) == 5
    assert (pictures[0] == PANEL).all()
    assert {picture.shape for picture in pictures} == {(48, 64, 3)}


@pytest.mark.parametrize("kind", [kind for kind in ENGINES if kind != NO_LAST])
def test_a_clip_of_an_engine_that_takes_a_last_frame_arrives_at_it(engine, kind):
    pictures = animate(engine, f"good+{kind}", kind, last=GOAL)

    assert np.abs(pictures[-1].astype(int) - GOAL).mean() < 6


@pytest.mark.parametrize("kind", ENGINES)
def test_a_panel_of_an_engine_has_its_size_and_is_the_same_for_the_same_seed(engine, kind):
    one, other = (paint(engine, f"pictures+{kind}", kind) for _ in range(2))

    assert one.shape == (48, 64, 3)
    assert (one == other).all()


def test_a_sound_of_an_engine_is_stereo_at_48_kilohertz_and_as_long_as_asked(engine):
    made = make(engine, "good")

    assert (made.samples.shape, made.rate, made.samples.dtype) == ((48_000, 2), 48_000, np.float32)
    assert 0.3 < np.abs(made.samples).max() <= 1


def test_a_sound_beyond_full_scale_is_refused(engine):
    with pytest.raises(ModelFailed, match="peaks"):
        make(engine, "good+loud")


@pytest.mark.parametrize("kind", ENGINES)
def test_everything_that_shapes_a_clip_is_sent_because_engines_have_defaults_of_their_own(engine, kind):
    """vLLM-Omni makes 1 frame at 24 a second, SGLang a portrait with seed 1024, where nothing is said."""
    way = f"sent+{kind}"
    animate(engine, way, kind, steps=4, guidance=1.0)

    posted = [one for one in engine.asked(way, method="POST") if "lora" not in one["path"]]
    sent = posted[-1]["asked"]
    assert int(sent.get("num_frames") or sent["target_video_length"]) == 5
    assert int(sent.get("fps") or sent["target_fps"]) == 16
    assert int(sent["seed"]) == 7
    assert sent.get("size") == "64x48" or sent["target_shape"] == [48, 64]
    assert int(sent.get("num_inference_steps") or sent["infer_steps"]) == 4


@pytest.mark.parametrize("kind", ENGINES)
@pytest.mark.parametrize(
    "fault", ["busy", "broken-twice", "hangs-up", "truncated-once", "forgets", "fails-once"]
)
def test_a_fault_that_passes_costs_a_retry_and_no_clip(engine, kind, fault):
    assert len(animate(engine, f"{fault}+{kind}", kind)) == 5


@pytest.mark.parametrize("kind", ONE_FAST)
@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("broken", "HTTP 500; HTTP 500; HTTP 500"),
        ("hangs", "no progress for 0.3 s"),
        ("truncated", "cannot be read"),
        ("wrong-size", "32x16 size, not 64x48"),
        ("wrong-frames", "6 frames, not 5"),
        ("wrong-rate", "24 frames a second, not 16"),
        ("ignores-first", "does not begin with the panel"),
    ],
)
def test_a_clip_that_is_not_what_was_asked_for_is_refused_with_what_it_was(engine, kind, fault, said):
    with pytest.raises(ModelFailed, match=said):
        animate(engine, f"{fault}+{kind}", kind)


@pytest.mark.parametrize("kind", [kind for kind in ENGINES if kind != NO_LAST])
def test_vllm_omni_6391_a_last_frame_that_is_ignored_is_noticed(engine, kind):
    """An engine returned a clip that did not end with the picture it was given, and said nothing."""
    with pytest.raises(ModelFailed, match="does not arrive at the last picture"):
        animate(engine, f"ignores-last+{kind}", kind, last=GOAL)


@pytest.mark.parametrize("kind", [kind for kind in ENGINES if kind != NO_LAST])
def test_a_version_without_a_field_that_is_needed_is_refused_before_anything_is_made(engine, kind):
    way = f"old+{kind}"

    with pytest.raises(SetupMissing, match=r"no field last_\w+: it would ignore"):
        animate(engine, way, kind, last=GOAL)

    assert not engine.asked(way, method="POST")


@pytest.mark.parametrize("kind", ENGINES)
def test_an_engine_that_runs_another_model_or_version_is_refused_with_what_it_runs(engine, kind):
    with pytest.raises(SetupMissing, match=r"runs Wan-AI/Wan2\.2"):
        animate(engine, f"good+{kind}", kind, model="Wan-AI/Wan2.1")
    with pytest.raises(SetupMissing, match=r"the profile asks for 9\.9"):
        animate(engine, f"good+{kind}", kind, version="9.9")


def test_what_the_protocol_cannot_say_is_refused_without_asking_the_engine():
    given = {"engine": "sglang", "url": "http://127.0.0.1:9", "model": "m", "accepts": ["last_frame"]}
    with pytest.raises(InputRefused, match="cannot say"), lease(Animator, "remote", options=given):
        pass
    with (
        pytest.raises(InputRefused, match="These do: vllm-omni"),
        lease(Foley, "remote", options={**given, "accepts": []}),
    ):
        pass


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"url": "http://gpu.example:8091"}, "unencrypted"),
        ({"url": "http://me:pw@127.0.0.1:8091"}, "key_from"),
        ({"url": "file:///etc/passwd"}, "http or https"),
        ({"url": "http://127.0.0.1:1", "engine": "comfy"}, "vllm-omni"),
        ({"url": "http://127.0.0.1:1", "api_key": "sk"}, "api_key"),
        ({"url": "http://127.0.0.1:1", "rates": ["24000/1001"]}, "whole frames"),
    ],
)
def test_options_that_cannot_work_are_refused(given, said):
    whole = {"engine": "vllm-omni", "model": "m", **given}
    with pytest.raises(InputRefused, match=said), lease(Animator, "remote", options=whole):
        pass


def test_a_plain_connection_to_another_computer_needs_to_be_allowed():
    allowed = {"engine": "vllm-omni", "model": "m", "url": "http://gpu.example:8091", "plain": True}
    with lease(Animator, "remote", options=allowed) as leased:
        assert leased.card.max_frames == 81


def test_the_key_is_sent_and_appears_in_no_error(engine, monkeypatch):
    monkeypatch.setenv("ENGINE_KEY", "sk-wrong")
    with pytest.raises(ModelFailed) as failed:
        animate(engine, "good+key", key_from="ENGINE_KEY")
    assert "sk-wrong" not in str(failed.value)

    monkeypatch.setenv("ENGINE_KEY", "sk-engine")
    assert len(animate(engine, "good+key", key_from="ENGINE_KEY")) == 5


def test_a_request_whose_answer_was_lost_finds_its_task_again(engine):
    way = "lost-answer+lightx2v"
    animate(engine, way, "lightx2v")

    tasks = {one["asked"]["task_id"] for one in engine.asked(way, "/v1/tasks/video/", "POST")}
    assert len(tasks) == 1


def test_work_that_nobody_waits_for_is_cancelled(engine):
    way = "hangs+stopped"

    def stop(share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), progress.heard_by(stop):
        animate(engine, way)

    assert engine.asked(way, "/v1/videos/", "DELETE")


def test_progress_is_told_while_the_engine_works(engine):
    heard = []
    with progress.heard_by(heard.append):
        animate(engine, "good+told")

    assert heard == sorted(heard)
    assert 0.4 < heard[0] < 0.6
    assert heard[-1] == 1


def test_an_engine_that_is_restarted_in_the_middle_is_sent_the_work_again(serve):
    before = serve("scripted_engine.py")
    given = options(
        before, "good", "vllm-omni", patience={**QUICK, "attempts": 8, "poll_s": 0.3, "first_wait_s": 0.5}
    )
    made = []

    def run():
        with lease(Animator, "remote", options=given) as leased:
            made.extend(leased.model.animate(a_shot(), PANEL, frames=5, seed=7))

    working = threading.Thread(target=run)
    working.start()
    ends = time.monotonic() + 20
    while not before.asked("good", "/v1/videos", "POST") and time.monotonic() < ends:
        time.sleep(0.02)
    before.stop()
    after = serve("scripted_engine.py", before.port)
    working.join(timeout=30)

    assert len(made) == 5
    assert after.asked("good", "/v1/videos", "POST")


def test_sglang_changes_its_loras_only_where_a_cut_needs_others(engine):
    way = "loras"
    given = options(engine, way, "sglang", accepts=["loras"], lora_base="wan22")
    one, other = (a_lora(expert="high"), a_lora(OTHER, 0.5, expert="low")), ()
    with lease(Animator, "remote", options=given) as leased:
        for loras in (one, one, other, one):
            leased.model.animate(replace(a_shot(), loras=loras), PANEL, frames=5, seed=7)

    sent = [entry["asked"] for entry in engine.asked(way, "/v1/set_lora")]
    assert len(sent) == 2
    assert sent[0]["target"] == ["transformer", "transformer_2"]
    assert sent[0]["strength"] == [0.75, 0.5]


def test_a_lora_set_that_another_client_changed_in_the_middle_is_not_believed(engine):
    way = "meddled"
    animate(engine, way, "sglang")

    assert len(engine.asked(way, "/v1/videos", "POST")) == 2


def test_a_lora_is_named_as_the_engines_computer_has_it(engine):
    more = {"accepts": ["loras"], "lora_base": "wan22", "lora_folder": "/srv/loras"}
    animate(engine, "lora", "vllm-omni", shot=a_shot(loras=(a_lora(),)), **more)
    animate(engine, "lora", "lightx2v", shot=a_shot(loras=(a_lora(),)), **more)

    videos, tasks = (engine.asked("lora", path, "POST")[0]["asked"] for path in ("/v1/videos", "/v1/tasks"))
    assert f'"/srv/loras/{SHA}.safetensors"' in videos["lora"]
    assert (tasks["lora_name"], tasks["lora_strength"]) == (f"{SHA}.safetensors", 0.75)


def test_more_loras_than_an_engine_takes_are_refused(engine):
    with pytest.raises(ShapeRefused, match="Merge them"):
        animate(
            engine, "two", shot=a_shot(loras=(a_lora(), a_lora(OTHER))), accepts=["loras"], lora_base="wan22"
        )


@pytest.mark.parametrize("kind", ["vllm-omni", "sglang"])
def test_references_are_sent_to_the_editing_endpoint(engine, kind):
    way = f"edit+{kind}"
    paint(engine, way, kind, shot=a_shot(references=(REFERENCE,)), accepts=["references"])

    assert "bytes" in engine.asked(way, "/v1/images/edits", "POST")[0]["asked"]["image"]


@pytest.mark.parametrize(("fault", "said"), [("wrong-size", "made 32x48"), ("truncated", "cannot be read")])
def test_a_picture_that_is_not_what_was_asked_for_is_refused(engine, fault, said):
    with pytest.raises(ModelFailed, match=said):
        paint(engine, fault)


@pytest.mark.parametrize(
    ("fault", "said"), [("wrong-length", "made 0.50 s"), ("truncated", "cannot be read")]
)
def test_a_sound_that_is_not_what_was_asked_for_is_refused(engine, fault, said):
    with pytest.raises(ModelFailed, match=said):
        make(engine, fault)


def test_the_recipe_names_what_the_engine_runs_and_not_where_it_is():
    given = {"engine": "vllm-omni", "url": "http://127.0.0.1:1", "model": "m", "steps": 4}
    with lease(Animator, "remote", options=given) as leased:
        identity = leased.identity()

    assert (identity["weights"], identity["revision"]) == ("m", "unstated")
    assert identity["options"]["steps"] == 4
    assert not identity["options"].keys() & {"url", "key_from", "plain", "patience", "lora_folder"}


def test_patience_of_an_engine_allows_a_clip_that_takes_an_hour():
    assert Patience().work_s == 3600
