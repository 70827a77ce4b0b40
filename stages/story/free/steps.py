"""The steps of the free path: each asks one question and checks the answer before anything is built on it.

In: a WriterClient and the Context.      Out: the answer, as frozen parts.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from assets.grammar import lexicon
from assets.plain import one_line
from assets.sheets.bible import Bible, Language
from assets.sheets.story import Arc, SceneDraft, Structure
from stages.story.fidelity import content_words, missing, occurs
from stages.story.free import answers, drawable, language
from stages.story.free.answers import Cast, Idea, Plan, Planned, Player, Reading, SceneText, Turns
from stages.story.free.client import Question, WriterClient
from stages.story.free.context import Context, beginning, ending, numbered

PART_SECONDS = 420  # a longer script is divided into parts, so that no prompt grows with the script
_STRUCTURES: dict[Structure, str] = {
    "kishotenketsu": "kishotenketsu: ki introduces, sho develops, ten turns without a fight, ketsu brings together",
    "three-acts": "three acts: somebody wants something, fails and tries otherwise, and wins or lets go",
    "own": "your own, the one this premise asks for",
}
_OLD = re.compile(
    r"\b(?:old|elderly|retired|grand(?:father|mother|pa|ma))\b|老|祖父|祖母|じいさん|ばあさん|引退|定年"
)
_YOUNG = re.compile(
    r"\b(?:girl|boy|child|kid|schoolgirl|schoolboy)\b|少女|少年|女の子|男の子|子供|子ども|小学生"
)
_MOST_LINES = 60
Line = tuple[str, str, str]  # who, how, text


@dataclass(frozen=True)
class Telling:
    """What every step needs."""

    client: WriterClient
    premise: str
    language: Language
    bible: Bible | None
    new_characters: bool
    introduced: bool = True  # people of no bible are introduced with their looks

    def wrong_language(self, *texts: str) -> str:
        return language.wrong(texts, self.language)

    def ask(
        self, name: str, prompts: Sequence[str], schema: answers.Schema, check: object
    ) -> dict[str, object]:
        return self.client.ask(Question(name, prompts, schema, check))  # type: ignore[arg-type]


def lines_of(scene: SceneDraft) -> list[Line]:
    return [(said.who, said.manner, said.text) for said in scene.said]


def idea(telling: Telling, context: Context, arcs: Sequence[Arc]) -> Idea:
    """The idea of the story: what it keeps of the premise, its theme, and the threads of the show."""

    def check(data: dict[str, object]) -> str:
        made = Idea.model_validate(data)
        if made.cannot:
            return ""
        return telling.wrong_language(made.title, made.logline, made.theme) or _forgotten(telling, made)

    still_open = [arc.model_dump(exclude={"closed"}) for arc in arcs if not arc.closed]
    asked = context.prompts("free-idea", arcs=still_open)
    schema = answers.idea(arcs=telling.bible is not None)
    return Idea.model_validate(telling.ask("idea", asked, schema, check))


def _forgotten(telling: Telling, made: Idea) -> str:
    """What of the premise ``keeps`` leaves out, or invents."""
    kept = " ".join(f"{one.premise} {one.story}" for one in made.keeps)
    invented = [one.premise for one in made.keeps if missing(one.premise, telling.premise, telling.language)]
    if invented:
        return f"keeps quotes {invented[0]!r}, which is not in the premise. Quote the premise's own words."
    people = [hit.text for hit in lexicon("people").hits(telling.premise)]
    lost = [word for word in people if not occurs(word, kept, telling.language) and word not in kept]
    if lost:
        return f"keeps leaves out a person of the premise: {', '.join(lost)}."
    words = content_words(telling.premise, telling.language)
    left = [word for word in words if not occurs(word, kept, telling.language)]
    if len(left) > 0.4 * len(words):
        return f"keeps leaves out too much of the premise: {', '.join(left)}."
    return ""


def cast(telling: Telling, context: Context, made: Idea) -> Cast:
    """The people and places of the story; those of the bible keep what it says of them."""
    bible = telling.bible
    shown = [who.shown(telling.language) for who in bible.characters] if bible else []
    places = [place.shown(telling.language) for place in bible.places] if bible else []
    strangers = telling.new_characters or not shown
    told: list[str] = []

    def undrawn(chosen: Cast) -> str:
        """Report it once: a thing that cannot be drawn as meant does not stop the story."""
        if bible is None and not told and (fault := drawable.fault(chosen, telling.language)):
            told.append(fault)
            return fault
        return ""

    def check(data: dict[str, object]) -> str:
        chosen = Cast.model_validate(data)
        texts = [f"{one.role} {one.looks} {one.wants} {one.speech}" for one in chosen.people]
        return (
            telling.wrong_language(*texts, *(place.look for place in chosen.places))
            or _doubled(chosen)
            or _wrong_people(chosen, made, telling)
            or undrawn(chosen)
        )

    asked = context.prompts("free-cast", people=shown, places=places, strangers="yes" if strangers else "no")
    schema = answers.cast(telling.language, shown, places, strangers=strangers)
    chosen = Cast.model_validate(telling.ask("cast", asked, schema, check))
    return chosen if bible is None else _as_in_the_bible(chosen, bible, telling.language)


def _doubled(chosen: Cast) -> str:
    for what, names in (
        ("person", [one.name for one in chosen.people]),
        ("place", [one.name for one in chosen.places]),
    ):
        folded = [name.casefold() for name in names]
        if len(set(folded)) < len(folded):
            return f"Two {what}s have the same name. Give each a name of its own."
    return ""


def _wrong_people(chosen: Cast, made: Idea, telling: Telling) -> str:
    """A person of the premise whom nobody plays, or who is played at another age."""
    for kept in made.keeps:
        if kept.kind != "person":
            continue
        words = content_words(f"{kept.premise} {kept.story}", telling.language) or (kept.story,)
        playing = [one for one in chosen.people if _plays(one, words, telling.language)]
        if not playing:
            return f"Nobody plays {kept.premise!r} of the premise. Say it in somebody's name or role."
        if _OLD.search(kept.premise) and not any(one.age in ("elder", "adult") for one in playing):
            return f"{kept.premise!r} of the premise is old; {playing[0].name} is {playing[0].age}."
        if _YOUNG.search(kept.premise) and not any(one.age in ("child", "teen") for one in playing):
            return f"{kept.premise!r} of the premise is young; {playing[0].name} is {playing[0].age}."
    return ""


def _plays(player: Player, words: Sequence[str], spoken: Language) -> bool:
    told = f"{player.name} {player.role} {player.looks}"
    return any(occurs(word, told, spoken) for word in words)


def _as_in_the_bible(chosen: Cast, bible: Bible, spoken: Language) -> Cast:
    """The bible's people keep its age, and its places their kind of set: these are drawn from it."""
    ages = {who.shown(spoken): who.look.age for who in bible.characters}
    kinds = {place.shown(spoken): place.kind for place in bible.places}
    return Cast(
        people=tuple(one.model_copy(update={"age": ages.get(one.name, one.age)}) for one in chosen.people),
        places=tuple(one.model_copy(update={"kind": kinds.get(one.name, one.kind)}) for one in chosen.places),
    )


def parts(telling: Telling, context: Context, seconds: float, draft: str) -> Turns:
    """The parts of a long script; of a short one there is no call."""
    count = math.ceil(seconds / PART_SECONDS)
    asked = context.prompts("free-parts", parts=count, seconds=round(seconds / count))
    return _turns(telling, f"{draft}parts", asked, count, count)


@dataclass(frozen=True)
class PartOrder:
    """One part of the script to divide into beats; ``before`` are the last lines of the part before it."""

    structure: Structure
    part: int
    parts: int
    before: object
    seconds: float


def beats(telling: Telling, context: Context, order: PartOrder, name: str) -> Turns:
    most = max(5, round(order.seconds / 25))
    least = 4 if order.structure == "kishotenketsu" else 3
    asked = context.prompts(
        "free-beats", structure=_STRUCTURES[order.structure], part=order.part, parts=order.parts, before=order.before
    )  # fmt: skip
    return _turns(telling, f"{name}beats", asked, least, most)


def _turns(telling: Telling, name: str, asked: Sequence[str], least: int, most: int) -> Turns:
    def check(data: dict[str, object]) -> str:
        made = Turns.model_validate(data)
        return telling.wrong_language(*(f"{turn.what} {turn.purpose}" for turn in made.turns))

    return Turns.model_validate(telling.ask(name, asked, answers.turns(least, most), check))


def plan(
    telling: Telling, context: Context, chosen: Cast, beats: int, seconds: float, name: str
) -> tuple[Planned, ...]:
    """The scenes, whose lengths are scaled so that together they are as long as was ordered."""
    most = max(2, round(seconds / 12))

    def check(data: dict[str, object]) -> str:
        made = Plan.model_validate(data)
        played = {beat for scene in made.scenes for beat in scene.beats}
        unplayed = sorted(set(range(1, beats + 1)) - played)
        if unplayed:
            return f"No scene plays beat {unplayed[0]}. Every beat needs a scene."
        if not any(scene.people for scene in made.scenes):
            return "Nobody is in any scene."
        return telling.wrong_language(*(scene.goal for scene in made.scenes))

    asked = context.prompts("free-plan", seconds=round(seconds))
    schema = answers.plan(chosen, beats, round(seconds), most)
    made = Plan.model_validate(telling.ask(f"{name}plan", asked, schema, check)).scenes
    factor = seconds / sum(scene.seconds for scene in made)
    return tuple(
        scene.model_copy(update={"seconds": max(4, round(scene.seconds * factor))}) for scene in made
    )


@dataclass(frozen=True)
class SceneOrder:
    """One scene to write."""

    number: int
    plan: Planned
    new: tuple[Player, ...]  # whom the script must introduce
    before: Sequence[Line]


def scene(telling: Telling, context: Context, order: SceneOrder, name: str) -> SceneText:
    """The text of one scene."""
    spoken = telling.language
    asked = context.prompts(
        "free-scene",
        number=order.number,
        scene=order.plan.model_dump(mode="json"),
        before=ending(order.before),
        new=[{"name": one.name, "looks": one.looks} for one in order.new],
        introduction=[f"{drawable.introduction(one, spoken)} ..." for one in order.new],
        seconds=order.plan.seconds,
    )
    return _scene_text(telling, f"{name}scene {order.number}", asked, order.plan.people, order.new)


def again(
    telling: Telling, prompts: Sequence[str], name: str, people: Sequence[str], new: Sequence[Player]
) -> SceneText:
    """A scene that is asked for again: shorter, longer or mended."""
    return _scene_text(telling, name, prompts, people, new)


def _scene_text(
    telling: Telling, name: str, prompts: Sequence[str], people: Sequence[str], new: Sequence[Player]
) -> SceneText:
    def check(data: dict[str, object]) -> str:
        made = SceneText.model_validate(data)
        texts = [told.text for told in made.said]
        actions = [one_line(told.text) for told in made.said if not told.who]
        if not any(actions):
            return "It has no action: nothing can be seen. Begin with what the place looks like."
        shown = [one.name.upper() if telling.language == "en" else one.name for one in new]
        unseen = [one for one in shown if not any(one in action for action in actions)]
        if unseen and telling.introduced:
            how = " in capitals" if telling.language == "en" else ""
            return f"{unseen[0]} is new and no action introduces them. Name them{how} with their looks."
        return telling.wrong_language(*texts)

    return SceneText.model_validate(telling.ask(name, prompts, answers.scene(people, _MOST_LINES), check))


def reading(
    telling: Telling, context: Context, scenes: Sequence[SceneDraft], first: int, name: str
) -> Reading:
    """Criticism of ``scenes``, the first of which has the number ``first``."""
    told = [
        {"scene": number, "heading": scene.heading, "said": numbered(lines_of(scene))}
        for number, scene in enumerate(scenes, start=first)
    ]
    asked = context.prompts("free-reading", script=told)
    most = max(len(scene.said) for scene in scenes)

    def check(data: dict[str, object]) -> str:
        return telling.wrong_language(*(fault.what for fault in Reading.model_validate(data).faults))

    schema = answers.reading(first + len(scenes) - 1, most)
    return Reading.model_validate(telling.ask(name, asked[:1], schema, check))


def neighbours(
    scenes: Sequence[SceneDraft], index: int
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """How the scene before ends, and how the next begins."""
    before = ending(lines_of(scenes[index - 1])) if index else []
    after = beginning(lines_of(scenes[index + 1])) if index + 1 < len(scenes) else []
    return before, after
