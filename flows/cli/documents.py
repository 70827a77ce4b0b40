"""What `--json` prints: one versioned document on standard output, in ASCII.

In: a name and a body.      Out: {"sakuga": NAME, "version": 1, ...}. A key is never removed within a version.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Any

import typer

VERSION = 1
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print a document for programs instead (its version is in it)")
]


def show(name: str, body: Mapping[str, Any]) -> None:
    """Print the document ``name``. Escapes keep control characters away from a terminal."""
    typer.echo(json.dumps({"sakuga": name, "version": VERSION, **body}, indent=1))  # noqa: TID251 - JSON has its own escapes
