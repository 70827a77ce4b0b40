"""Lines that the voice cannot say are told by name, and stop no other line from being recorded."""

import json
from pathlib import Path

import pytest

BAD = "MIKA\nПривет, друг.\n\n"


@pytest.mark.slow
def test_a_breakdown_names_the_lines_that_cannot_be_spoken(script: Path, sakuga) -> None:
    """Nothing was said of them before the voices were recorded."""
    text = script.read_text(encoding="utf-8")
    script.write_text(text.replace("BOU\nAll right.", f"{BAD}BOU\nAll right 👍."), encoding="utf-8")

    told = " ".join(sakuga("breakdown", "kite.fountain").stdout.split())

    assert "line 1 (MIKA, script line 25): hibari reads Latin and Japanese letters." in told
    assert "Cyrillic (Приветд" in told
    assert "(BOU, script line 28): 👍 is shown in the captions and not spoken." in told


@pytest.mark.slow
def test_one_line_that_cannot_be_said_stops_no_other_from_being_recorded(script: Path, sakuga) -> None:
    text = script.read_text(encoding="utf-8")
    script.write_text(
        text.replace("BOU\nAll right.", f"MIKA\n{'.' * 3000}\n\nBOU\nAll right."), encoding="utf-8"
    )

    refused = sakuga("produce", "kite.fountain", "--profile", "toy", check=False)
    script.write_text(text, encoding="utf-8")
    sakuga("produce", "kite.fountain", "--profile", "toy")

    assert refused.returncode == 2
    assert "(MIKA, script line 25): 3,000 letters" in " ".join(refused.stderr.split())
    report = json.loads((script.parent / "episodes" / "kite" / "report.json").read_text(encoding="utf-8"))
    assert {done["outcome"] for done in report["work"] if done["step"] == "voice"} == {"reused"}
