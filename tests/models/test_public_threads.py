"""Public threads of faults in image and video pipelines, each with the test or guard that keeps it out of here."""

from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
THREADS = {
    "diffusers#12052": "models/diffusion/test_exhausted.py",  # LoRAs loaded into offloaded weights
    "diffusers#13488": "models/test_studio_painters.py",  # offloading broke between releases
    "diffusers#14423": "models/test_studio_painters.py",
    "diffusers#12096": "models/diffusion/test_levers.py",  # tiles with an offloaded VAE
    "diffusers#12673": "models/diffusion/test_exhausted.py",  # record_stream
    "diffusers#14824": "models/diffusion/test_references.py",  # haloes at exactly 1024
    "ComfyUI#16435": "models/diffusion/test_references.py",
    "Qwen-Image#229": "models/diffusion/test_references.py",  # edits shift and zoom
    "Qwen-Image#160": "models/diffusion/test_references.py",
    "Wan2GP#1165": "models/diffusion/test_references.py",
    "ComfyUI#13101": "stages/test_chaining.py",  # colour drifts to the last frame
    "WanVideoWrapper#1205": "stages/test_chaining.py",
    "WanVideoWrapper#428": "stages/test_chaining.py",
    "Wan2.1#369": "models/wan/test_wan.py",  # flicker beyond 81 frames
    "Wan2.2-Lightning#13": "models/wan/test_wan.py",  # timesteps of the distilled pair
    "Wan2GP#677": "models/wan/test_wan.py",
    "Wan2.2-Lightning#3": "models/diffusion/test_loras.py",  # alpha ignored
    "ComfyUI#9484": "models/wan/test_wan.py",  # memory grows with every clip
    "ComfyUI#11775": "models/wan/test_wan.py",
    "musubi-tuner#552": "models/wan/test_wan.py",  # one LoRA on both experts, or on the other one
    "musubi-tuner#569": "models/wan/test_wan.py",
    "musubi-tuner#621": "models/wan/test_wan.py",
    "LTX-2#148": "stages/test_tail.py",  # flashes in the last second
    "KJNodes#513": "stages/test_tail.py",
    "vllm-omni#6391": "models/engines/test_remote.py",  # last frame not honoured
    "Wan2.1#435": "stages/test_realism.py",  # anime slides to a photograph
    "Wan2.1#479": "models/wan/test_wan.py",  # mask with the other sense
}


@pytest.mark.parametrize(("thread", "file"), THREADS.items())
def test_every_thread_has_a_test_that_names_it(thread, file):
    repository, _, number = thread.partition("#")
    text = (TESTS / file).read_text(encoding="utf-8")
    as_a_name = f"{repository}_{number}".replace(".", "_").replace("-", "_").casefold()

    assert (f"#{number}" in text and repository in text) or f"test_{as_a_name}_" in text
