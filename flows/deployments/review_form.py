"""The form of Prefect's resume dialog, and the Decision that a filled form describes.

In: a gate.      Out: a form with the cuts of the gate; or the decision of a filled form.
The form is made for the gate: cuts are chosen from a list, and the values of a refused answer are filled in
again.
"""

import json
from typing import Any, Literal

from prefect.input import RunInput
from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from assets.errors import DecisionRefused
from assets.sheets.review import Board, Choice, CutRemark, Decision, Lock, Reason
from assets.store import Gate
from assets.timing import Span
from flows.deployments import review_edits
from flows.episode.cut_edits import Editable
from flows.review.service import TITLES

LISTED = 120  # with more cuts, numbers are typed: a longer list is hard to use


class Answer(RunInput):
    """The questions of every gate."""

    verdict: Literal["approve", "retake", "stop"] = Field(
        title="1. Your verdict",
        description="approve: go on. retake: redo the cuts listed below, then ask me again. "
        "stop: end this run; all work is kept.",
    )
    reviewer: str = Field(
        title="2. Your name", min_length=1, max_length=80, description="It is recorded with this review."
    )
    note: str = Field(
        default="",
        title="Note on the whole episode",
        max_length=4000,
        description="Optional; kept with the review.",
    )


def form_for(gate: Gate, episode: Editable | None = None) -> type[Answer]:
    """The form of this gate, with the values of the last refused answer.

    episode  whose cuts can be changed in the form; None: it has no list for that
    """
    board, typed = gate.shows, _typed(gate)
    numbers = tuple(cut.cut for cut in board.cuts)
    cut: Any = _one_of(numbers) if len(numbers) <= LISTED else str
    fields: dict[str, Any] = {
        name: (Answer.model_fields[name].annotation, _again(Answer.model_fields[name], typed.get(name)))
        for name in ("verdict", "reviewer", "note")
        if name in typed
    }
    if board.kind != "script":
        fields |= _lists(board, cut, typed)
    if episode is not None:
        item = review_edits.entry(episode, numbers, cut)
        given = typed.get("changes", [])
        fields["changes"] = _list_of("CutToChange", item, review_edits.TITLE, review_edits.DESCRIBED, given)
    # Prefect stores the schema; the dialog shows its title.
    return create_model(f"{TITLES[gate.kind].capitalize()}Review", __base__=Answer, **fields)


def decision_of(answer: BaseModel) -> Decision:
    """Convert a filled form to a Decision. A cut changed in the form is redone, where the verdict is retake."""
    raw = answer.model_dump(mode="json")
    try:
        return Decision(
            verdict=raw["verdict"],
            note=raw.get("note", ""),
            remarks=_remarks(raw),
            choices=tuple(Choice(**item) for item in raw.get("show_takes", ())),
            locks=tuple(
                Lock(cut=item["cut"], locked=item["lock"] == "lock") for item in raw.get("locks", ())
            ),
        )
    except ValidationError as error:
        raise DecisionRefused(readable(error)) from error


def _remarks(raw: dict[str, Any]) -> tuple[CutRemark, ...]:
    """Every cut to redo: those of the list, and those that were changed in the form."""
    remarks = [_remark(item) for item in raw.get("retakes", ())]
    if raw["verdict"] == "retake" and "retakes" in raw:
        named = {remark.cut for remark in remarks}
        changed = dict.fromkeys(str(item["cut"]) for item in raw.get("changes", ()))
        remarks += [_changed(number) for number in changed if number not in named]
    return tuple(remarks)


def changed_cuts(answer: BaseModel) -> list[dict[str, Any]]:
    """The filled entries of the list of changes."""
    return list(answer.model_dump(mode="json").get("changes", ()))


def readable(error: ValidationError) -> str:
    """pydantic's errors as sentences."""
    found = error.errors(include_url=False)
    sentences = [f"{_place(item['loc'])}: {item['msg']}" for item in found[:5]]
    return "; ".join(sentences) + "."


def _place(where: tuple[int | str, ...]) -> str:
    """ "retakes, entry 2, reasons": entries are counted from one."""
    words = [f"entry {step + 1}" if isinstance(step, int) else step.replace("_", " ") for step in where]
    return ", ".join(words) or "the form"


def _lists(board: Board, cut: Any, typed: dict[str, Any]) -> dict[str, Any]:
    """The lists in the form of this gate, by name."""
    redone, moving = _redo(cut), board.kind != "storyboard"
    if moving:
        redone["frames"] = (str, Field(default="", pattern=_RANGE, **_FRAMES))
    what = "take" if moving else "panel"
    lists = {"retakes": ("CutToRedo", redone, "3. Cuts to do again", _REDONE.format(what))}
    if moving:
        shown = {"cut": (cut, Field(title="Cut")), "take": (int, Field(title="Take", ge=1))}
        held = {"cut": (cut, Field(title="Cut")), "lock": (Literal["lock", "unlock"], Field(title="Do what"))}
        lists["show_takes"] = ("TakeToShow", shown, "Show another take", _SHOWN)
        lists["locks"] = ("TakeLock", held, "Lock or unlock takes", _HELD)
    return {
        name: _list_of(item, fields, title, description, typed.get(name, []))
        for name, (item, fields, title, description) in lists.items()
    }


_RANGE = r"^\s*([0-9]{1,9}\s*-\s*[0-9]{1,9})?\s*$"
_FRAMES: dict[str, Any] = {
    "title": "Only these frames",
    "description": "Such as 24-48: the other frames stay. Empty: the whole cut.",
}
_REDONE = "With the verdict retake: each of these gets a new {}, and no other cut is touched."
_SHOWN = "Optional: the take to show for a cut."
_HELD = "Optional: approve locks every take that is shown, unless you unlock it here."


def _one_of(words: tuple[str, ...]) -> Any:
    return Literal[words]


def _redo(cut: Any) -> dict[str, Any]:
    many: Any = list
    reason = _one_of(tuple(code.value for code in Reason))
    return {
        "cut": (cut, Field(title="Cut")),
        # Plain words: with the enum, its docstring would appear in the form.
        "reasons": (many[reason], Field(title="What is wrong", description="One or more.")),
        "note": (str, Field(default="", title="What you want to see", max_length=2000)),
    }


def _list_of(name: str, fields: dict[str, Any], title: str, description: str, typed: Any) -> Any:
    item = create_model(name, __config__=ConfigDict(extra="forbid"), **fields)
    return (list[item], Field(default=typed, title=title, description=description))


def _again(field: Any, typed: Any) -> Any:
    return Field(default=typed, title=field.title, description=field.description)


def _typed(gate: Gate) -> dict[str, Any]:
    if not gate.refusals or gate.refusals[-1].door != "prefect":
        return {}
    found = json.loads(gate.refusals[-1].typed)
    if not isinstance(found, dict):
        return {}
    return {name: value for name, value in found.items() if value not in ("", [], None)}


def _changed(number: str) -> CutRemark:
    return CutRemark(cut=number, reasons=(Reason.OTHER,), note="changed in the form of the review")


def _remark(item: dict[str, Any]) -> CutRemark:
    reasons = dict.fromkeys(item.get("reasons", ()))
    start, dash, stop = item.get("frames", "").partition("-")
    return CutRemark(
        cut=item["cut"],
        reasons=tuple(Reason(reason) for reason in reasons),
        note=item.get("note", ""),
        frames=Span(start=int(start), stop=int(stop)) if dash else None,
    )
