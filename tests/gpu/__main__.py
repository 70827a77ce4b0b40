"""`python -m tests.gpu`: what must hold on a CUDA card, and how fast and how large it is there. At most nine minutes.

It needs one card and no network: models are built from random weights of the full size. Every part runs in a process
of its own and has its own time; one that fails does not stop the others. Figures go into OUT/results.json and a table.

Exit status: 0 every part ran and every limit held, 1 not so, 3 there is no CUDA card, or a package is missing.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path

from tests.gpu.part import Finding
from tests.gpu.runner import RAN, Card, Result, Run, contained

NEEDS = (
    "torch", "torchaudio", "numpy", "cv2", "PIL", "diffusers", "transformers", "peft", "accelerate", "ftfy", "pydantic",
    "yaml", "psutil",
)  # fmt: skip
LACKS = (
    "This machine lacks {names}. `make gpu-wheels`, on one with a network, fetches what tests/gpu/wheels.txt lists; "
    "torch, torchaudio, numpy and OpenCV are assumed to be here."
)
NO_CARD = (
    "There is no CUDA card here: torch {torch} sees none. Run this on a machine with one; --tiny (`make gpu TINY=1`) "
    "runs every part on the CPU with tiny models."
)
SIZES = {"measured": "", "estimated": "  (estimated)", "told": ""}


def main() -> int:
    """Run what the arguments ask for; returns the exit status."""
    chosen = _arguments()
    if absent := [name for name in NEEDS if find_spec(name) is None]:
        print(LACKS.format(names=", ".join(absent)), file=sys.stderr)
        return 3
    from tests.gpu.parts import PARTS

    if unknown := set(chosen.parts) - {part.name for part in PARTS}:
        names = ", ".join(part.name for part in PARTS)
        print(f"There is no part {', '.join(sorted(unknown))}. Those that exist: {names}.", file=sys.stderr)
        return 2
    # without this a mere question whether there is a card makes CUDA unusable in forked processes
    os.environ["PYTORCH_NVML_BASED_CUDA_CHECK"] = "1"
    card = _card(chosen.tiny)
    if card is None:
        import torch

        print(NO_CARD.format(torch=torch.__version__), file=sys.stderr)
        return 3
    _import()
    parts = [part for part in PARTS if not chosen.parts or part.name in chosen.parts]
    print(
        f"{card.name}, {card.gib:.0f} GiB; " + ", ".join(f"{k} {v}" for k, v in card.versions.items()),
        flush=True,
    )
    run = Run("cpu" if chosen.tiny else "cuda", card.gib, chosen.tiny, chosen.minutes * 60)
    if not chosen.tiny and contained(_touch, seconds=60) != 0:
        run.method = "spawn"  # something imported here has asked for the card
    results = run.every(parts, lambda result: print(_told(result, tiny=chosen.tiny), flush=True))
    chosen.out.mkdir(parents=True, exist_ok=True)
    path = chosen.out / "results.json"
    path.write_text(json.dumps(_document(card, results, tiny=chosen.tiny), indent=2) + "\n", encoding="utf-8")
    faults = _faults(results, tiny=chosen.tiny)
    print("\n" + ("\n".join(faults) or "Every part ran, every limit held.") + f"\n{path}")
    return 1 if faults else 0


def _card(tiny: bool) -> Card | None:
    """The device; asked in a child process, because a process that has used CUDA cannot be forked."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "card.json"
        contained(_ask, tiny, path, seconds=60)
        if not path.exists():
            return None
        found = json.loads(path.read_text(encoding="utf-8"))
    return Card(**found)


def _ask(tiny: bool, path: Path) -> None:
    import importlib.metadata
    import platform

    import torch

    names = ("torch", "diffusers", "transformers", "peft", "accelerate")
    versions = {name: importlib.metadata.version(name) for name in names} | {
        "python": platform.python_version()
    }
    found = {"name": "no card (tiny models on the CPU)", "gib": 0.0, "versions": versions}
    if not tiny:
        if not torch.cuda.is_available():
            return
        about = torch.cuda.get_device_properties(0)
        found = {**found, "name": about.name, "gib": about.total_memory / 2**30}
        versions["cuda"] = str(torch.version.cuda)
    path.write_text(json.dumps(found), encoding="utf-8")


def _import() -> None:
    """Once, before the parts are forked. Ours first: it makes torchaudio importable beside a CPU build of torch."""
    from models import libraries

    for name in ("StableDiffusionXLPipeline", "WanImageToVideoPipeline"):
        getattr(libraries.both()["diffusers"], name)
    import accelerate  # noqa: F401
    import peft  # noqa: F401


def _touch() -> None:
    import torch

    torch.zeros(1, device="cuda")


def _told(result: Result, *, tiny: bool) -> str:
    """One part as lines of the table."""
    lines = [f"\n{result.part}: {result.state}, {result.seconds:.0f} s"]
    lines += [f"  {_row(one, tiny=tiny)}" for one in result.findings]
    if result.error:
        lines.append("  " + result.error.strip().replace("\n", "\n  "))
    return "\n".join(lines)


def _row(one: Finding, *, tiny: bool) -> str:
    value = f"{one.value:.4g}" if isinstance(one.value, float) else str(one.value)
    judged = (
        "" if not one.wanted else "not judged" if tiny and one.timed else "held" if one.held else "NOT HELD"
    )
    wanted = f"wanted {one.wanted}: {judged}" if one.wanted else ""
    return f"{one.what:<78} {value + ' ' + one.unit:>16}{SIZES[one.how]}  {wanted}".rstrip()


def _faults(results: Sequence[Result], *, tiny: bool) -> list[str]:
    """What did not run, and what did not hold."""
    found = [f"{one.part}: {one.state}" for one in results if one.state != RAN]
    found += [
        f"{one.part}: {finding.what} is {finding.value}, wanted {finding.wanted}"
        for one in results
        for finding in one.broken(tiny=tiny)
    ]
    return found


def _document(card: Card, results: Sequence[Result], *, tiny: bool) -> dict[str, object]:
    return {
        "version": 1,
        "tiny": tiny,
        "card": asdict(card),
        "parts": [
            {**asdict(one), "findings": [{**asdict(each), "held": each.held} for each in one.findings]}
            for one in results
        ],
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.gpu", description=__doc__)
    parser.add_argument("parts", nargs="*", help="only these parts (tests/gpu/parts.py)")
    parser.add_argument(
        "--tiny", action="store_true", help="tiny models on the CPU; time and memory not judged"
    )
    parser.add_argument("--minutes", type=float, default=9.0, help="for all parts together")
    parser.add_argument("--out", type=Path, default=Path("bench-out/gpu"), help="folder of results.json")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
