"""`sakuga models bind`: show which inputs of a ComfyUI workflow take what a cut needs."""

from pathlib import Path
from typing import Annotated

import typer

from flows.terminal.lines import say

FileArgument = Annotated[
    Path, typer.Argument(metavar="FILE", help="Workflow in API format: Workflow > Export (API)")
]
PortOption = Annotated[
    str,
    typer.Option("--for", metavar="PORT", help="painter or animator; by itself: animator if it makes clips"),
]


def bind(file: FileArgument, port: PortOption = "") -> None:
    """Show the bindings of a ComfyUI workflow, as the comfyui adapters guess them.

    What is wrong is set in the profile: options: {bindings: {prompt: ['6.text']}}.
    """
    from flows.terminal import arguments
    from models.engines.comfyui.bindings import described, guessed
    from models.engines.comfyui.graph import Graph

    if port:
        arguments.chosen(port, ("painter", "animator"), "--for")
    graph = Graph.read(arguments.path(file, "FILE"))
    clip = guessed(graph, "animator")
    animates = port == "animator" or (not port and bool(clip.length and clip.first))
    found = clip if animates else guessed(graph, "painter")
    for line in described(graph, found):
        say(line)
    found.check(graph, "animator" if animates else "painter")
    say(f"Everything is bound that {'an animator' if animates else 'a painter'} needs.")
