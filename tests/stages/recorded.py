"""Recorded stories: a premise, the answers to every question about it, and the server process that gives them."""

import json
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import yaml

FOLDER = Path(__file__).parents[1] / "data" / "free-writing"
SERVER = Path(__file__).parent / "replay_server.py"


def story(name):
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


@contextmanager
def serving(name, *options):
    """The address of a process that answers as recorded in ``name``."""
    file = name if isinstance(name, Path) else FOLDER / f"{name}.yaml"
    process = subprocess.Popen([sys.executable, SERVER, file, *options], stdout=subprocess.PIPE, text=True)
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}/v1"
    finally:
        process.kill()
        process.wait()


def log(address):
    with urllib.request.urlopen(address.replace("/v1", "/log")) as answered:
        return json.load(answered)
