"""Ask the machine to fill a gap in a sentence of ours: all that 135 million parameters do well.

In: frames, who speaks, a writing machine.      Out: answers, whole lines whose beginning and end are ours.
In English the gap takes a word of the machine's own; in Japanese, which it does not know, it
chooses the English one among pairs. The schema admits nothing else, whatever a premise says.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assets.hashing import digest
from assets.plots import Phrase, words
from assets.prompts import prompt
from models.ports import Draft, Writer
from stages.story.company import Person
from stages.story.options import StoryOptions
from stages.story.plotting import Plan

# One word: with two, SmolLM2 runs words together or trails off ("the umbrella inapotembalm").
GAP = "[a-z]{3,12}"
_HOLE = "\ue000"
_PREMISE = 240  # characters of the premise a machine is told


@dataclass(frozen=True)
class Ask:
    """One question: the sentence with its gap, in English and in the story's language."""

    english: str
    own: str
    text: str  # the prompt
    schema: dict[str, Any]
    seed: int
    version: str

    def ingredients(self) -> dict[str, Any]:
        """What enters the recipe key."""
        return {"text": self.text, "schema": self.schema, "seed": self.seed, "prompt": self.version}


@dataclass(frozen=True)
class Answer:
    """A filled sentence, and the filling in English and in the story's language."""

    text: str
    gloss: str
    gap: tuple[str, str]
    draft: Draft


def asks(frames: Sequence[Phrase], who: Person, plan: Plan, options: StoryOptions) -> list[Ask]:
    """Every frame, ``options.drafts`` times over, each time with another seed."""
    told = prompt("story-line")
    listener = next(person for person in plan.company if person.role != who.role)
    made: list[Ask] = []
    for frame in frames:
        english, own = plan.gloss(frame, who, gap=_HOLE), plan.fill(frame, who, gap=_HOLE)
        start = english.partition(_HOLE)[0].strip()
        text = told.fill(
            premise=plan.premise.text[:_PREMISE],
            speaker=who.name,
            listener=listener.name,
            start=f"{start} ...",
        )
        for index in range(options.drafts):
            seed = int(digest([text, index, options.seed])[:7], 16)
            made.append(Ask(english, own, text, _schema(english, plan), seed, told.digest))
    return made


def answered(ask: Ask, machine: Writer) -> Answer:
    draft = machine.write(ask.text, schema=ask.schema, seed=ask.seed)
    start, _, end = ask.english.partition(_HOLE)
    line = str(draft.data.get("line", ""))
    filling = line.removeprefix(start).removesuffix(end) if line.startswith(start) else ""
    own = dict(words().details).get(filling, filling) if ask.own != ask.english else filling
    return Answer(
        ask.own.replace(_HOLE, own) or "-", ask.english.replace(_HOLE, filling), (filling, own), draft
    )


def _schema(english: str, plan: Plan) -> dict[str, Any]:
    """One field, one sentence: there is nothing else that an answer could change."""
    start, _, end = english.partition(_HOLE)
    if plan.language == "en":
        line: dict[str, Any] = {"type": "string", "pattern": f"^{_literal(start)}{GAP}{_literal(end)}$"}
    else:
        line = {"enum": [f"{start}{detail}{end}" for detail, _ in words().details]}
    return {
        "type": "object",
        "properties": {"line": line},
        "required": ["line"],
        "additionalProperties": False,
    }


def _literal(text: str) -> str:
    """``text`` as a pattern; only what means something in one is escaped."""
    return re.sub(r"([.?!*+()\[\]{}|^$\\])", r"\\\1", text).replace(r"\!", "!")
