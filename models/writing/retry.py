"""Retries: a writer that fails or answers badly is told what was wrong and asked again.

In: a writer and a question.      Out: a Draft that the stage's own check accepts.
The fault is appended to the prompt and the seed is changed; the cost of every attempt is in the Draft.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from assets.errors import ModelDeclined, ModelFailed, PromptTooLong
from models.ports import Draft, Writer

Check = Callable[[dict[str, Any]], str | None]

SEED_STEP = 1_000_003  # a prime, so that attempts of neighbouring seeds do not coincide
_TOLD = 400  # characters of a fault that a prompt includes


def insist(
    writer: Writer,
    prompt: str,
    *,
    schema: Mapping[str, Any],
    seed: int,
    attempts: int = 3,
    check: Check | None = None,
) -> Draft:
    """``writer``'s answer after at most ``attempts`` attempts.

    check   returns what is wrong with an answer, as a sentence for the writer; None or empty: nothing
    raises  ModelFailed with every attempt's fault and what to do. An error that only a person can correct
                    (InputRefused, SetupMissing) is not retried; neither is a model's own refusal (ModelDeclined).
    """
    faults: list[str] = []
    spent: list[Draft] = []
    for attempt in range(max(1, attempts)):
        asked = f"{prompt}\n\n{_appended(faults[-1])}" if faults else prompt
        try:
            draft = writer.write(asked, schema=schema, seed=seed + attempt * SEED_STEP)
        except (ModelDeclined, PromptTooLong):  # the same words would be refused again
            raise
        except ModelFailed as error:
            faults.append(str(error))
            continue
        spent.append(draft)
        fault = check(draft.data) if check else None
        if not fault:
            return _summed(draft, spent, faults)
        faults.append(fault)
    listed = " ".join(f"({number}) {fault}" for number, fault in enumerate(faults, start=1))
    raise ModelFailed(
        f"{writer.card.name} gave nothing usable in {len(faults)} attempts: {listed} Try another seed, a shorter "
        "prompt or another writer in the profile; what was finished before is kept."
    )


def _appended(fault: str) -> str:
    return f"Your last answer could not be used: {fault[:_TOLD]} Answer again, and mend that."


def _summed(draft: Draft, spent: list[Draft], faults: list[str]) -> Draft:
    return replace(
        draft,
        tokens_in=sum(one.tokens_in for one in spent),
        tokens_out=sum(one.tokens_out for one in spent),
        cost_usd=str(sum((Decimal(one.cost_usd) for one in spent), start=Decimal(0))),
        seconds=sum(one.seconds for one in spent),
        notes=(*draft.notes, *(f"asked again: {fault}" for fault in faults)),
    )
