"""Ask a large writer one question after another, within a budget; every answer is recorded before the next is asked.

In: a question with its schema and check.      Out: data that fits both.
A repeated run finds every answer, also those that could not be used: a kill repeats no answered call.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from assets.errors import AnswerUnusable, InputRefused, ModelDeclined, ModelFailed, PromptTooLong
from assets.hashing import digest
from assets.sheets.story import Asked
from models.lease import Leased
from models.ports import Draft, Streaming, Writer
from models.writing import schema as schemas
from models.writing.price import Price, tokens_at_most
from models.writing.retry import SEED_STEP
from stages.story.free.budget import Budget
from stages.work import Result, Work
from stages.work_cache import WorkCache

Check = Callable[[dict[str, Any]], str]

_TOLD = 500  # characters of a fault that the next prompt holds
_EXPECTED = 2_500  # letters of an answer, for progress within it


@dataclass(frozen=True)
class Question:
    """One question. ``prompts``: the same question with less and less around it, for writers that read little."""

    name: str
    prompts: Sequence[str]
    schema: Mapping[str, Any]
    check: Check


@dataclass
class WriterClient:
    """Asks, checks, records and counts."""

    writer: Leased[Writer]
    cache: WorkCache
    budget: Budget
    seed: int
    attempts: int
    asked: list[Asked] = field(default_factory=list)
    _shortened: int = 0  # how much had to be left out of the last prompts; the next begin there

    @property
    def price(self) -> Price:
        return Price.of(self.writer)

    def ask(self, question: Question) -> dict[str, Any]:
        """The first usable answer; every fault is told to the writer and asked about again.

        raises  ModelFailed with every fault; ModelDeclined; PromptTooLong when even the shortest prompt is too long
        """
        for level in range(min(self._shortened, len(question.prompts) - 1), len(question.prompts)):
            try:
                return self._insist(question, question.prompts[level])
            except PromptTooLong:
                self._shortened = level + 1
        self._shortened = 0
        raise PromptTooLong(
            f"{self.writer.card.name} cannot read even the shortest prompt of {question.name}. Choose a model with a "
            "longer context, or a shorter premise or bible."
        )

    def _insist(self, question: Question, prompt: str) -> dict[str, Any]:
        faults: list[str] = []
        for attempt in range(self.attempts):
            text = f"{prompt}\n\n{_appended(faults[-1])}" if faults else prompt
            made = self._recorded(question, text, attempt)
            if "declined" in made:
                raise ModelDeclined(f"{made['declined']} Or ask again with another --seed.")
            fault = str(made.get("fault", "")) or _fault(made["data"], question)
            self._count(question.name, text, made, fault)
            if not fault:
                data: dict[str, Any] = made["data"]
                return data
            faults.append(fault)
        listed = " ".join(f"({number}) {fault}" for number, fault in enumerate(faults, start=1))
        raise ModelFailed(
            f"{self.writer.card.name} gave nothing usable for {question.name} in {len(faults)} attempts: {listed} "
            "Everything that was answered is kept. Try another --seed or another writer."
        )

    def _recorded(self, question: Question, text: str, attempt: int) -> Result:
        """One answer of the writer, usable or not."""
        seed = (self.seed + int(digest(question.name)[:6], 16) + attempt * SEED_STEP) % 2**63
        inputs = {"prompt": text, "schema": question.schema, "seed": seed}
        name = f"{question.name} #{attempt + 1}" if attempt else question.name
        work = Work(step="story", name=name, model=self.writer, inputs=inputs)
        found = self.cache.get_or_make(work, lambda: self._answer(question, text, seed))
        self.budget.spend(int(found["tokens_in"]) + int(found["tokens_out"]), Decimal(str(found["cost_usd"])))
        return found

    def _answer(self, question: Question, text: str, seed: int) -> Result:
        self.budget.check(tokens_at_most(text), self.price)
        model = self.writer.model
        if isinstance(model, Streaming):
            model.told = lambda letters: self._moved(question.name, letters)
        with self.cache.machine_time():
            try:
                return {
                    "data": (draft := model.write(text, schema=question.schema, seed=seed)).data,
                    **_cost(draft),
                }
            except ModelDeclined as error:
                return {"declined": str(error), **_cost(error)}
            except AnswerUnusable as error:
                return {"fault": str(error), **_cost(error)}

    def _moved(self, name: str, letters: int) -> None:
        self.cache.moved("story", name, min(0.95, letters / _EXPECTED))

    def _count(self, name: str, text: str, made: Result, fault: str) -> None:
        self.asked.append(
            Asked(
                name=name,
                prompt=digest(text),
                tokens_in=made["tokens_in"],
                tokens_out=made["tokens_out"],
                cost_usd=made["cost_usd"],
                seconds=made["seconds"],
                notes=(f"not used: {fault}",) if fault else (),
            )
        )


def _fault(data: dict[str, Any], question: Question) -> str:
    """What is wrong with an answer; its schema is checked again, whatever the adapter promised."""
    return schemas.fault(data, schemas.prepared(question.schema)) or question.check(data)


def _appended(fault: str) -> str:
    return f"Your last answer could not be used: {fault[:_TOLD]} Answer again, and mend that."


def _cost(answered: Draft | AnswerUnusable) -> Result:
    return {
        "tokens_in": answered.tokens_in,
        "tokens_out": answered.tokens_out,
        "cost_usd": answered.cost_usd,
        "seconds": round(answered.seconds, 3),
    }


def refused_by_the_model(error: ModelDeclined) -> InputRefused:
    """The model's own refusal, as what a person can do about it."""
    return InputRefused(f"{error} Nothing was written.")
