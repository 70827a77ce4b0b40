"""Write the prompt for one cut: of bounded length, however long the script is.

In: the sheet, a cut, its neighbours in the scene, what was chosen for the one before.
Out: the text of the prompt. Script and bible are in it as quoted data only.
"""

from collections.abc import Sequence
from typing import Any

from assets.prompts import Prompt
from assets.sheets.cutsheet import Cut, Cutsheet
from stages.direction.choices import ACTED, in_words

# Words in a row: five words of our own prompt in a row are not chance.
_ECHO = 5
# Letters of script per field. A cut of six seconds has about 150, so nothing real is lost.
_OWN, _AROUND, _ABOUT = 600, 120, 160


def asked(
    prompt: Prompt, sheet: Cutsheet, cut: Cut, scene: Sequence[Cut], before: Cut | None, context: int
) -> str:
    """The prompt for ``cut``; ``before`` is the directed cut before it, if there is one."""
    at = next(index for index, item in enumerate(scene) if item.number == cut.number)
    near = scene[max(0, at - context) : at + context + 1]
    place = sheet.place(cut.place)
    return prompt.fill(
        scene={
            "place": place.kind,
            "name": place.names[0][:_AROUND],
            "time": cut.time,
            "weather": cut.weather,
            "mood": cut.mood,
        },
        people=[_person(sheet, item.character) for item in cut.staged],
        around=[{"cut": item.number, "is": _quoted(item, _AROUND)} for item in near],
        before=_chosen(before) if before else "none, this one opens the episode",
        cut={"cut": cut.number, **_quoted(cut, _OWN)},
        first=_as_an_answer(cut, mood=cut is scene[0]),
    )


def echoes(prompt: Prompt, words: str) -> bool:
    """Whether ``words`` repeat the prompt: a leak, or a model that has nothing to say."""
    own, said = prompt.text.lower().split(), words.lower().split()
    runs = {tuple(own[at : at + _ECHO]) for at in range(len(own) - _ECHO + 1)}
    return any(tuple(said[at : at + _ECHO]) in runs for at in range(len(said) - _ECHO + 1))


def depicted(cut: Cut) -> dict[str, Any]:
    """What the direction depends on; while this is unchanged, an earlier direction is kept."""
    return cut.model_dump(mode="json", exclude={"number", "source", "frames", "hold", "join", "lines"}) | {
        "lines": [[line.character, line.text, line.manner, line.heard] for line in cut.lines]
    }


def _person(sheet: Cutsheet, id: str) -> dict[str, str]:
    return {"id": id, "about": sheet.character(id).about[:_ABOUT]}


def _quoted(cut: Cut, most: int) -> dict[str, Any]:
    lines = [{"who": line.character, "says": line.text[:most], "how": line.manner[:40]} for line in cut.lines]
    told = {"happens": cut.action[:most], "lines": lines, "on_screen": cut.text[:most]}
    return {name: value for name, value in told.items() if value}


def _as_an_answer(cut: Cut, *, mood: bool) -> dict[str, Any]:
    """The rules' choice in the format of an answer: to keep it, the model copies it."""
    return {
        "size": cut.size,
        "move": cut.camera.move,
        "angle": cut.camera.angle,
        "amount": in_words(cut.camera.amount),
        "staged": {item.character: item.model_dump(include=set(ACTED)) for item in cut.staged},
        "sounds": [],
        **({"mood": cut.mood} if mood else {}),
        "visual": cut.visual,
    }


def _chosen(cut: Cut) -> dict[str, Any]:
    return {
        "size": cut.size,
        "camera": f"{cut.camera.move}, {cut.camera.angle}",
        "people": {
            item.character: f"{item.expression}, {item.pose}, {item.position}, facing {item.facing}"
            for item in cut.staged
        },
    }
