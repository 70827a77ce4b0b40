"""Bring a plan to the requested length by adding spare steps, small exchanges and trials.

In: a plan, and a function that measures an arrangement.      Out: the arrangement nearest to the length.
The order of additions is fixed, so a longer story contains the shorter one.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from assets.hashing import digest
from assets.plots import phrases
from assets.sheets.story import Structure
from stages.story.plotting import Act, Plan, Step, before_trials, exchange, structured, together, trial

_TOO_LONG = 1.22
# Pools of phrases that need an answer.
_ASKING = ("ask", "doubt", "sorry", "surprise", "matter")
Measure = Callable[[Sequence[Act]], float]


@dataclass(frozen=True)
class Addition:
    """One possible addition: a spare step, an exchange in an act, or a new act."""

    spare: str = ""
    into: str = ""
    steps: tuple[Step, ...] = ()
    act: Act | None = None


@dataclass(frozen=True)
class Arrangement:
    """Which additions are included; ``size`` 0 is the shortest arrangement."""

    acts: tuple[Act, ...]
    size: int
    most: int


class Arranger:
    """Knows every possible length of a story."""

    def __init__(self, plan: Plan, structure: Structure, *, seed: int) -> None:
        self._acts = tuple(_bound(act, plan) for act in _with_guests(structured(plan, structure), plan))
        self._additions = tuple(_additions(plan, self._acts, seed))

    def at(self, size: int) -> Arrangement:
        """``size`` counts from -1 (without the middle beat too) to the maximum."""
        most = len(self._additions)
        size = max(-1, min(size, most))
        taken = self._additions[: max(0, size)]
        acts = [_thinned(act, taken) for act in self._acts]
        if size < 0:
            acts = [_unpaid(act) for act in acts if act.part != "sho"]
        for addition in taken:
            acts = _added(acts, addition)
        return Arrangement(tuple(acts), size, most)

    def nearest(self, seconds: float, measure: Measure) -> Arrangement:
        """Find the nearest size by bisection, because lengths grow with size."""
        # The middle beat is left out only if no other arrangement is short enough.
        low, high = (-1 if measure(self.at(0).acts) > seconds * _TOO_LONG else 0), len(self._additions)
        while low < high:
            middle = (low + high) // 2
            if measure(self.at(middle).acts) < seconds:
                low = middle + 1
            else:
                high = middle
        sizes = [size for size in (low - 1, low) if size >= 0] or [low]
        return self.at(min(sizes, key=lambda size: abs(measure(self.at(size).acts) - seconds)))


def _with_guests(acts: Sequence[Act], plan: Plan) -> tuple[Act, ...]:
    """Add a third person, a memory of an earlier episode, and a detail of the beginning that returns."""
    made = list(acts)
    if len(plan.company) > 2:
        host = before_trials(made)
        made[host] = _inserted(made[host], exchange("visit", 0, phrases().visits[0]))
    if "before" in plan.conditions:
        which = int(digest(plan.premise.text)[:4], 16) % len(phrases().callbacks)
        made[0] = _inserted(made[0], exchange("callback", which, phrases().callbacks[which]))
    which = int(digest([plan.premise.text, "payoff"])[:4], 16) % len(phrases().payoffs)
    made[-1] = _paid_off(made[-1], exchange("payoff", which, phrases().payoffs[which]))
    return tuple(made)


def _bound(act: Act, plan: Plan) -> Act:
    """Never leave out steps with the premise's own matter or wish."""
    if not plan.conditions & {"topic", "goal"}:
        return act
    steps = (_kept(step) if step.move.pool in ("topic", "matter") else step for step in act.steps)
    return replace(act, steps=tuple(steps))


def _kept(step: Step) -> Step:
    return replace(step, move=step.move.model_copy(update={"spare": False}))


def _additions(plan: Plan, acts: Sequence[Act], seed: int) -> Iterator[Addition]:
    for act in acts:
        yield from (Addition(spare=step.name) for step in act.steps if step.move.spare)
    chats = [exchange("chat", index, moves) for index, moves in enumerate(phrases().chats)]
    chats.sort(key=lambda steps: digest([steps[0].name, plan.premise.text, seed]))
    played = {step.name.rsplit(" ", 1)[0] for act in acts for step in act.steps}
    trials = [index for index in range(len(phrases().trials)) if f"trial {index + 1}" not in played]
    hosts = [act.part for act in reversed(acts[:2]) if together(act)]
    for turn in range(max(len(chats), len(trials))):
        if turn < len(chats):
            yield Addition(into=hosts[turn % len(hosts)], steps=chats[turn])
        if turn < len(trials):
            act = trial(trials[turn], plan.acts)
            name = act.steps[0].name
            yield Addition(act=act)
            hosts.append(name)


def _thinned(act: Act, taken: Sequence[Addition]) -> Act:
    spares = {addition.spare for addition in taken if addition.spare}
    steps = tuple(step for step in act.steps if not step.move.spare or step.name in spares)
    return replace(act, steps=steps)


def _unpaid(act: Act) -> Act:
    return replace(act, steps=tuple(step for step in act.steps if not step.name.startswith("payoff")))


def _added(acts: list[Act], addition: Addition) -> list[Act]:
    if addition.act is not None:
        at = (
            max(before_trials(acts), *(index for index, act in enumerate(acts) if act.part == "trial"), 0) + 1
        )
        return [*acts[:at], addition.act, *acts[at:]]
    hosts = (addition.into, "ki")
    for host in hosts if addition.steps else ():
        for index, act in enumerate(acts):
            if host in (act.part, act.steps[0].name):
                return [*acts[:index], _inserted(act, addition.steps), *acts[index + 1 :]]
    return acts


def _inserted(act: Act, steps: tuple[Step, ...]) -> Act:
    """Insert where nobody waits for an answer: before an action, preferably by another speaker than the one before."""
    # A person who walked away at the end of a beat says nothing more in it.
    ends = len(act.steps) + (act.steps[-1].move.say is not None)
    places = [at for at in range(1, ends) if _is_rest(act, at)]
    speaker = steps[0].move.say
    other = [at for at in places if act.steps[at - 1].move.say != speaker]
    at = (other or places or [len(act.steps)])[-1]
    return replace(act, steps=(*act.steps[:at], *steps, *act.steps[at:]))


def _paid_off(act: Act, steps: tuple[Step, ...]) -> Act:
    """Insert after A's first line that is no question; a beat without one stays unchanged."""
    for at, step in enumerate(act.steps):
        if 0 < at < len(act.steps) - 1 and step.move.say == "A" and not _asks(step):
            return replace(act, steps=(*act.steps[: at + 1], *steps, *act.steps[at + 1 :]))
    return act


def _is_rest(act: Act, at: int) -> bool:
    if at < len(act.steps) and not act.steps[at].move.do:
        return False
    return not _asks(act.steps[at - 1])


def _asks(step: Step) -> bool:
    return any(phrase.en.rstrip().endswith("?") for phrase in step.move.lines) or step.move.pool in _ASKING
