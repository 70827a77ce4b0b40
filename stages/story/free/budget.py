"""What a story may cost: asked for before the first call of a writer that is paid, and kept call by call.

In: limits in tokens and dollars, what was spent.      Out: a refusal before a call that could exceed them.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from assets.errors import InputRefused
from models.writing.price import Price


@dataclass
class Budget:
    """None: no limit of that kind."""

    tokens: int | None = None
    usd: Decimal | None = None
    spent_tokens: int = 0
    spent_usd: Decimal = Decimal(0)

    @property
    def is_set(self) -> bool:
        return self.tokens is not None or self.usd is not None

    def spend(self, tokens: int, usd: Decimal) -> None:
        self.spent_tokens += tokens
        self.spent_usd += usd

    def check(self, tokens_in: int, price: Price) -> None:
        """Refuse a call that could cost more than is left: its prompt, and the longest answer the profile allows."""
        tokens, usd = tokens_in + price.most_out, price.of_call(tokens_in, price.most_out)
        if self.tokens is not None and self.spent_tokens + tokens > self.tokens:
            raise InputRefused(
                f"The budget of {self.tokens:,} tokens could be exceeded: {self.spent_tokens:,} are spent, and the "
                f"next call takes up to {tokens:,}. {_ADVICE}"
            )
        if self.usd is not None and self.spent_usd + usd > self.usd:
            raise InputRefused(
                f"The budget of ${self.usd:f} could be exceeded: ${self.spent_usd:.4f} is spent, and the next call "
                f"costs up to ${usd:.4f}. {_ADVICE}"
            )


_NUMBER = re.compile(r"\$\d{1,9}(?:\.\d{1,6})?|\d{1,9}(?:\.\d{1,6})?[km$]?")
_ADVICE = "Raise --budget and run the same command again: what was answered is kept and not paid for twice."


@dataclass(frozen=True)
class Estimate:
    """What a story will probably cost."""

    calls: int
    tokens: int
    usd: Decimal

    def __str__(self) -> str:
        money = f", ${self.usd:.2f}" if self.usd else ""
        return f"about {self.calls} calls, {self.tokens:,} tokens{money}"


def estimate(seconds: float, drafts: int, revisions: int, price: Price) -> Estimate:
    """Measured on the recorded stories of the tests: 1.4 calls a scene of 25 seconds, and 1,900 tokens of context."""
    scenes = max(2, round(seconds / 25))
    calls = 2 + drafts * (2 + round(1.4 * scenes) + (revisions + 1) + revisions * round(scenes / 3))
    read, written = calls * 2_400, 900 * 2 + drafts * round(seconds * 22)
    return Estimate(calls, read + written, price.of_call(read, written))


def parsed(text: str) -> Budget:
    """``200000``, ``200k``, ``$1.50`` or both with a comma between."""
    tokens: int | None = None
    usd: Decimal | None = None
    for part in text.lower().replace("tokens", "").replace("usd", "$").split(","):
        said = part.strip().replace("_", "").replace(" ", "")
        number = Decimal(said.strip("$km")) if _NUMBER.fullmatch(said) else Decimal(0)
        if number <= 0:
            raise InputRefused(
                f"--budget is {text!r}. Give tokens (200000, 200k), dollars ($1.50), or both: '200k, $1.50'."
            )
        if "$" in said:
            usd = number
        else:
            tokens = int(number * {"k": 1_000, "m": 1_000_000}.get(said[-1], 1))
    return Budget(tokens, usd)
