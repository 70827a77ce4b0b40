"""The guide's way from an artist's drawings to a statement, command by command, with the sample show's house look."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
import yaml

from assets.sheets.production import Report
from models.house import weights
from tests.bench.hands import drawings
from tests.flows.rights.conftest import RULE

ROOT = Path(__file__).parents[3]
SHORTER = {"500": "4", "6": "1"}  # steps of the training, cuts of the validation
SCRIPT = "Title: Clear\nLanguage: ja\n\nEXT. 学校の屋上 - 朝\n\n凪が空を見上げる。\n\n@凪\n今日は晴れる。\n"


def commands() -> list[str]:
    guide = (ROOT / "deploy/GUIDE.md").read_text(encoding="utf-8")
    block = guide.partition("## A cleared episode, from art to statement")[2].split("```")[1]
    return [line.partition("  #")[0].strip() for line in block.strip().splitlines()]


def prepared(folder: Path) -> None:
    """The show, drawings of two artists' hands, and what they agreed to."""
    shutil.copytree(ROOT / "assets/library/shows/clear-skies", folder / "show")
    (folder / "ep01.fountain").write_text(SCRIPT)
    drawings.write(folder / "art", drawings.of_print(drawings.TAUGHT, 3))
    drawings.write(folder / "held", drawings.of_print(drawings.UNSEEN, 2))
    files = [
        sha256(path.read_bytes()).hexdigest()
        for place in ("art", "held")
        for path in sorted((folder / place).glob("*.png"))
        if "layout" not in path.name
    ]
    work = {
        "id": "sheets",
        "title": "Drawings",
        "kind": "picture",
        "files": files,
        "made_by": [{"person": "P-aoi"}],
    }
    grant = {"id": "G-2026-001", "by": "P-aoi", "works": ["sheets"], "licence": "LicenseRef-contract-2026-001",
             "data_class": "licensed", "scope": ["generate", "train"], "ends": "2099-03-31"}  # fmt: skip
    people = [{"id": "P-aoi", "name": "青井 葵"}]
    (folder / "grants.yaml").write_text(
        yaml.safe_dump({"people": people, "works": [work], "grants": [grant]})
    )
    (folder / "rule.yaml").write_text(yaml.safe_dump({**RULE, "owners": []}, allow_unicode=True))


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.skipif(not weights.revisions("autoencoder", "painter"), reason="no house weights yet")
def test_the_guide_leads_from_drawings_to_a_statement_that_somebody_else_can_check(
    tmp_path, tmp_path_factory, monkeypatch
):
    home = tmp_path_factory.mktemp("home")
    (home / "keys").mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    project = tmp_path / "work" / "studio"
    prepared(project)
    said: dict[str, str] = {}

    for line in commands():
        words = [
            str(home) + word.removeprefix("~") if word.startswith("~") else word for word in shlex.split(line)
        ]
        if words[0] == "export":
            monkeypatch.setenv(*[part.replace("~", str(home)) for part in words[1].split("=", 1)])
            continue
        words = [SHORTER.get(word, word) for word in words]
        program = [sys.executable, "-m", "flows.cli"] if words[0] == "sakuga" else [sys.executable, "-I"]
        done = subprocess.run(
            [*program, *words[1:]], cwd=project, capture_output=True, text=True, timeout=900
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        said[line] = done.stdout

    def told(start: str) -> str:
        return next(text for line, text in said.items() if line.startswith(start))

    report = Report.read(project / "episodes/clear-skies-ep01/report.json")
    assert report.rights.policy == "own-or-licensed"
    assert not {terms["data_class"] for terms in report.rights.used.values()} & {"scraped", "opt-out"}
    assert "passes own-or-licensed" in told("sakuga rights check")
    assert re.search(r"by 青井 葵 \(P-aoi\): grant G-2026-001", told("sakuga why"))
    assert "Trusted" in told("sakuga credentials show")
    assert "青井" in (project / "aoi.html").read_text() and "clear-skies/clear-skies-ep01" in told(
        "sakuga why"
    )
    assert "sheets,Drawings,picture" in (project / "sources.csv").read_text()
    assert "The script" in (project / "sources.csv").read_text()
    assert {"sheets", "clear-skies/clear-skies-ep01"} <= {
        one["ref"] for one in json.loads((project / "bom.json").read_text())["dependencies"]
    }
    assert json.loads((project / "croissant.json").read_text())["license"] == ["LicenseRef-contract-2026-001"]
    assert "3 works (licensed, LicenseRef-contract-2026-001)" in (project / "training.md").read_text()
    assert "as the ledger gives. Unchanged: P-aoi.csv, P-aoi.json, P-aoi.pdf." in told(
        "python export/verify_s"
    )
    checkpoints = re.search(r"cover (\d+) events", told("sakuga ledger verify"))
    assert checkpoints and told("sakuga ledger verify").startswith(
        f"{checkpoints[1]} events"
    )  # nothing is unsigned
