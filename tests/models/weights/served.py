"""A hub of the test's own: its repositories, its faults, what it was asked."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.models.weights.hub_server import CARD
from tests.models.weights.small_models import write


class ServedHub:
    """A hub that runs in a process of its own; ``root`` holds its repositories and its faults."""

    def __init__(self, root: Path, endpoint: str) -> None:
        self.root, self.endpoint = root, endpoint

    def put(self, hub: str, files: dict[str, bytes], **card: object) -> None:
        write(self.root / hub, {**files, **({CARD: json.dumps(card).encode()} if card else {})})

    def fails(self, **faults: object) -> None:
        (self.root / "faults.json").write_text(json.dumps(faults))

    def asked(self) -> list[list[str]]:
        """Method, path, range and token of every request so far."""
        log = self.root / "requests.log"
        return [line.split(" ", 3) for line in log.read_text().splitlines()] if log.exists() else []


@contextmanager
def serving(root: Path) -> Iterator[ServedHub]:
    root.mkdir()
    command = [sys.executable, str(Path(__file__).with_name("hub_server.py")), str(root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield ServedHub(root, f"http://127.0.0.1:{process.stdout.readline().strip()}")
        finally:
            process.terminate()
