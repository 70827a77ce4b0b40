"""How much of a premise reaches its script, by marks that a person set: roles, things and deeds.

python -m tests.bench.fidelity [--writer toy]      the 70 premises through the embedded writer's path
python -m tests.bench.fidelity --recorded          the twelve recorded stories of a large writer
"""

import re
import sys
import tempfile
from collections import Counter
from pathlib import Path

import yaml

from assets.errors import ModelDeclined, SakugaError
from assets.fountain import parse
from assets.vault import Vault
from models.lease import lease
from models.ports import Writer
from stages.breakdown import BreakdownOptions
from stages.story import Order, StoryOptions, write
from stages.work_cache import WorkCache
from tests.stages import recorded

DATA = Path(__file__).parents[1] / "data"
KINDS = {"r": "roles", "t": "things", "d": "deeds"}


class Nobody:
    def __getattr__(self, name):
        return lambda *told: None


def premises():
    """(language, premise, marks) of all seventy."""
    known = yaml.safe_load((DATA / "premises.yaml").read_text(encoding="utf-8"))
    marked = yaml.safe_load((DATA / "fidelity.yaml").read_text(encoding="utf-8"))
    for language, entries in marked.items():
        for index, entry in enumerate(entries):
            if isinstance(entry, str):
                yield language, known[language][index], entry.split()
            else:
                yield language, entry["premise"], entry["must"].split()


def body(fountain):
    """What is seen and heard: actions, lines and headings, without the title page and the writer's notes."""
    kinds = ("heading", "action", "character", "dialogue")
    return " ".join(element.text for element in parse(fountain).elements if element.kind in kinds)


def kept(marks, text):
    """Counter of found and all marks, by kind."""
    found = Counter()
    for mark in marks:
        kind, words = mark.split(":")
        found[kind, "all"] += 1
        found[kind, "kept"] += any(_occurs(word, text) for word in words.split("/"))
    return found


def _occurs(word, text):
    return word in text if not word.isascii() else bool(re.search(rf"\b{word[:5]}", text, re.IGNORECASE))


def told(premise, language, writer, folder, seconds=90, **options):
    cache = WorkCache(Vault.open(folder / "v"), folder / "j", calls=Nobody(), watch=Nobody())
    return write(
        Order(premise, "bench", seconds, language), writer=writer, cache=cache,
        options=StoryOptions(**options), breakdown=BreakdownOptions(),
    )  # fmt: skip


def embedded(name):
    """Rows (language, premise, counts or None, the refusal)."""
    with tempfile.TemporaryDirectory() as folder, lease(Writer, name) as writer:
        for index, (language, premise, marks) in enumerate(premises()):
            try:
                made = told(premise, language, writer, Path(folder) / str(index))
            except SakugaError as error:
                yield language, premise, None, str(error)
                continue
            yield language, premise, kept(marks, body(made.fountain)), made.story.outline.plot


def replayed():
    """Rows of the recorded stories; their marks are the words of ``keeps`` that the premise itself has."""
    for path in sorted(recorded.FOLDER.glob("*.yaml")):
        story = recorded.story(path.stem)
        marks = story["must"].split()
        with tempfile.TemporaryDirectory() as folder, recorded.serving(path.stem) as address:
            options = {"base_url": address, "model": "recorded", "patience": {"attempts": 1}}
            with lease(Writer, "openai", options=options) as writer:
                order = (story["premise"], story["language"], writer, Path(folder), story["seconds"])
                try:
                    made = told(*order, seed=0)
                except ModelDeclined:
                    made = told(*order, seed=1)
        yield story["language"], story["premise"], kept(marks, body(made.fountain)), "free"


def table(rows):
    """Totals by language, and the sentences of what is missing or refused."""
    total, refused = Counter(), Counter()
    for language, premise, counts, why in rows:
        if counts is None:
            refused[language] += 1
            print(f"refused  {premise}\n         {why}")
            continue
        lost = {KINDS[kind]: counts[kind, "all"] - counts[kind, "kept"] for kind in KINDS}
        if any(lost.values()):
            print(f"lost     {premise}  {why}  {lost}")
        total.update({(language, *key): value for key, value in counts.items()})
        total[language, "told"] += 1
    for language in ("en", "ja"):
        parts = [
            f"{name} {total[language, kind, 'kept']}/{total[language, kind, 'all']}"
            for kind, name in KINDS.items()
        ]
        every = sum(total[language, kind, "all"] for kind in KINDS)
        share = sum(total[language, kind, "kept"] for kind in KINDS) / max(1, every)
        print(
            f"{language}: told {total[language, 'told']}, refused {refused[language]}; {', '.join(parts)}; {share:.0%}"
        )


if __name__ == "__main__":
    options = sys.argv[1:]
    writer = options[options.index("--writer") + 1] if "--writer" in options else "smollm"
    table(replayed() if "--recorded" in options else embedded(writer))
