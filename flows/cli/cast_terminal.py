"""`sakuga cast` in the terminal: the candidates as files and a table, the decision, the document for programs.

In: an order, a decision or answers.      Out: PNG files, tables, a decision through the service.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.prompt import Confirm, Prompt

from assets import files
from assets.errors import DecisionRefused, InputRefused
from assets.plain import counted, visible
from assets.sheets.casting import BODIES, Candidate, CastDecision
from assets.sheets.production import Ref
from assets.store.records import Casting
from flows.cast import entering
from flows.cast.order import CastOrder
from flows.cast.rounds import Studio, asked, latest, studio
from flows.cast.service import Decided, decide, settled
from flows.cli import documents
from flows.review.rules import Reviewer
from flows.settings import media_url
from flows.terminal import tables
from flows.terminal.console import console as terminal
from flows.terminal.screen import Screen


@dataclass(frozen=True)
class Choice:
    """What was decided with options; ``approve`` None: nothing yet."""

    approve: int | None
    by: str
    as_json: bool


def run(order: CastOrder, choice: Choice) -> None:
    """Draw what is missing, show it, and decide."""
    console = terminal()
    with studio(order.out) as where:
        if choice.approve is not None:
            if order.again is not None:
                raise InputRefused("--approve and --again are two decisions. Give one of them.")
            decision = CastDecision(verdict="approve", candidate=choice.approve)
            shown = None if choice.as_json else console
            casting = _decided(_waiting(order, where), decision, choice.by, where, shown)
        else:
            if order.again is not None:
                _sent_back(order, choice, where)
            casting = _drawn(order, where, quiet=choice.as_json)
        if choice.as_json:
            documents.show("cast", _document(casting, order))
        elif casting.state == "open":
            _shown(casting, order, console)
            if console.is_terminal:
                _ask(order, casting, choice.by, where, console)
            else:
                console.print(
                    "Decide with --approve NUMBER or --again NOTE (sakuga cast --help), or in the rushes room."
                )
        elif choice.approve is None:
            _standing(casting, where, console)


def _drawn(order: CastOrder, where: Studio, *, quiet: bool) -> Casting:
    with Screen(quiet=quiet) as display:
        casting = asked(order, where, display)
    for candidate in casting.shows.candidates:
        written(casting, candidate, where)
    return casting


def _waiting(order: CastOrder, where: Studio) -> Casting:
    casting = latest(order, where)
    if casting is None:
        raise InputRefused(
            f"No candidate of {order.character} is drawn yet. Run the same command without --approve first."
        )
    return casting


def _sent_back(order: CastOrder, choice: Choice, where: Studio) -> None:
    """An open round is sent back with the note; after an approval a new round begins by itself."""
    casting = latest(order, where)
    if casting is not None and casting.state == "open":
        decision = CastDecision(verdict="again", note=order.again or "")
        decide(where, casting.id, decision, Reviewer(choice.by, "terminal", casting.seen))


def folder_of(casting: Casting, out: Path) -> Path:
    return out / "cast" / casting.show / casting.character / f"round-{casting.round}"


def written(casting: Casting, candidate: Candidate, where: Studio) -> dict[str, Path]:
    """The pictures of a candidate as files to look at: candidate-2.png, candidate-2-back.png."""
    folder = files.folder_in(where.out, *folder_of(casting, where.out).relative_to(where.out).parts)
    refs: dict[str, Ref] = {
        "sheet": candidate.sheet,
        **{picture.view: picture.image for picture in candidate.pictures},
    }
    paths = {}
    for name, ref in refs.items():
        suffix = "" if name == "sheet" else f"-{name}"
        paths[name] = folder / f"candidate-{candidate.number}{suffix}.png"
        if not paths[name].exists() or paths[name].stat().st_size != ref.bytes:
            files.copy(where.vault.local(ref), paths[name])
    return paths


def _shown(casting: Casting, order: CastOrder, console: Console) -> None:
    board = casting.shows
    console.print(
        f"[bold]{escape(board.title)}[/] of {escape(casting.show)}: round {casting.round}, "
        f"{counted(len(board.candidates), 'candidate')} by {escape(board.maker.name)}"
    )
    if board.note:
        console.print(f"[dim]Drawn again: {escape(board.note)}[/]")
        if not board.reads:
            console.print(
                f"[yellow]note[/] The painter {escape(board.maker.name)} does not read notes: these have other seeds."
            )
    for sentence in board.left_out:
        console.print(f"[yellow]note[/] {escape(sentence)}")
    folder = folder_of(casting, order.out).absolute()
    rows = [
        (str(one.number), str(one.seed), str(folder / f"candidate-{one.number}.png"))
        for one in board.candidates
    ]
    tables.show(("candidate", "seed", "sheet"), rows, console)
    if address := media_url():
        console.print(f"Side by side: {escape(address)}/cast/{casting.show}/{casting.character}")


def _ask(order: CastOrder, casting: Casting, by: str, where: Studio, console: Console) -> None:
    """Ask until one is approved, or the person decides nothing now."""
    while True:
        numbers = [str(one.number) for one in casting.shows.candidates]
        answer = Prompt.ask(
            "\nApprove which", choices=[*numbers, "again", "later"], default="later", console=console
        )
        if answer == "later":
            console.print("Nothing was decided. The same command asks again, and draws nothing twice.")
            return
        try:
            if answer == "again":
                note = Prompt.ask(
                    "  what you want to see (optional)", default="", console=console, show_default=False
                )
                decision = CastDecision(verdict="again", note=note)
                decide(where, casting.id, decision, Reviewer(by, "terminal", casting.seen))
                casting = _drawn(order, where, quiet=False)
                _shown(casting, order, console)
            elif Confirm.ask(f"Approve candidate {answer} as {escape(by)}?", default=True, console=console):
                decision = CastDecision(verdict="approve", candidate=int(answer))
                _decided(casting, decision, by, where, console)
                return
        except DecisionRefused as refused:
            console.print(f"[red]{escape(str(refused))}[/]")
            return


def _decided(
    casting: Casting, decision: CastDecision, by: str, where: Studio, console: Console | None
) -> Casting:
    """The casting after an approval, which is told on ``console`` unless there is none."""
    done = decide(where, casting.id, decision, Reviewer(by, "terminal", casting.seen))
    if console is not None:
        console.print(_told(done))
        for sentence in done.notes:
            console.print(f"[yellow]note[/] {escape(sentence)}")
    return done.casting


def _told(done: Decided) -> str:
    who, file = escape(done.casting.character), done.file
    where = escape(str(file)) if file else "stored in the bible by the run that waits"
    return (
        f"Candidate {done.casting.candidate} of {who} is approved by {escape(done.casting.made_by or '')}: {where}. "
        "Painters that take references are shown it from the next run on."
    )


def _standing(casting: Casting, where: Studio, console: Console) -> None:
    """An approval that stands; it is put into the bible now if a killed process left that out."""
    file = settled(casting, where)
    show = entering.show_of(casting, where.out)
    who = next((one for one in show.bible.characters if one.id == casting.character), None) if show else None
    approved = entering.approved(who) if who else None
    console.print(
        f"Candidate {casting.candidate} of {escape(casting.character)} was approved by {escape(casting.made_by or '')} "
        f"at {casting.closed_at}{f': {escape(str(file))}' if file else ''}."
    )
    if who is not None and approved is not None and approved.basis != who.basis:
        console.print(
            "[yellow]note[/] The bible describes the character in other words or another look since then."
        )
    console.print('Draw other candidates with --again "what should be different".')


def _document(casting: Casting, order: CastOrder) -> dict[str, Any]:
    board, folder = casting.shows, folder_of(casting, order.out)
    return {
        "show": casting.show, "character": casting.character, "title": visible(board.title), "round": casting.round,
        "state": casting.state, "until": casting.until, "profile": board.profile,
        "painter": board.maker.model_dump(mode="json"), "note": board.note, "left_out": list(board.left_out),
        "candidates": [_listed(one, folder) for one in board.candidates],
        "decision": {
            "verdict": casting.verdict, "candidate": casting.candidate or None, "note": casting.note,
            "by": casting.made_by, "at": casting.closed_at, "door": casting.door,
        } if casting.verdict else None,
    }  # fmt: skip


def _listed(one: Candidate, folder: Path) -> dict[str, Any]:
    def pictures() -> Iterator[dict[str, Any]]:
        for picture in sorted(one.pictures, key=lambda picture: picture.view not in BODIES):
            yield {
                "view": picture.view,
                "file": str(folder / f"candidate-{one.number}-{picture.view}.png"),
                "sha256": picture.image.sha256,
                "recipe": picture.recipe,
                "prompt": picture.prompt,
            }

    return {
        "number": one.number,
        "seed": one.seed,
        "file": str(folder / f"candidate-{one.number}.png"),
        "sha256": one.sheet.sha256,
        "pictures": list(pictures()),
    }
