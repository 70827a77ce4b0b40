"""A large writer writes the story: idea, cast, beats, scenes, then criticism and revisions of what was criticised.

In: an order, a writer, a work cache, a budget.      Out: the Story with every draft and call in it, and its script.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from assets.errors import InputRefused
from assets.plots import stories_digest
from assets.sheets.bible import Language
from assets.sheets.story import Beat, Fault, Outline, Role, Story, StoryDraft
from models.lease import Leased
from models.ports import Writer
from models.writing.price import Price
from stages.story import recall
from stages.story.free import drafting, rules, steps
from stages.story.free.answers import Cast, Idea
from stages.story.free.budget import Budget, estimate
from stages.story.free.client import WriterClient
from stages.story.free.context import Context, opening
from stages.story.free.drafting import Means, Work
from stages.story.free.layout import Titled, measured
from stages.story.options import StoryOptions
from stages.story.order import Order, Tools, Written


@dataclass(frozen=True)
class _Version:
    """One version of a draft with what is wrong with it."""

    sheet: StoryDraft
    made: Work


@dataclass(frozen=True)
class _Place:
    """Which version of which draft it is. ``changed``: the scenes that were written again for it."""

    draft: int
    revision: int = 0
    changed: tuple[int, ...] = ()


@dataclass(frozen=True)
class _Task:
    """What every draft of one story has in common."""

    order: Order
    language: Language
    idea: Idea
    means: Means


def write(order: Order, language: Language, tools: Tools, budget: Budget) -> Written:
    """Write the story. What can be refused is refused before the first call."""
    writer, options = tools.writer, tools.options
    allowed(order, writer, options, budget)
    client = WriterClient(writer, tools.cache, budget, options.seed, options.free.attempts)
    telling = steps.Telling(client, order.premise, language, order.bible, order.new_characters)
    tools.cache.began(
        "story", estimate(order.seconds, options.free.rivals, options.free.revisions, client.price).calls
    )
    context = opening(order.premise, language, order.seconds, order.bible, order.earlier)
    arcs = order.earlier[-1].arcs if order.earlier else ()
    idea = steps.idea(telling, context, arcs)
    if idea.cannot:
        raise InputRefused(
            f"{writer.card.name} says that this premise cannot be told: {idea.cannot} Change the premise."
        )
    context = context.settle("The idea", idea.model_dump(), briefly=idea.logline)
    cast = steps.cast(telling, context, idea)
    context = context.settle(
        "People and places", cast.model_dump(), briefly=[one.name for one in cast.people]
    )
    around = Titled(idea.title, idea.logline, language, order.bible, order.episode)
    means = Means(telling, cast, around, options.free, tools.breakdown)
    task = _Task(order, language, idea, means)
    versions: list[_Version] = []
    for number in range(1, options.free.rivals + 1):
        name = f"draft {number} " if number > 1 else ""
        made = drafting.written(means, context, order.structure, order.seconds, name)
        versions += _revised(task, context, made, number)
    chosen, why = _best(versions, order)
    return _told(task, versions, chosen, why)


def allowed(order: Order, writer: Leased[Writer], options: StoryOptions, budget: Budget) -> None:
    """A paid writer works within a budget that a person has given, and that can be enough."""
    price = Price.of(writer)
    expected = estimate(order.seconds, options.free.rivals, options.free.revisions, price)
    if price.is_paid and not budget.is_set:
        raise InputRefused(
            f"{writer.card.name} is paid, and no budget is given. This script will take {expected}. Give "
            f"--budget '${2 * expected.usd:.2f}', or tokens: --budget {2 * expected.tokens // 1000}k."
        )
    if budget.usd is not None and not price.is_paid:
        raise InputRefused(
            "--budget is in dollars, and the profile states no price_in and price_out. State them, or give tokens: "
            f"--budget {2 * expected.tokens // 1000}k."
        )
    too_little = (budget.tokens is not None and budget.tokens < expected.tokens // 3) or (
        budget.usd is not None and budget.usd < expected.usd / 3
    )
    if too_little:
        raise InputRefused(
            f"The budget is too small: this script will take {expected}. Raise it, or write less."
        )


def _revised(task: _Task, context: Context, made: Work, number: int) -> list[_Version]:
    """The draft and its revisions, until nothing is criticised or none is left."""
    means = task.means
    versions = [_judged(task, context, made, _Place(number))]
    for revision in range(1, means.options.revisions + 1):
        last = versions[-1].sheet
        if not last.faults or (last.grade >= means.options.good_enough and not _by_rule(last.faults)):
            break
        made, changed = drafting.mended(means, made, last.faults, f"revision {revision}")
        versions.append(_judged(task, context, made, _Place(number, revision, changed)))
    return versions


def _judged(task: _Task, context: Context, made: Work, place: _Place) -> _Version:
    order, means = task.order, task.means
    seconds = measured(made.scenes, means.around, means.breakdown)
    found = rules.faults(
        rules.Draft(
            order.premise, task.language, task.idea, means.cast, made.plan, made.scenes, seconds,
            means.options.tolerance, order.bible, recall.lines(order.earlier),
        )
    )  # fmt: skip
    name = f"{made.name}reading {place.revision + 1}"
    grade, read = drafting.read(means, context, made, name) if means.options.revisions else (0, [])
    sheet = StoryDraft(
        draft=place.draft,
        revision=place.revision,
        scenes=tuple(made.scenes),
        seconds=round(sum(seconds), 2),
        faults=(*found, *read),
        grade=grade,
        rewritten=place.changed,
    )
    return _Version(sheet, made)


def _by_rule(faults: Sequence[Fault]) -> int:
    return sum(fault.by == "rule" for fault in faults)


def _best(versions: Sequence[_Version], order: Order) -> tuple[int, str]:
    """Fewest faults by rule, then the best grade, then fewest objections, then the nearest length."""

    def worth(index: int) -> tuple[float, ...]:
        sheet = versions[index].sheet
        return (
            _by_rule(sheet.faults),
            -sheet.grade,
            len(sheet.faults),
            round(abs(sheet.seconds - order.seconds)),
            -sheet.revision,
        )

    best = min(range(len(versions)), key=worth)
    told = "; ".join(
        f"draft {sheet.draft} revision {sheet.revision}: {_by_rule(sheet.faults)} faults by rule, grade {sheet.grade}, "
        f"{len(sheet.faults) - _by_rule(sheet.faults)} objections, {sheet.seconds:.0f} s"
        for sheet in (version.sheet for version in versions)
    )
    sheet = versions[best].sheet
    return best, f"Draft {sheet.draft}, revision {sheet.revision} is the best of: {told}."


def _told(task: _Task, versions: Sequence[_Version], chosen: int, why: str) -> Written:
    order, language, idea, means = task.order, task.language, task.idea, task.means
    client = means.telling.client
    best = versions[chosen]
    fountain = means.around.fountain(best.sheet.scenes)
    outline = Outline(
        premise=order.premise,
        language=language,
        structure=order.structure,
        show=order.bible.id if order.bible else None,
        title=idea.title,
        logline=idea.logline,
        theme=idea.theme,
        plot="free",
        thing={language: thing} if (thing := _thing(idea)) else {},
        cast=tuple(_roles(means.cast, order, language)),
        beats=_beats(best.made),
        facts=tuple({language: what} for what, _ in best.made.turns[-2:]),
        arcs=idea.arcs,
    )
    story = Story(
        outline=outline,
        scenes=best.sheet.scenes,
        seconds=best.sheet.seconds,
        writer=client.writer.card.name,
        library=stories_digest(),
        script=hashlib.sha256(fountain.encode()).hexdigest(),
        notes=tuple(_notes(best.sheet, order)),
        drafts=tuple(version.sheet for version in versions),
        chosen=chosen,
        why=why,
        asked=tuple(client.asked),
    )
    return Written(story, fountain)


def _thing(idea: Idea) -> str:
    return next((kept.story for kept in idea.keeps if kept.kind == "thing"), "")


def _roles(cast: Cast, order: Order, language: Language) -> list[Role]:
    ids = {who.shown(language): who.id for who in order.bible.characters} if order.bible else {}
    return [
        Role(
            role=chr(ord("A") + index),
            id=ids.get(one.name, ""),
            name=one.name,
            style="",
            about=f"{one.role}; {one.wants}",
        )
        for index, one in enumerate(cast.people)
    ]


def _beats(made: Work) -> tuple[Beat, ...]:
    """One beat per scene, as an older reader of the sheet expects; its purpose is the scene's."""
    return tuple(
        Beat(
            part=f"scene {number}",
            summary=plan.goal,
            place=plan.place,
            hour=plan.hour,
            weather=plan.weather,
            purpose="; ".join(text for text in (plan.sets_up, plan.pays_off) if text),
        )
        for number, plan in enumerate(made.plan, start=1)
    )


def _notes(sheet: StoryDraft, order: Order) -> list[str]:
    """What a person should look at."""
    notes = [
        f"Scene {fault.scene}{f', line {fault.line}' if fault.line else ''}: {fault.what}"
        if fault.scene
        else fault.what
        for fault in sheet.faults
        if fault.by == "rule"
    ]
    if abs(sheet.seconds - order.seconds) > 0.25 * order.seconds:
        notes.append(f"It plays {sheet.seconds:.0f} s; {order.seconds:.0f} s were ordered.")
    return notes
