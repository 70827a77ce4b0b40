"""Engines of ours in processes of their own."""

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


class Served:
    """One server process."""

    def __init__(self, script, *arguments):
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, Path(__file__).parent / script, *map(str, arguments)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        self.port = int(self.process.stdout.readline())
        self.url = f"http://127.0.0.1:{self.port}"

    def asked(self, way, path="", method=""):
        """What it was asked, in order."""
        with urllib.request.urlopen(f"{self.url}/log") as answered:
            log = json.load(answered)
        return [
            one for one in log
            if one["way"] == way and one["path"].startswith(path) and one["method"].startswith(method)
        ]  # fmt: skip

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture(scope="module")
def engine():
    served = Served("scripted_engine.py")
    yield served
    served.stop()


@pytest.fixture(scope="module")
def comfy():
    served = Served("scripted_comfyui.py")
    yield served
    served.stop()


@pytest.fixture
def serve():
    """Starts a server process: script, port."""
    started = []

    def start(script, *arguments):
        started.append(Served(script, *arguments))
        return started[-1]

    yield start
    for one in started:
        one.stop()
