"""Change cuts in the form of Prefect's resume dialog: the choices of the rushes room's editor, as a list of cuts.

In: an episode's cut sheet at hand.      Out: the fields of one entry; or the changes that filled entries describe.
A value left at "as it is" changes nothing. What an entry changes is checked and written as an edit in the rushes
room is (flows/episode/cut_edits.py).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field

from assets.errors import DecisionRefused, InputRefused, SheetRefused
from assets.store import Gate
from assets.timing import MAX_FRAMES
from flows.episode.cut_edits import Change, Editable, changed_together, editable, save_together
from flows.episode.cut_form import LONGEST_PROMPT, CutField, Value
from flows.episode.workspace import EpisodeWorkspace

KEEP = "as it is"
NOBODY = "nobody"
NOTHING = "nothing"
STAGED = {"expression", "pose", "facing", "position", "prop"}  # of one character of the cut
TITLES = {
    "size": "Shot size",
    "camera.move": "Camera move",
    "camera.angle": "Camera angle",
    "time": "Time of day",
    "weather": "Weather",
    "expression": "Expression",
    "pose": "Pose",
    "facing": "Facing",
    "position": "Position",
    "prop": "Holds",
    "frames": "Length in frames",
    "hold": "Hold after the last line, in frames",
    "prompt": "Prompt of the picture",
    "motion_prompt": "Prompt of the motion",
}
TITLE = "Change cuts in the cut sheet"
DESCRIBED = (
    "Optional, with approve or retake. A changed cut is made again, and you are asked again. What you leave at "
    f"'{KEEP}', at 0 or empty stays."
)


@dataclass(frozen=True)
class CutChanges:
    """What one form changes: the changes of each cut, all checked together."""

    episode: Editable
    by_cut: Mapping[str, tuple[Change, ...]]

    def save(self, by: str) -> None:
        """Write them into the cut sheet, as one version."""
        save_together(self.episode, self.by_cut, by=by)


def open_sheet(gate: Gate, workspace: EpisodeWorkspace) -> Editable | None:
    """The episode of the gate with its cut sheet; None where there is none that can be edited."""
    item = workspace.store.episode(gate.episode)
    if item is None:
        return None
    try:
        return editable(item, workspace.folder.parent, workspace.store, workspace.vault)
    except (InputRefused, SheetRefused):
        return None  # the gate shows why: a sheet that cannot be read refuses every decision


def entry(episode: Editable, numbers: Sequence[str], cut: Any) -> dict[str, Any]:
    """The fields of one entry of the list.

    numbers  the cuts that the gate shows
    cut      type of the field that names a cut
    """
    known = {item.number for item in episode.sheet.cuts}
    found = [field for number in numbers if number in known for field in episode.fields(number)]
    fields: dict[str, Any] = {"cut": (cut, Field(title="Cut"))}
    people = list(dict.fromkeys(field.of for field in found if _name(field) in STAGED))
    for name, title in TITLES.items():
        ours = [field for field in found if _name(field) == name]
        if name == "expression" and people:
            about = "The five fields below are about this character of the cut."
            fields["who"] = _choice("Whom", (NOBODY, *people), about)
        if ours:
            fields[_key(name)] = _typed(ours, title)
    return fields


def changes_of(entries: Sequence[Mapping[str, Any]], episode: Editable) -> CutChanges:
    """What the filled entries change.

    raises  DecisionRefused naming the cut and the value that cannot be
    """
    found: dict[str, tuple[Change, ...]] = {}
    for item in entries:
        number = str(item["cut"])
        if number in found:
            raise DecisionRefused(
                f"{number} is in the list of changes twice. Put all its changes into one entry."
            )
        try:
            changes = tuple(_changes(item, episode.fields(number)))
            if not changes:
                raise DecisionRefused(f"{number} is in the list of changes, but nothing of it was changed.")
            found[number] = changes
            changed_together(episode, found)
        except (InputRefused, SheetRefused) as refused:
            raise DecisionRefused(str(refused)) from refused
    return CutChanges(episode, found)


def _changes(item: Mapping[str, Any], fields: Sequence[CutField]) -> Iterator[Change]:
    who = str(item.get("who", NOBODY))
    for name in TITLES:
        to = item.get(_key(name))
        if to in (None, "", 0, KEEP):
            continue
        if name in STAGED and who == NOBODY:
            raise DecisionRefused(
                f"{item['cut']}: {TITLES[name]} is {to}, but of whom? Choose the character too."
            )
        field = next(
            (one for one in fields if _name(one) == name and (name not in STAGED or one.of == who)), None
        )
        if field is None:
            whose = f" of {who}" if name in STAGED else ""
            raise DecisionRefused(f"{item['cut']} has no {TITLES[name].lower()}{whose} that can be changed.")
        value: Value = None if to == NOTHING and field.empty else to
        if value != field.value:
            yield Change(path=field.path, was=field.value, to=value)


def _typed(ours: Sequence[CutField], title: str) -> Any:
    kind = ours[0].kind
    if kind == "choice":
        words = tuple(dict.fromkeys(word for field in ours for word in field.choices))
        return _choice(title, (*words, NOTHING) if ours[0].empty else words)
    if kind == "frames":
        return (int, Field(default=0, ge=0, le=MAX_FRAMES, title=title, description="0: as it is."))
    return (str, Field(default="", max_length=LONGEST_PROMPT, title=title))


def _choice(title: str, words: tuple[str, ...], description: str = "") -> Any:
    first = () if NOBODY in words else (KEEP,)
    listed: Any = Literal[(*first, *words)]
    default = NOBODY if NOBODY in words else KEEP
    return (listed, Field(default=default, title=title, description=description or None))


def _name(field: CutField) -> str:
    """ "expression" of "staged.aoi.expression"; other paths as they are."""
    return field.path.rsplit(".", 1)[-1] if field.path.startswith("staged.") else field.path


def _key(name: str) -> str:
    return name.replace(".", "_")
