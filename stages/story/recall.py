"""A show's memory of its earlier episodes, and how much of it is used.

In: the memory, the name of the episode being written.      Out: the earlier episodes; the memory with the new one.
An episode that is written again replaces itself in the memory and never uses its own entry.
"""

from collections.abc import Sequence

from assets.sheets.bible import Language
from assets.sheets.story import Arc, Remembered, Story, StoryMemory

KEPT = 200  # episodes; the oldest are removed
_WITH_LINES = 6  # episodes whose lines are kept word for word, so that they are not repeated
_MOST_CHARACTERS = 400  # characters in the prompt


def before(memory: StoryMemory | None, episode: str) -> tuple[Remembered, ...]:
    """The episodes before ``episode``."""
    episodes = memory.episodes if memory else ()
    at = next((index for index, each in enumerate(episodes) if each.episode == episode), len(episodes))
    return episodes[:at]


def summarize(earlier: Sequence[Remembered], language: Language, most: int) -> str:
    """The facts of the last ``most`` episodes, newest first, in a bounded sentence or two."""
    latest = reversed(earlier[-most:] if most else [])
    facts = [fact.get("en") or fact.get(language, "") for each in latest for fact in each.facts]
    text = ""
    for fact in facts:
        if len(text) + len(fact) > _MOST_CHARACTERS:
            break
        text = f"{text} {fact}".strip()
    return f"Before: {text}" if text else ""


def lines(earlier: Sequence[Remembered]) -> frozenset[str]:
    """The lines of recent episodes."""
    return frozenset(line for each in earlier[-_WITH_LINES:] for line in each.lines)


def remember(memory: StoryMemory | None, show: str, episode: str, story: Story) -> StoryMemory:
    """The memory with ``story`` in it."""
    outline = story.outline
    episodes = list(memory.episodes) if memory else []
    at = next((index for index, each in enumerate(episodes) if each.episode == episode), len(episodes))
    entry = Remembered(
        episode=episode,
        title=outline.title,
        premise=outline.premise[:300],
        plot=outline.plot,
        thing=outline.thing,
        logline=outline.logline,
        beats=tuple(beat.summary for beat in outline.beats),
        facts=outline.facts,
        arcs=_arcs(episodes[:at], outline.arcs),
        lines=tuple(said.text for scene in story.scenes for said in scene.said if said.who),
    )
    episodes[at : at + 1] = [entry]
    shortened = [
        each if index >= len(episodes) - _WITH_LINES else each.model_copy(update={"lines": ()})
        for index, each in enumerate(episodes)
    ]
    return StoryMemory(show=show, episodes=tuple(shortened[-KEPT:]))


def _arcs(earlier: Sequence[Remembered], told: Sequence[Arc]) -> tuple[Arc, ...]:
    """The threads as the new episode leaves them; those it does not mention stay as they were."""
    known = {arc.name: arc for arc in (earlier[-1].arcs if earlier else ()) if not arc.closed}
    return tuple((known | {arc.name: arc for arc in told}).values())
