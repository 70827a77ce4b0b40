"""The twelve recorded stories for reading: what was criticised, what was changed, and the final scripts.

python -m tests.bench.free_writing_samples > deploy/decisions/2026-11-28-free-writing-samples.md
"""

import difflib
import tempfile
from pathlib import Path

from assets.errors import ModelDeclined
from models.lease import lease
from models.ports import Writer
from tests.bench.fidelity import told
from tests.stages import recorded

HEAD = """\
# Twelve stories through the free path

Date: 2026-11-28. Made by `python -m tests.bench.free_writing_samples`.

The answers were written by hand for the tests, as a capable writer would give them, bad ones included; no language
model service was asked (`tests/data/free-writing`). What is shown here is what the pipeline made of them: which answers
were not used and why, what rules and reader criticised, what the revision changed, and the script that was chosen.
"""


def lines(scene):
    return [f"{said.who}: {said.text}" if said.who else said.text for said in scene.said]


def body(fountain):
    return fountain.split("\n\n", 1)[1].strip()


def page(name):
    story = recorded.story(name)
    refused = []
    with tempfile.TemporaryDirectory() as folder, recorded.serving(name) as address:
        options = {"base_url": address, "model": "recorded", "patience": {"attempts": 1}}
        with lease(Writer, "openai", options=options) as writer:
            order = (story["premise"], story["language"], writer, Path(folder), story["seconds"])
            try:
                made = told(*order, seed=0)
            except ModelDeclined as error:
                refused.append(str(error))
                made = told(*order, seed=1)
    outline, asked = made.story.outline, made.story.asked
    tokens = (sum(one.tokens_in for one in asked), sum(one.tokens_out for one in asked))
    yield f"\n## {outline.title}\n"
    yield f"Premise: {story['premise']}  \nOn purpose: {story['bad']}\n"
    yield f"{outline.logline} *{outline.theme}*\n"
    cost = f"about {tokens[0]:,} tokens read and {tokens[1]:,} written"
    yield f"{len(asked)} answers, {cost}; {made.story.seconds:.0f} s.\n"
    for error in refused:
        yield f"- refused: {error}"
    for one in asked:
        for note in one.notes:
            yield f"- {one.name}: {note}"
    for before, after in zip(made.story.drafts, (*made.story.drafts[1:], None), strict=True):
        for fault in before.faults:
            where = f"draft {before.draft}.{before.revision}, scene {fault.scene}, line {fault.line}"
            yield f"- {where}, {fault.by}: {fault.what}"
        for number in after.rewritten if after else ():
            old, new = before.scenes[number - 1], after.scenes[number - 1]
            difference = list(difflib.unified_diff(lines(old), lines(new), lineterm="", n=0))[2:]
            yield f"\nRevision {after.revision}, scene {number}:\n\n```diff"
            yield "\n".join(line for line in difference if not line.startswith("@@"))
            yield "```\n"
    yield f"\n{made.story.why}\n\n```fountain\n{body(made.fountain)}\n```"


if __name__ == "__main__":
    print(HEAD)
    for path in sorted(recorded.FOLDER.glob("*.yaml")):
        print("\n".join(page(path.stem)))
