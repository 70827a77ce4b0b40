"""Revise a story by a person's wish: the writer says which scenes must change, and writes only those again.

In: a story as it stands, a wish.      Out: the story with the changed scenes; the others keep their words.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assets.errors import InputRefused
from assets.sheets.story import Fault, SceneDraft, Story, StoryDraft
from stages.breakdown import BreakdownOptions
from stages.story import recall
from stages.story.free import answers, rules, steps
from stages.story.free.answers import Reading, SceneText
from stages.story.free.budget import Budget
from stages.story.free.client import Question, WriterClient
from stages.story.free.context import Context, numbered, opening
from stages.story.free.layout import Titled, measured, spoken
from stages.story.free.writing import allowed
from stages.story.order import Order, Tools, Written


@dataclass(frozen=True)
class _Checked:
    """The rules of a draft, for single scenes of a story that is revised."""

    story: Story
    order: Order
    around: Titled
    breakdown: BreakdownOptions
    tolerance: float

    def faults(self, scenes: Sequence[SceneDraft], number: int, seconds: float) -> list[Fault]:
        """What is wrong with scene ``number`` that was not wrong before."""
        was = {what for _, what in self._lines(self.story.scenes, number)}
        found = [
            Fault(scene=number, line=line, by="rule", what=what)
            for line, what in self._lines(scenes, number)
            if what not in was
        ]
        plays = measured([scenes[number - 1]], self.around, self.breakdown)[0]
        if rules.off(plays, seconds, self.tolerance):
            told = f"It plays {plays:.0f} s and has {seconds:.0f} s."
            found.append(Fault(scene=number, by="rule", what=told))
        return found

    def _lines(self, scenes: Sequence[SceneDraft], number: int) -> Iterator[tuple[int, str]]:
        here = self.story.scenes[number - 1]
        people = {said.who for said in here.said if said.who}
        before = [said.text for scene in scenes[: number - 1] for said in scene.said]
        for at, said in enumerate(scenes[number - 1].said, start=1):
            # Whoever is named in the scene's action is there, and may speak.
            present = [*people, *(name for name in self._cast if any(name in one.text for one in here.said))]
            for what in rules.line_faults(self._known, present, said, before):
                yield at, what
            before.append(said.text)

    @property
    def _cast(self) -> tuple[str, ...]:
        return tuple(who.name for who in self.story.outline.cast)

    @property
    def _known(self) -> rules.Known:
        """Every name the story has now is known."""
        outline, bible = self.story.outline, self.order.bible
        told = (f"{said.who} {said.text}" for scene in self.story.scenes for said in scene.said)
        named = " ".join((outline.premise, outline.title, *self._cast, *rules.names_in(bible), *told))
        return rules.Known(
            outline.language, named, bible.limits if bible else (), recall.lines(self.order.earlier)
        )


def revise(story: Story, wish: str, order: Order, tools: Tools, budget: Budget) -> Written:
    """The story after ``wish``. Every answer is recorded, so that showing it first costs nothing more."""
    options = tools.options
    allowed(order, tools.writer, options, budget)
    outline = story.outline
    client = WriterClient(tools.writer, tools.cache, budget, options.seed, options.free.attempts)
    telling = steps.Telling(client, outline.premise, outline.language, order.bible, False, introduced=False)
    tools.cache.began("story", 1 + len(story.scenes))
    context = _context(story, order)
    wanted = _wanted(telling, context, story.scenes, wish)
    around = Titled(outline.title, outline.logline, outline.language, order.bible, order.episode)
    before = measured(story.scenes, around, tools.breakdown)
    scenes, left = list(story.scenes), list[Fault]()
    checked = _Checked(story, order, around, tools.breakdown, options.free.tolerance)
    for number in sorted({fault.scene for fault in wanted}):
        own = [fault for fault in wanted if fault.scene == number]
        seconds = before[number - 1]
        wished = _Rewrite(number, own, seconds)
        scenes[number - 1] = _again(telling, context, scenes, wished)
        if found := checked.faults(scenes, number, seconds):
            mended = list(scenes)
            once_more = _Rewrite(number, [*own, *found], seconds, "mended ")
            mended[number - 1] = _again(telling, context, scenes, once_more)
            still = checked.faults(mended, number, seconds)
            if len(still) < len(found):
                scenes, found = mended, still
        left += found
    changed = tuple(
        at for at, pair in enumerate(zip(story.scenes, scenes, strict=True), 1) if pair[0] != pair[1]
    )
    made = StoryDraft(
        draft=story.drafts[-1].draft if story.drafts else 1,
        revision=max((one.revision for one in story.drafts), default=0) + 1,
        scenes=tuple(scenes),
        seconds=round(sum(measured(scenes, around, tools.breakdown)), 2),
        faults=(*wanted, *left),
        rewritten=changed,
    )
    return _told(story, wish, made, around, client)


def _context(story: Story, order: Order) -> Context:
    outline = story.outline
    context = opening(outline.premise, outline.language, story.seconds, order.bible, order.earlier)
    told = {"title": outline.title, "logline": outline.logline, "theme": outline.theme}
    people = [{"name": who.name, "about": who.about} for who in outline.cast]
    return context.settle("The idea", told, briefly=outline.logline).settle("People", people)


def _wanted(
    telling: steps.Telling, context: Context, scenes: Sequence[SceneDraft], wish: str
) -> tuple[Fault, ...]:
    """Where the wish asks for a change."""
    told = [
        {"scene": number, "heading": scene.heading, "said": numbered(steps.lines_of(scene))}
        for number, scene in enumerate(scenes, start=1)
    ]
    prompts = context.prompts("free-wish", script=told, wish=wish)

    def check(data: dict[str, object]) -> str:
        made = Reading.model_validate(data)
        if any(fault.scene == 0 for fault in made.faults):
            return "Name a scene for every change, from 1."
        return telling.wrong_language(*(fault.what for fault in made.faults))

    schema = answers.reading(len(scenes), max(len(scene.said) for scene in scenes))
    made = Reading.model_validate(telling.client.ask(Question("wish", prompts, schema, check)))
    if not made.faults:
        raise InputRefused(
            "The writer finds nothing in the script to change for that wish. Say which person, scene or line you mean."
        )
    return tuple(Fault(scene=one.scene, line=one.line, by="reader", what=one.what) for one in made.faults)


@dataclass(frozen=True)
class _Rewrite:
    """One scene to write again: what is to be changed in it, and how long it is. ``turn`` names a further attempt."""

    number: int
    faults: Sequence[Fault]
    seconds: float
    turn: str = ""


def _again(
    telling: steps.Telling, context: Context, scenes: Sequence[SceneDraft], wished: _Rewrite
) -> SceneDraft:
    number = wished.number
    scene = scenes[number - 1]
    before, after = steps.neighbours(scenes, number - 1)
    prompts = context.prompts(
        "free-revise", number=number, before=before, after=after, scene=numbered(steps.lines_of(scene)),
        faults=[{"line": fault.line, "what": fault.what} for fault in wished.faults], seconds=round(wished.seconds),
    )  # fmt: skip
    people = sorted({said.who for one in scenes for said in one.said if said.who})
    text: SceneText = steps.again(telling, prompts, f"wish {wished.turn}scene {number}", people, ())
    kept = {
        (said.who, said.text): said for said in scene.said
    }  # a line that keeps its words keeps its manner too
    said = tuple(kept.get((one.who, one.text), one) for one in spoken(text))
    return scene.model_copy(update={"said": said})


def _told(story: Story, wish: str, made: StoryDraft, around: Titled, client: WriterClient) -> Written:
    fountain = around.fountain(made.scenes)
    first = StoryDraft(draft=1, revision=0, scenes=story.scenes, seconds=story.seconds)
    drafts = (*(story.drafts or (first,)), made)
    update = {
        "scenes": made.scenes,
        "seconds": made.seconds,
        "script": hashlib.sha256(fountain.encode()).hexdigest(),
        "drafts": drafts,
        "chosen": len(drafts) - 1,
        "why": f"Ordered by a person: {wish[:300]}",
        "asked": (*story.asked, *client.asked),
    }
    return Written(story.model_copy(update=update), fountain)
