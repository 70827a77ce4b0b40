"""Choose the words of every step in order: phrases of the library and lines of the model, scored.

In: a plan, a step.      Out: the words, and a Slot with every candidate and the reason of the choice.
Every line is a separate piece of work in the cache: a kill loses one line, and a repeated run asks for none.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assets.errors import ModelFailed
from assets.hashing import digest
from assets.plots import Phrase, phrases, styles
from assets.prompts import prompt
from assets.sheets.story import Candidate, Said, Slot
from models.lease import Leased
from models.ports import Ranker, Writer
from stages.story import asking, checks
from stages.story.asking import Answer, Ask
from stages.story.company import Person
from stages.story.options import StoryOptions
from stages.story.plotting import Plan, Step
from stages.work import Result, Work
from stages.work_cache import WorkCache

_BEFORE = 2
_URGENT = ("goal", "topic", "before", "detail", "held", "alive", "")
_SIMILAR_WITHIN = 12  # steps within which a similar line counts as a repetition
_SUBJECT_BONUS = 0.35  # added to the likelihood of a line that mentions the premise's subject


@dataclass
class Pen:
    """Writes one story. ``writer`` None: chosen by the rules alone (a rehearsal, to measure the length)."""

    plan: Plan
    options: StoryOptions
    writer: Leased[Writer] | None = None
    cache: WorkCache | None = None
    recalled: str = ""  # summary of earlier episodes
    avoided: frozenset[str] = frozenset()  # lines of earlier episodes
    limits: tuple[str, ...] = ()
    said: list[Said] = field(default_factory=list)
    glosses: list[str] = field(default_factory=list)  # the last lines in English, with their speakers
    slots: list[Slot] = field(default_factory=list)
    detail: tuple[str, str] | None = None  # the first filled gap, in English and in the story's language

    def play(self, step: Step) -> Said | None:
        """The words of ``step``, remembered to avoid repetition; None when no phrase fits."""
        if not any(self._fits(phrase) for phrase in self._phrases(step)):
            return None
        made = self._act(step) if step.move.do else self._say(step)
        self.said.append(made)
        return made

    def _phrases(self, step: Step) -> Sequence[Phrase]:
        return step.move.do or step.move.lines or phrases().pools[step.move.pool]

    def _fits(self, phrase: Phrase) -> bool:
        return bool(self.detail) if phrase.when == "detail" else self.plan.fits(phrase)

    def _act(self, step: Step) -> Said:
        """Choose actions by the rules: only they know what the rig can draw."""
        fitting = self._fitting(step.name, step.move.do)
        texts = [self.plan.fill(phrase) for phrase in fitting]
        if len(texts) > 1:
            told = tuple(Candidate(text=text, by="library") for text in texts)
            self.slots.append(Slot(name=step.name, candidates=told, chosen=0, why="by the rules"))
        return Said(text=texts[0])

    def _say(self, step: Step) -> Said:
        who = next((person for person in self.plan.company if person.role == step.move.say), None)
        if who is None:
            raise ModelFailed(f"The plan has no {step.move.say} for {step.name}. Please report it.")
        fitting = self._fitting(step.name, self._phrases(step))[: self.options.candidates]
        slot, gloss = self._weighed(step, who, fitting)
        self.slots.append(slot)
        self.glosses.append(f"{who.name}: {gloss}")
        manner = styles().manners.get(step.move.feel) if step.move.feel else None
        shown = manner[0 if self.plan.language == "en" else 1] if manner else ""
        text = slot.candidates[slot.chosen].text
        return Said(who=who.name, text=text, manner=shown, feel=step.move.feel)

    def _fitting(self, name: str, found: Sequence[Phrase]) -> list[Phrase]:
        """The phrases that fit, in an order from the seed; those with the premise's subject come first."""
        seed = self.options.seed
        fitting = [phrase for phrase in found if self._fits(phrase)]
        fitting.sort(
            key=lambda phrase: (
                _URGENT.index(phrase.when),
                digest([phrase.en, name, self.plan.premise.text, seed]),
            )
        )
        said = [one.text for one in self.said[-_SIMILAR_WITHIN:]]
        everything = {one.text for one in self.said}
        fresh = [phrase for phrase in fitting if self._text(phrase) not in everything]
        fresh = [phrase for phrase in fresh if not checks.repeats(self._text(phrase), said)] or fresh
        unheard = [phrase for phrase in fresh if self._text(phrase) not in self.avoided]
        return unheard or fresh or fitting

    def _text(self, phrase: Phrase) -> str:
        return self._filled(phrase, self.plan.company[0])

    def _filled(self, phrase: Phrase, who: Person) -> str:
        return self.plan.fill(phrase, who, detail=self.detail[1] if self.detail else "")

    def _gloss(self, phrase: Phrase, who: Person) -> str:
        return self.plan.gloss(phrase, who, detail=self.detail[0] if self.detail else "")

    def _weighed(self, step: Step, who: Person, fitting: Sequence[Phrase]) -> tuple[Slot, str]:
        texts = [self._filled(phrase, who) for phrase in fitting]
        glosses = [self._gloss(phrase, who) for phrase in fitting]
        if self.writer is None or self.cache is None:
            told = tuple(Candidate(text=text, by="library") for text in texts)
            return Slot(name=step.name, candidates=told, chosen=0, why="rehearsal"), glosses[0]
        asks = asking.asks(step.move.frames, who, self.plan, self.options)
        context = self._context(step, who)
        inputs = {
            "texts": texts, "glosses": glosses, "context": context,
            "asks": [ask.ingredients() for ask in asks],
            "options": self.options.model_dump(mode="json", exclude={"path", "free"}),
            "limits": list(self.limits), "said": [one.text for one in self.said if one.who],
        }  # fmt: skip
        work = Work(step="story", name=step.name, model=self.writer, inputs=inputs)
        made = self.cache.get_or_make(work, lambda: self._made(texts, glosses, asks, context, who))
        gloss = str(made.pop("gloss"))
        gap = made.pop("gap")
        if gap and self.detail is None:
            self.detail = (gap[0], gap[1])
        return Slot.model_validate({"name": step.name, **made}), gloss

    def _context(self, step: Step, who: Person) -> str:
        return prompt("story-weigh").fill(
            premise=self.plan.premise.text[:240],
            earlier=self.recalled,
            before=" / ".join(self.glosses[-_BEFORE:]),
            speaker=who.name,
            feel=step.move.feel or "calm",
        )

    def _made(
        self, texts: Sequence[str], glosses: Sequence[str], asks: Sequence[Ask], context: str, who: Person
    ) -> Result:
        """The work of one slot: write lines, score all candidates, take the best."""
        assert self.writer is not None and self.cache is not None  # noqa: S101 - only called with a writer
        with self.cache.machine_time():
            answers = [asking.answered(ask, self.writer.model) for ask in asks]
            own = list({answer.text: answer for answer in answers}.values())
            told = [Candidate(text=text, by="library") for text in texts]
            told += [
                Candidate(text=answer.text, by="model", refused=self._refusal(answer, who)) for answer in own
            ]
            english = [*glosses, *(answer.gloss for answer in own)]
            weights = self._weights(english, told, context)
        told = [
            one.model_copy(update={"likelihood": weight}) for one, weight in zip(told, weights, strict=True)
        ]
        chosen, why = self._best(told, english)
        gap = own[chosen - len(texts)].gap if chosen >= len(texts) else None
        return {
            "candidates": [one.model_dump(mode="json") for one in told],
            "chosen": chosen,
            "why": why,
            "gloss": english[chosen],
            "gap": list(gap) if gap else None,
            "tokens_in": sum(answer.draft.tokens_in for answer in answers),
            "tokens_out": sum(answer.draft.tokens_out for answer in answers),
            "seconds": round(sum(answer.draft.seconds for answer in answers), 3),
        }

    def _refusal(self, answer: Answer, who: Person) -> str:
        said = [line.partition(": ")[2] for line in self.glosses]
        likely = answer.draft.likelihood
        free = answer.gloss == answer.text  # a word chosen from our list cannot be a non-word
        if free and likely is not None and likely < self.options.least_likely:
            return f"the machine itself finds it unlikely ({likely:.2f})"
        return checks.gap(answer.gap[0], answer.gloss) or checks.line(
            answer.gloss,
            speaker=who.name,
            cast=[person.name for person in self.plan.company],
            said=said,
            premise=self.plan.premise.text,
            limits_of_show=self.limits,
        )

    def _weights(self, texts: Sequence[str], told: Sequence[Candidate], context: str) -> list[float | None]:
        """The model's likelihood of each candidate, if there is a choice and the model can score."""
        usable = [one for one in told if not one.refused]
        if self.writer is None or not self.options.weigh or len(usable) < 2:
            return [None] * len(told)
        model = self.writer.model
        if not isinstance(model, Ranker):
            return [None] * len(told)
        return [
            None if one.refused else round(model.score(context, f' "{text}"'), 4)
            for one, text in zip(told, texts, strict=True)
        ]

    def _best(self, told: Sequence[Candidate], glosses: Sequence[str]) -> tuple[int, str]:
        usable = [index for index, one in enumerate(told) if not one.refused]
        if all(told[index].likelihood is None for index in usable):
            return usable[0], "the only one" if len(usable) == 1 else "the first: nothing weighs them"

        def worth(index: int) -> float:
            own = self.options.eagerness if told[index].by == "model" else 0.0
            return (told[index].likelihood or 0.0) + own + _SUBJECT_BONUS * self._speaks_of(glosses[index])

        best = max(usable, key=worth)
        return best, f"weighs most, {worth(best):.2f}" + (
            " (the machine's own)" if told[best].by == "model" else ""
        )

    def _speaks_of(self, text: str) -> bool:
        wanted = set(re.findall(r"[a-z]{4,}", self.plan.premise.text.casefold()))
        return bool(wanted & set(re.findall(r"[a-z]{4,}", text.casefold())))


def tokens(slots: Sequence[Slot]) -> Mapping[str, float]:
    """What the model read and wrote, and its time, over all slots."""
    return {
        "in": sum(slot.tokens_in for slot in slots),
        "out": sum(slot.tokens_out for slot in slots),
        "seconds": sum(slot.seconds for slot in slots),
    }
