"""Public threads of faults in image pipelines, each with the test or guard that keeps it out of here."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent
THREADS = {
    "diffusers#12052": "diffusion/test_exhausted.py",  # LoRAs loaded into offloaded weights
    "diffusers#13488": "test_studio_painters.py",  # offloading broke between releases
    "diffusers#14423": "test_studio_painters.py",
    "diffusers#12096": "diffusion/test_levers.py",  # tiles with an offloaded VAE
    "diffusers#12673": "diffusion/test_exhausted.py",  # record_stream
    "diffusers#14824": "diffusion/test_references.py",  # haloes at exactly 1024
    "ComfyUI#16435": "diffusion/test_references.py",
    "Qwen-Image#229": "diffusion/test_references.py",  # edits shift and zoom
    "Qwen-Image#160": "diffusion/test_references.py",
    "Wan2GP#1165": "diffusion/test_references.py",
    "Wan2.2-Lightning#3": "diffusion/test_loras.py",  # alpha ignored
}


@pytest.mark.parametrize(("thread", "file"), THREADS.items())
def test_every_thread_has_a_test_that_names_it(thread, file):
    repository, _, number = thread.partition("#")
    text = (HERE / file).read_text()

    assert f"#{number}" in text
    assert repository in text
