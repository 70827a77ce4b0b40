"""Write one draft scene by scene, each measured as it will be cut and brought to its length.

In: what is settled before the scenes.      Out: a draft whose scenes fit their plan, and functions that correct them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from assets.errors import PromptTooLong
from assets.sheets.story import Fault, SceneDraft, Structure
from stages.breakdown import BreakdownOptions
from stages.story.free import rules, steps
from stages.story.free.answers import Cast, Planned, Player, SceneText
from stages.story.free.context import Context, numbered
from stages.story.free.layout import Titled, drafted, measured
from stages.story.free.steps import SceneOrder, Telling, lines_of
from stages.story.options import FreeOptions


@dataclass(frozen=True)
class Means:
    """Everything that is the same for all scenes of one draft."""

    telling: Telling
    cast: Cast
    around: Titled
    options: FreeOptions
    breakdown: BreakdownOptions


@dataclass
class Work:
    """One draft while it is written: its plan, its scenes, and the context each scene was written in."""

    name: str  # "" for the first draft, "draft 2 " for a rival
    plan: list[Planned] = field(default_factory=list)
    scenes: list[SceneDraft] = field(default_factory=list)
    contexts: list[Context] = field(default_factory=list)
    turns: list[tuple[str, str]] = field(default_factory=list)  # every beat and its purpose


def written(means: Means, context: Context, structure: Structure, seconds: float, name: str) -> Work:
    """All parts in order. A short script has one."""
    made = Work(name)
    shares = _shares(means, context, seconds, name)
    for number, (share, told) in enumerate(shares, start=1):
        label = f"{name}part {number} " if len(shares) > 1 else name
        before = numbered(lines_of(made.scenes[-1]))[-4:] if made.scenes else []
        inner = told.settle("People in it", [one.name for one in means.cast.people])
        order = steps.PartOrder(structure, number, len(shares), before, share)
        turns = steps.beats(means.telling, inner, order, label).turns
        made.turns += [(turn.what, turn.purpose) for turn in turns]
        inner = inner.settle("Beats", [turn.model_dump() for turn in turns])
        plan = steps.plan(means.telling, inner, means.cast, len(turns), share, label)
        inner = inner.settle(
            "Scenes as planned",
            [{"scene": len(made.plan) + at, **one.model_dump()} for at, one in enumerate(plan, 1)],
        )
        for one in plan:
            _add(means, inner, made, one)
    return made


def _shares(means: Means, context: Context, seconds: float, name: str) -> list[tuple[float, Context]]:
    """The seconds of every part, and what a writer of the part must know of the others."""
    if seconds <= steps.PART_SECONDS * 1.25:
        return [(seconds, context)]
    turns = steps.parts(means.telling, context, seconds, name).turns
    told = context.settle("Parts", [turn.model_dump() for turn in turns])
    share = seconds / len(turns)
    return [
        (share, replace(told, brief=(*context.brief, ("This part", turn.model_dump())))) for turn in turns
    ]


def _add(means: Means, context: Context, made: Work, plan: Planned) -> None:
    """Write the next scene, and bring it to its length."""
    number = len(made.scenes) + 1
    before = lines_of(made.scenes[-1]) if made.scenes else []
    order = SceneOrder(number, plan, _new(means, made.plan, plan), before)
    text = steps.scene(means.telling, context, order, made.name)
    made.plan.append(plan)
    made.contexts.append(context)
    scene = _drafted(means, made, number - 1, text)
    made.scenes.append(_fitted(means, made, number - 1, scene, "length"))


def _new(means: Means, before: Sequence[Planned], plan: Planned) -> tuple[Player, ...]:
    """Who is in ``plan`` for the first time and in no bible."""
    bible = means.telling.bible
    known = {who.shown(means.around.language) for who in bible.characters} if bible else set[str]()
    known |= {name for scene in before for name in scene.people}
    return tuple(one for one in means.cast.people if one.name in plan.people and one.name not in known)


def _fitted(means: Means, made: Work, index: int, scene: SceneDraft, why: str) -> SceneDraft:
    """``scene`` after at most ``lengths`` corrections; the version nearest to its length is taken."""
    plan, best = made.plan[index], scene
    for turn in range(1, means.options.lengths + 1):
        plays = _seconds(means, best)
        if not rules.off(plays, plan.seconds, means.options.tolerance):
            break
        over = round(plays - plan.seconds)
        said = numbered(lines_of(best))
        slots = {"number": index + 1, "scene": said, "measured": round(plays), "seconds": plan.seconds}
        context = made.contexts[index]
        asked = (
            context.prompts("free-trim", seconds_over=over, **slots)
            if over > 0
            else context.prompts("free-extend", seconds_short=-over, **slots)
        )
        name = f"{made.name}scene {index + 1} {why} {turn}"
        text = steps.again(means.telling, asked, name, plan.people, _new(means, made.plan[:index], plan))
        changed = _drafted(means, made, index, text)
        if abs(_seconds(means, changed) - plan.seconds) < abs(plays - plan.seconds):
            best = changed
    return best


def _drafted(means: Means, made: Work, index: int, text: SceneText) -> SceneDraft:
    before = made.plan[index - 1] if index else None
    return drafted(made.plan[index], text, means.cast, means.around.language, before)


def _seconds(means: Means, scene: SceneDraft) -> float:
    return measured([scene], means.around, means.breakdown)[0]


def read(means: Means, context: Context, made: Work, name: str) -> tuple[int, list[Fault]]:
    """The writer's own criticism: of the whole script where it can read it at once, else part by part."""
    grades: list[int] = []
    faults: list[Fault] = []
    for first, count in _readable(made):
        graded, found = _read(means, context, made, range(first, first + count), name)
        grades += graded
        faults += found
    return min(grades), faults


def _readable(made: Work) -> list[tuple[int, int]]:
    """Runs of scenes that are read together: at most about seven minutes."""
    runs: list[tuple[int, int]] = []
    seconds = 0
    for index, plan in enumerate(made.plan):
        if runs and seconds + plan.seconds <= steps.PART_SECONDS * 1.25:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
            seconds += plan.seconds
        else:
            runs.append((index, 1))
            seconds = plan.seconds
    return runs


def _read(
    means: Means, context: Context, made: Work, part: range, name: str
) -> tuple[list[int], list[Fault]]:
    first, count = part.start, len(part)
    scenes = made.scenes[first : part.stop]
    label = f"{name} {first + 1}-{part.stop}" if count < len(made.scenes) else name
    try:
        reading = steps.reading(means.telling, context, scenes, first + 1, label)
    except PromptTooLong:
        if count == 1:
            raise
        half = count // 2
        left = _read(means, context, made, part[:half], name)
        right = _read(means, context, made, part[half:], name)
        return left[0] + right[0], left[1] + right[1]
    found = [
        Fault(scene=one.scene, line=one.line, by="reader", what=one.what)
        for one in reading.faults
        if one.scene == 0 or first < one.scene <= part.stop
    ]
    return [reading.grade], found


def mended(means: Means, made: Work, faults: Sequence[Fault], revision: str) -> tuple[Work, tuple[int, ...]]:
    """``made`` with only the criticised scenes written again, and their numbers."""
    scenes, changed = list(made.scenes), []
    for number in range(1, len(scenes) + 1):
        own = [fault for fault in faults if fault.scene in (number, 0) and _concerns(fault, number, made)]
        if not own:
            continue
        before, after = steps.neighbours(scenes, number - 1)
        plan = made.plan[number - 1]
        asked = made.contexts[number - 1].prompts(
            "free-revise", number=number, before=before, after=after, scene=numbered(lines_of(scenes[number - 1])),
            faults=[{"line": fault.line, "what": fault.what} for fault in own], seconds=plan.seconds,
        )  # fmt: skip
        name = f"{made.name}{revision} scene {number}"
        new = _new(means, made.plan[: number - 1], plan)
        text: SceneText = steps.again(means.telling, asked, name, plan.people, new)
        scene = _drafted(means, made, number - 1, text)
        scenes[number - 1] = _fitted(
            means, replace(made, scenes=scenes), number - 1, scene, f"{revision} length"
        )
        changed.append(number)
    return replace(made, scenes=scenes), tuple(changed)


def _concerns(fault: Fault, number: int, made: Work) -> bool:
    """What is missing in the whole script is mended in its longest scene."""
    if fault.scene:
        return True
    longest = max(range(len(made.plan)), key=lambda index: made.plan[index].seconds)
    return number == longest + 1
