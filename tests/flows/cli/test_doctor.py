"""Claims about what `sakuga doctor` prints."""

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
