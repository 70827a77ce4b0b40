"""What a run leaves that made only a part of an episode: its panels and takes as files, and a summary.

In: what was reached.      Out: files beside the cut sheet; tables and sentences on the console.
"""

from pathlib import Path

from rich.markup import escape

from assets import files
from assets.plain import counted, visible
from assets.sheets.production import Ref
from assets.vault import Vault
from flows.episode.brief import Brief, command_of
from flows.episode.inputs import SHEET
from flows.episode.scope import Reached
from flows.episode.workspace import EpisodeWorkspace
from flows.terminal import screen, tables
from flows.terminal.console import console

FOLDER = "review"  # where `sakuga review` lays them out too


def lay_out(reached: Reached, workspace: EpisodeWorkspace) -> None:
    """Copy the panels and takes to where people look at them, and note the files in ``reached``."""
    reached.folder = workspace.folder
    for number in reached.cuts:
        panel, take = reached.panels.get(number), reached.takes.get(number)
        if panel is not None:
            again = panel.attempt if panel.attempt > 1 else ""
            reached.files[f"{number} panel"] = _copied(panel.image, f"{number}-panel{again}.png", workspace)
        if take is not None:
            reached.files[f"{number} take"] = _copied(take.clip, f"{number}-take{take.number}.mp4", workspace)


def copied(ref: Ref, path: Path, vault: Vault) -> Path:
    """The file at EPISODE/FOLDER/NAME. Copied, not linked: what people do to it must not change the vault."""
    if not path.exists() or path.stat().st_size != ref.bytes:
        files.folder_in(path.parents[2], path.parent.parent.name, path.parent.name)
        files.copy(vault.local(ref), path)
    return path


def tell(reached: Reached, brief: Brief, *, quiet: bool) -> None:
    """Print what was made, where it is, and how to go on."""
    if quiet:
        print(visible(str(reached.folder)))
        return
    to = console()
    screen.notes(to, reached.notes)
    to.print(escape(_made(reached)))
    rows = [
        ("cut sheet", str(reached.folder / SHEET)),
        *((name, str(file)) for name, file in reached.files.items()),
    ]
    tables.show(("what", "file"), rows, to)
    to.print("No film was joined. What is made is kept; this goes on to the whole episode:")
    to.print(f"  {escape(command_of(brief))}")


def _made(reached: Reached) -> str:
    cuts = counted(len(reached.sheet.cuts), "cut")
    of = f"{len(reached.cuts)} of {cuts}"
    return {
        "script": f"The cut sheet is written: {cuts}. Edit it before anything is drawn.",
        "voices": f"Recorded: {counted(reached.voiced, 'line')}; the cuts are as long as they need.",
        "storyboard": f"The storyboard is drawn: {of} ({', '.join(reached.cuts)}).",
        "takes": f"Drawn and moved: {of} ({', '.join(reached.cuts)}).",
        "final": "The episode is made.",
    }[reached.stage]


def _copied(ref: Ref, name: str, workspace: EpisodeWorkspace) -> Path:
    return copied(ref, workspace.folder / FOLDER / name, workspace.vault)
