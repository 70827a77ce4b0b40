"""Fifty premises through the embedded writer: what it makes, and what that takes. Measures; judges only form.

STORIES=FOLDER keeps the scripts, and a table of times and tokens.
"""

import json
import os
import statistics
import time
from pathlib import Path

import pytest
import yaml

from assets.errors import InputRefused, ModelFailed
from assets.fountain import parse
from assets.vault import Vault
from models.lease import lease
from models.ports import Writer
from models.registry import lacks
from stages.breakdown import BreakdownOptions, break_down
from stages.story import Order, StoryOptions, write
from stages.work_cache import WorkCache

pytestmark = pytest.mark.bench
PREMISES = yaml.safe_load((Path(__file__).parents[1] / "data" / "premises.yaml").read_text(encoding="utf-8"))
SECONDS = 90


class Nobody:
    def __getattr__(self, name):
        return lambda *told: None


@pytest.mark.timeout(3600)
def test_the_premises_that_are_told_become_scripts_of_the_length_wanted(tmp_path, record_property):
    if missing := lacks("writer", "smollm"):
        pytest.skip(missing)
    folder = Path(os.environ.get("STORIES", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    with lease(Writer, "smollm") as writer:
        for language, premises in PREMISES.items():
            for index, premise in enumerate(premises):
                cache = WorkCache(Vault.open(tmp_path / "v"), tmp_path / "j", calls=Nobody(), watch=Nobody())
                started = time.perf_counter()
                try:
                    made = write(
                        Order(premise, "bench", SECONDS, language), writer=writer, cache=cache,
                        options=StoryOptions(), breakdown=BreakdownOptions(),
                    )  # fmt: skip
                except InputRefused as refused:
                    print(refused)
                    continue
                seconds = time.perf_counter() - started
                name = f"{language}-{index + 1:02}"
                (folder / f"{name}.fountain").write_text(made.fountain, encoding="utf-8")
                (folder / f"{name}.story.json").write_text(made.story.to_json(), encoding="utf-8")
                sheet = break_down(
                    parse(made.fountain), None, episode=name, language=None, options=BreakdownOptions()
                )
                slots = made.story.slots
                rows.append(
                    {
                        "name": name, "premise": premise, "seconds": round(seconds, 2), "long": made.story.seconds,
                        "cuts": len(sheet.cuts), "language": sheet.language, "plot": made.story.outline.plot,
                        "own": sum(slot.candidates[slot.chosen].by == "model" for slot in slots),
                        "in": sum(slot.tokens_in for slot in slots), "out": sum(slot.tokens_out for slot in slots),
                        "model": sum(slot.seconds for slot in slots),
                    }
                )  # fmt: skip
                (folder / "table.json").write_text(json.dumps(rows, ensure_ascii=False, indent=1))

    median = statistics.median(row["seconds"] for row in rows)
    rate = sum(row["out"] for row in rows) / sum(row["model"] for row in rows)
    print(f"\n{len(rows)} scripts; median {median:.1f} s; {rate:.1f} tokens/s written")
    assert [row["language"] for row in rows] == ["en"] * 22 + ["ja"] * 20
    assert all(abs(row["long"] - SECONDS) <= 0.2 * SECONDS for row in rows)


UNAIDED = """\
Write a short anime screenplay of about ninety seconds in {language}, in Fountain format, from this premise.
Give it scene headings, action and dialogue between two people, with a beginning, a turn and an end.

Premise: {premise}
"""


@pytest.mark.timeout(3600)
def test_what_the_same_machine_writes_unaided(tmp_path):
    """The "before" of the samples: one plain prompt for a whole script, the first five premises of each language."""
    if missing := lacks("writer", "smollm"):
        pytest.skip(missing)
    folder = Path(os.environ.get("STORIES", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    field = {"type": "string", "minLength": 200, "maxLength": 1400}
    schema = {"type": "object", "properties": {"script": field}, "required": ["script"]}
    with lease(Writer, "smollm") as writer:
        for language, premises in PREMISES.items():
            for index, premise in enumerate(premises[:5]):
                asked = UNAIDED.format(
                    language={"en": "English", "ja": "Japanese"}[language], premise=premise
                )
                try:
                    draft = writer.model.write(
                        asked, schema={**schema, "additionalProperties": False}, seed=0
                    )
                    told = draft.data["script"]
                except ModelFailed as error:
                    told = f"(no script: {error})"
                (folder / f"before-{language}-{index + 1:02}.txt").write_text(told, "utf-8")

    assert len(list(folder.glob("before-*.txt"))) == 10
