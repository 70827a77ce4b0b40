"""The comfyui adapters: bindings guessed from real shapes of workflows, and runs on a server of ours."""

import json
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from assets.errors import InputRefused, ModelFailed, SetupMissing, ShapeRefused
from assets.media.picture import from_png
from assets.sheets.bible import Character, Place
from assets.sheets.cutsheet import Cut, Staged
from models import progress
from models.engines.comfyui.bindings import LoraSlot, described, guessed
from models.engines.comfyui.graph import Graph
from models.lease import lease
from models.ports import Animator, LoraWeights, Painter, Prompt, ReferencePicture, Shot

WORKFLOWS = Path(__file__).parent / "workflows"
SIZE = (64, 48)
QUICK = {"attempts": 3, "first_wait_s": 0.01, "wait_s": 1, "answer_s": 2, "poll_s": 0.02, "silent_s": 0.5}
SHA, OTHER = "5" * 64, "7" * 64


def a_shot(**beside):
    cut = Cut(
        number="C001", scene="S01", place="roof", size="medium", frames=1, staged=(Staged(character="aoi"),)
    )
    who, where = Character(id="aoi", names=("AOI",)), Place(id="roof", names=("ROOF",))
    return Shot(cut, (who,), where, SIZE, Fraction(16), Prompt("1girl, roof", "photo"), **beside)


def a_picture(level):
    picture = np.full((SIZE[1], SIZE[0], 3), level, np.uint8)
    picture[10:30, 20:40] = 255 - level
    return picture


PANEL, GOAL = a_picture(40), a_picture(200)


def a_lora(sha=SHA, **more):
    return LoraWeights(Path("/loras/aoi.safetensors"), sha, 0.75, "aoi_v3", **more)


def graph(name):
    return Graph.read(WORKFLOWS / f"{name}.json")


def options(comfy, way, workflow, **more):
    given = {"url": f"{comfy.url}/{way}", "workflow": str(WORKFLOWS / f"{workflow}.json"), "patience": QUICK}
    return {**given, **more}


def paint(comfy, way, *, workflow="sdxl", shot=None, **more):
    with lease(Painter, "comfyui", options=options(comfy, way, workflow, **more)) as leased:
        return leased.model.paint(shot or a_shot(), seed=7)


def animate(comfy, way, *, shot=None, last=None, **more):
    with lease(Animator, "comfyui", options=options(comfy, way, "wan", **more)) as leased:
        return list(leased.model.animate(shot or a_shot(), PANEL, frames=5, seed=7, last=last))


def sent(comfy, way):
    return comfy.asked(way, "/prompt")[-1]["asked"]["prompt"]


def test_bindings_of_a_text_to_image_workflow_are_found():
    found = guessed(graph("sdxl"), "painter")

    assert (found.prompt, found.negative, found.seed) == (("6.text",), ("7.text",), ("3.seed",))
    assert (found.width, found.height) == (("5.width",), ("5.height",))
    assert found.loras == (LoraSlot(node="10"),)
    assert found.output == "9"


def test_bindings_of_a_two_expert_first_and_last_frame_workflow_are_found():
    """Both prompts pass through the node that makes the latent; the length comes from a number node of its own."""
    found = guessed(graph("wan"), "animator")

    assert (found.prompt, found.negative) == (("5.text",), ("6.text",))
    assert found.seed == ("14.noise_seed", "15.noise_seed")
    assert (found.width, found.height) == (("13.width",), ("13.height",))
    assert (found.length, found.rate) == (("11.value",), ("17.fps",))
    assert (found.first, found.last) == (("7.image",), ("8.image",))
    assert found.loras == (LoraSlot(node="9", expert="high"), LoraSlot(node="10", expert="low"))
    assert found.output == "18"


def test_bindings_behind_a_guider_and_a_text_node_are_found():
    found = guessed(graph("klein"), "painter")

    assert (found.prompt, found.negative) == (("40.value",), ())
    assert found.seed == ("25.noise_seed",)
    assert found.references == ("30.image",)


def test_what_was_found_is_shown_with_the_node_and_its_value():
    shown = "\n".join(described(graph("sdxl"), guessed(graph("sdxl"), "painter")))

    assert "prompt      6.text" in shown
    assert "CLIP Text Encode (Positive)" in shown
    assert "'1girl, masterpiece'" in shown
    assert "references  -" in shown


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"nodes": [], "links": []}', "Export"),
        ("[1]", "API format"),
        ('{"1": {"inputs": {}}}', "API format"),
        ('{"1": {"class_type": "A", "inputs": {"x": ["9", 0]}}}', "which is missing"),
        ("{", "not JSON"),
    ],
)
def test_a_file_that_is_no_workflow_is_refused(tmp_path, content, said):
    path = tmp_path / "workflow.json"
    path.write_text(content)

    with pytest.raises(InputRefused, match=said):
        Graph.read(path)


def test_a_loop_in_a_workflow_is_no_endless_walk():
    loop = {"1": {"class_type": "A", "inputs": {"positive": ["2", 0], "model": ["2", 0]}},
            "2": {"class_type": "B", "inputs": {"conditioning": ["1", 0]}}}  # fmt: skip

    assert guessed(Graph.of(loop, "loop"), "painter").prompt == ()


def test_a_panel_of_a_workflow_has_its_size_and_is_the_same_for_the_same_seed(comfy):
    one, other = (paint(comfy, "good") for _ in range(2))

    assert one.shape == (48, 64, 3)
    assert (one == other).all()


def test_a_workflow_is_sent_with_the_cuts_values_and_otherwise_as_it_is(comfy):
    paint(comfy, "values", lora_base="sdxl", shot=a_shot(loras=(a_lora(),)))

    before, after = json.loads((WORKFLOWS / "sdxl.json").read_text()), sent(comfy, "values")
    assert (after["6"]["inputs"]["text"], after["7"]["inputs"]["text"]) == ("1girl, roof", "photo")
    assert after["3"]["inputs"]["seed"] == 7
    assert after["10"]["inputs"]["lora_name"] == f"{SHA}.safetensors"
    assert after["10"]["inputs"]["strength_model"] == after["10"]["inputs"]["strength_clip"] == 0.75
    assert after["4"] == before["4"]
    assert after["3"]["inputs"]["steps"] == 20


def test_a_lora_loader_that_a_cut_does_not_need_is_set_to_strength_0(comfy):
    paint(comfy, "unused", lora_base="sdxl")

    assert sent(comfy, "unused")["10"]["inputs"]["strength_model"] == 0


def test_a_lora_of_the_artist_stays_where_the_profile_names_no_family(comfy):
    paint(comfy, "own")

    assert (
        sent(comfy, "own")["10"]["inputs"]
        == json.loads((WORKFLOWS / "sdxl.json").read_text())["10"]["inputs"]
    )


def test_a_clip_of_a_workflow_begins_with_the_panel_and_arrives_at_the_last_picture(comfy):
    pictures = animate(comfy, "good", last=GOAL)

    assert len(pictures) == 5
    assert (pictures[0] == PANEL).all()
    assert np.abs(pictures[-1].astype(int) - GOAL).mean() < 6


def test_loras_go_to_the_loader_of_their_expert(comfy):
    pair = (a_lora(OTHER, expert="low"), a_lora(expert="high"))
    animate(comfy, "pair", lora_base="wan22", shot=a_shot(loras=pair))

    made = sent(comfy, "pair")
    assert made["9"]["inputs"]["lora_name"] == f"{SHA}.safetensors"
    assert made["10"]["inputs"]["lora_name"] == f"shows/{OTHER}.safetensors"


def test_musubi_tuner_552_a_lora_for_one_expert_is_never_put_on_the_other(comfy):
    """One LoRA was used for both experts, or had no effect."""
    pair = (a_lora(expert="low"), a_lora(OTHER, expert="low"))

    with pytest.raises(ShapeRefused, match="for the low expert"):
        animate(comfy, "same", lora_base="wan22", shot=a_shot(loras=pair))


def test_a_lora_that_the_server_has_not_is_named_with_where_to_put_it(comfy):
    with pytest.raises(SetupMissing, match=f"has no LoRA {'6' * 64}.safetensors"):
        paint(comfy, "good", lora_base="sdxl", shot=a_shot(loras=(a_lora("6" * 64),)))


@pytest.mark.parametrize("way", ["old", "new"])
def test_a_workflow_whose_nodes_or_files_the_server_lacks_is_refused_with_their_names(comfy, way):
    with pytest.raises(SetupMissing, match=r"lacks LoraLoader \(node 10\)"):
        paint(comfy, f"bare+{way}")
    with pytest.raises(SetupMissing, match=r"no 'animagine-xl-4\.0\.safetensors' \(node 4, ckpt_name\)"):
        paint(comfy, f"empty+{way}")
    assert not comfy.asked(f"bare+{way}", "/prompt")


def test_another_version_than_the_profile_asks_for_is_refused(comfy):
    with pytest.raises(SetupMissing, match=r"is version 0\.9\.1"):
        paint(comfy, "good", version="0.1")


def test_bindings_of_the_profile_win_and_what_is_not_there_is_refused(comfy):
    paint(comfy, "bound", bindings={"prompt": ["7.text"], "negative": []}, shot=bare())
    assert sent(comfy, "bound")["7"]["inputs"]["text"] == "1girl, roof"

    for bindings, said in (({"prompt": ["6.words"]}, "node 6 has"), ({"output": "99"}, "no node 99"),
                           ({"prompt": []}, "found for prompt"), ({"promt": []}, "promt")):  # fmt: skip
        with pytest.raises(InputRefused, match=said):
            paint(comfy, "bound", bindings=bindings)


def test_a_workflow_that_the_server_refuses_is_refused_with_the_nodes_fault(comfy):
    with pytest.raises(InputRefused, match=r"node 3 \(KSampler\): Value too large steps"):
        paint(comfy, "refuses")


@pytest.mark.parametrize("fault", ["busy", "forgets", "fails-once"])
def test_a_fault_that_passes_costs_a_retry_and_no_picture(comfy, fault):
    assert paint(comfy, fault).shape == (48, 64, 3)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("fails", "KSampler: out of memory"),
        ("hangs", "no progress"),
        ("silent", "wrote no file"),
        ("wrong-size", "made 32x48"),
    ],
)
def test_a_run_that_gives_no_usable_picture_fails_and_says_why(comfy, fault, said):
    with pytest.raises(ModelFailed, match=said):
        paint(comfy, fault)


def test_a_clip_with_other_frames_than_asked_is_refused(comfy):
    with pytest.raises(ModelFailed, match="6 frames, not 5"):
        animate(comfy, "wrong-frames")


def test_previews_and_progress_come_while_it_runs(comfy, tmp_path):
    heard = []
    with progress.heard_by(heard.append):
        paint(comfy, "seen", previews=str(tmp_path / "previews"), patience={**QUICK, "poll_s": 0.1})

    assert from_png((tmp_path / "previews" / "C001.png").read_bytes()).shape == (8, 8, 3)
    assert heard == sorted(heard)
    assert any(0 < share < 0.99 for share in heard)


def test_a_run_that_nobody_waits_for_is_interrupted_and_no_other_run_is(comfy):
    def stop(share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), progress.heard_by(stop):
        paint(comfy, "hangs+stopped")

    id = comfy.asked("hangs+stopped", "/prompt")[0]["asked"]["prompt_id"]
    ends = time.monotonic() + 5
    while not (asked := comfy.asked("hangs+stopped", "/interrupt")) and time.monotonic() < ends:
        time.sleep(0.05)
    assert asked[0]["asked"] == {"prompt_id": id}


def test_references_fill_the_inputs_in_order_and_more_than_there_are_inputs_are_refused(comfy):
    reference = ReferencePicture("character", "aoi", PANEL, SHA)
    paint(comfy, "refs", workflow="klein", side_step=16, shot=bare(references=(reference,)))
    assert sent(comfy, "refs")["30"]["inputs"]["image"].startswith("sakuga-")

    with pytest.raises(ShapeRefused, match="inputs for 1"):
        paint(comfy, "refs", workflow="klein", shot=bare(references=(reference, reference)))


def bare(**beside):
    """A shot without a negative prompt: the workflow has no input for one."""
    return replace(a_shot(**beside), prompt=Prompt("1girl, roof"))


def test_the_recipe_has_the_workflows_content_and_not_its_name_or_the_servers_address(tmp_path):
    copied, changed = tmp_path / "copied.json", tmp_path / "changed.json"
    copied.write_text((WORKFLOWS / "sdxl.json").read_text())
    changed.write_text((WORKFLOWS / "sdxl.json").read_text().replace('"steps": 20', '"steps": 21'))

    def identity(path, port=1):
        given = {"url": f"http://127.0.0.1:{port}", "workflow": str(path)}
        with lease(Painter, "comfyui", options=given) as leased:
            return leased.identity()

    assert identity(WORKFLOWS / "sdxl.json") == identity(copied, 2) != identity(changed)


def test_a_workflow_that_changed_after_the_run_began_is_refused(tmp_path):
    path = tmp_path / "mine.json"
    path.write_text((WORKFLOWS / "sdxl.json").read_text())
    with lease(Painter, "comfyui", options={"url": "http://127.0.0.1:1", "workflow": str(path)}) as leased:
        named = leased.named()
    path.write_text(path.read_text().replace('"steps": 20', '"steps": 21'))

    with pytest.raises(InputRefused, match="another workflow"):
        assert named.card
