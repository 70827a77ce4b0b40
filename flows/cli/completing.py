"""Complete values in the shell: episodes, profiles and shows.

In: what was typed so far.      Out: the names that begin with it. Opens no database and imports nothing heavy.
"""

from collections.abc import Iterable
from pathlib import Path

import typer

SHEET = "cutsheet.yaml"
LIBRARY = Path(__file__).parents[2] / "assets" / "library"


def episodes(ctx: typer.Context, incomplete: str) -> list[str]:
    """The episodes in --out, else in `episodes`: each folder with a cut sheet."""
    out = Path(str(ctx.params.get("out") or "episodes"))
    return _beginning(incomplete, (sheet.parent.name for sheet in out.glob(f"*/{SHEET}")))


def profiles(incomplete: str) -> list[str]:
    """The profiles of the library. Their lock files are no profiles."""
    files = (LIBRARY / "profiles").glob("*.yaml")
    return _beginning(incomplete, (file.stem for file in files if "." not in file.stem))


def shows(incomplete: str) -> list[str]:
    """The shows of the library."""
    return _beginning(incomplete, (bible.parent.name for bible in (LIBRARY / "shows").glob("*/bible.yaml")))


def _beginning(incomplete: str, names: Iterable[str]) -> list[str]:
    return sorted(name for name in names if name.startswith(incomplete))
