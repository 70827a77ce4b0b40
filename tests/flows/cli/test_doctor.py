"""Claims about what `sakuga doctor` prints."""

from importlib.util import find_spec
from pathlib import Path

import pytest
import torch

from flows.cli.doctor import Finding, examine, show
from flows.settings import Settings

NO_CUDA = pytest.mark.skipif(torch.cuda.is_available(), reason="this computer has a CUDA device")


def test_brackets_in_a_remedy_are_printed_as_they_are(capsys):
    """`pip install 'sakuga[studio]'` was printed without its brackets."""
    show([Finding("peft", "not [installed]", "pip install 'sakuga[studio]'", must=False)], brief=False)

    printed = capsys.readouterr().out
    assert "not [installed]" in printed and "'sakuga[studio]'" in printed


@NO_CUDA
def test_a_device_that_was_asked_for_and_is_not_there_is_not_ready(tmp_path: Path, capsys):
    """It said that this machine was ready."""
    asked = Settings(
        home=tmp_path / "h",
        vault=str(tmp_path / "v"),
        store=f"sqlite:///{tmp_path}/x.sqlite",
        device="cuda:3",
    )
    [gpu] = [finding for finding in examine(asked) if finding.what == "GPU"]

    assert gpu.must and "cuda:3 was asked for" in gpu.remedy
    assert show([gpu], brief=True) == 3 and "studio profile" not in capsys.readouterr().out


@pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed")
@pytest.mark.skipif(find_spec("aiohttp_cors") is not None, reason="ray[default] is installed")
def test_a_ray_that_takes_jobs_on_every_node_is_told(tmp_path: Path, capsys, monkeypatch):
    """Its agents run commands for who has the token, and no option of a cluster switches that off."""
    for name in ("aiohttp_cors", "opencensus"):
        (tmp_path / f"{name}.py").touch()
    chosen = Settings(
        home=tmp_path / "h", vault=str(tmp_path / "v"), store=f"sqlite:///{tmp_path}/x.sqlite", device="cpu"
    )
    [core] = [finding for finding in examine(chosen) if finding.what == "ray"]
    monkeypatch.syspath_prepend(tmp_path)
    [full] = [finding for finding in examine(chosen) if finding.what == "ray"]

    assert core.remedy == ""
    assert "port 52365" in full.remedy and not full.must
