"""Ask the model to fill a gap in a sentence of ours, which is all that a model of 135 million parameters does well.

In: frames, who speaks, a writer model.      Out: answers: whole lines whose beginning and end are ours.
In English the gap takes a word of the model; in Japanese, which it does not know, it chooses the English one of
given pairs. The schema allows nothing else, whatever the premise says.
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

# One word: with two, SmolLM2 joins words or trails off ("the umbrella inapotembalm").
GAP = "[a-z]{3,12}"
_HOLE = "\ue000"
_PREMISE = 240  # characters of the premise in the prompt


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


def asks(frames: Sequence[Phrase], speaker: Person, plan: Plan, options: StoryOptions) -> list[Ask]:
    """Every frame ``options.drafts`` times, each time with another seed."""
    told = prompt("story-line")
    listener = next(person for person in plan.company if person.role != speaker.role)
    made: list[Ask] = []
    for frame in frames:
        english, own = plan.gloss(frame, speaker, gap=_HOLE), plan.fill(frame, speaker, gap=_HOLE)
        start = english.partition(_HOLE)[0].strip()
        text = told.fill(
            premise=plan.premise.text[:_PREMISE],
            speaker=speaker.name,
            listener=listener.name,
            start=f"{start} ...",
        )
        for index in range(options.drafts):
            seed = int(digest([text, index, options.seed])[:7], 16)
            made.append(Ask(english, own, text, _schema(english, plan), seed, told.digest))
    return made


def answered(ask: Ask, model: Writer) -> Answer:
    draft = model.write(ask.text, schema=ask.schema, seed=ask.seed)
    start, _, end = ask.english.partition(_HOLE)
    line = str(draft.data.get("line", ""))
    filling = line.removeprefix(start).removesuffix(end) if line.startswith(start) else ""
    own = dict(words().details).get(filling, filling) if ask.own != ask.english else filling
    return Answer(
        ask.own.replace(_HOLE, own) or "-", ask.english.replace(_HOLE, filling), (filling, own), draft
    )


def _schema(english: str, plan: Plan) -> dict[str, Any]:
    """One field with one sentence: an answer can change nothing else."""
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
    """``text`` as a regular expression; only special characters are escaped."""
    return re.sub(r"([.?!*+()\[\]{}|^$\\])", r"\\\1", text).replace(r"\!", "!")
