"""How far an episode is, and how long the rest will take.

In: what a run's Watch hears.      Out: a share from 0 to 1, seconds; nothing is asked or stored.
Stages that were not announced yet are guessed from the number of cuts.
"""

from dataclasses import dataclass, field

from assets.sheets.production import Done, Step
from flows.terminal.screen import TITLES

# Seconds per piece of the animatic on one core, from the work lists of its reports. Only their ratios matter: the
# pieces that a run makes show how much slower or faster this profile and machine are.
SECONDS: dict[Step, float] = {
    "voice": 1.2, "panel": 0.4, "take": 3.0, "segment": 0.6, "effect": 0.2, "music": 1.0, "mix": 4.0, "join": 1.0,
}  # fmt: skip
ONCE: tuple[Step, ...] = ("mix", "join")
PER_CUT: tuple[Step, ...] = ("panel", "take", "segment")


@dataclass
class Forecast:
    """Counts the pieces of one run."""

    current: Step | None = None
    made: int = 0
    _announced: dict[Step, int] = field(default_factory=dict)
    _finished: dict[Step, int] = field(default_factory=dict)
    _spent: float = 0.0
    _usual: float = 0.0

    def began(self, step: Step, total: int) -> None:
        self._announced[step] = self._announced.get(step, 0) + total
        self.current = step if total else self.current

    def done(self, done: Done) -> None:
        if done.step not in SECONDS:
            return
        self.current = done.step
        self._finished[done.step] = self._finished.get(done.step, 0) + 1
        if done.outcome == "made":
            self.made += 1
            self._spent += done.seconds
            self._usual += SECONDS[done.step]

    def finished(self, step: Step) -> int:
        return self._finished.get(step, 0)

    def total(self, step: Step) -> int:
        """How many pieces ``step`` has; a guess before it begins."""
        guess = self._announced.get(step, self._cuts if step in PER_CUT else int(step in ONCE))
        return max(guess, self.finished(step))

    @property
    def share(self) -> float:
        every = sum(self.total(step) * seconds for step, seconds in SECONDS.items())
        return (
            sum(self.finished(step) * seconds for step, seconds in SECONDS.items()) / every if every else 0.0
        )

    @property
    def seconds_left(self) -> float | None:
        """None before anything was made: how fast it goes is not known."""
        if not self._usual:
            return None
        left = sum((self.total(step) - self.finished(step)) * seconds for step, seconds in SECONDS.items())
        return left * self._spent / self._usual

    def describe(self) -> str:
        """ "Takes: 12 of 27, about 3 min left"."""
        if self.current is None:
            return "Planning"
        counted = f"{TITLES[self.current]}: {self.finished(self.current)} of {self.total(self.current)}"
        left = self.seconds_left
        return counted if left is None else f"{counted}, about {in_short(left)} left"

    @property
    def _cuts(self) -> int:
        return max((self._announced.get(step, 0) for step in ("panel", "voice")), default=0)


def in_short(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
