"""Print what pyproject.toml asks for, with the extras that are named: one requirement a line.

In: pyproject.toml in this folder, names of extras.      Out: requirements for pip.
So an image can install them before it knows the code. Needs nothing but Python.
"""

import sys
import tomllib
from pathlib import Path


def requirements(pyproject: str, extras: list[str]) -> list[str]:
    project = tomllib.loads(pyproject)["project"]
    known = project["optional-dependencies"]
    unknown = [name for name in extras if name not in known]
    if unknown:
        raise SystemExit(f"No extra is called {', '.join(unknown)}. There are: {', '.join(known)}.")
    return [*project["dependencies"], *(line for name in extras for line in known[name])]


if __name__ == "__main__":
    found = requirements(Path("pyproject.toml").read_text(encoding="utf-8"), sys.argv[1:])
    print("\n".join(dict.fromkeys(found)))
