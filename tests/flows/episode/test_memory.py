"""Models of declared sizes share a device through a whole episode: loads are counted, and the most held at once."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from flows.episode.brief import Brief
from flows.episode.executor import InProcess
from flows.episode.produce import RunHost, perform
from flows.episode.profile import LIBRARY
from models.memory import DeviceMemory

SCRIPT = """\
Title: Two Cups

INT. KITCHEN - NIGHT

Rain on the window. BOU pours two cups of tea.

BOU
You win.

INT. HALL - NIGHT

MIKA waits.
"""
SIZES = {"painter": 10, "animator": 10, "upscaler": 4, "judge": 2, "voice": 3}


class Device(DeviceMemory):
    """A device of ``size_gb``, which remembers what was loaded on it and released from it."""

    def __init__(self, name: str, size_gb: float) -> None:
        super().__init__(name, lambda: size_gb - self.held_gb)
        self.loads: Counter[str] = Counter()
        self.told: list[str] = []
        self.by_use: list[str] = []  # ports, the one that was used longest ago first

    def make_room(self, newcomer: Any) -> None:
        held = [port for port in self.by_use if port in {one.card.port for one in self.held}]
        super().make_room(newcomer)
        stays = [one.card.port for one in self.held]
        assert stays == held[len(held) - len(stays) :], (
            "another model than the least recently used one was released"
        )

    def used(self, holder: Any) -> None:
        self.by_use = [*(port for port in self.by_use if port != holder.card.port), holder.card.port]
        super().used(holder)

    def loaded(self, holder: Any) -> None:
        self.loads[holder.card.port] += 1
        self.told.append(f"load {holder.card.port}")
        super().loaded(holder)

    def released(self, holder: Any) -> None:
        self.told.append(f"release {holder.card.port}")
        super().released(holder)


class Quiet:
    def began(self, step, total): ...
    def moved(self, step, name, part): ...
    def done(self, done): ...


@pytest.fixture
def produce(tmp_path: Path):
    """``produce(size_gb)``: a small episode, made with sized toys on devices of that size; the devices, by name."""

    def run(size_gb: float, **profile: Any) -> tuple[dict[str, Device], int]:
        toy = yaml.safe_load((LIBRARY / "toy.yaml").read_text())
        sized = {port: {"name": "toy", "options": {"vram_gb": size}} for port, size in SIZES.items()}
        voice = sized.pop("voice")
        toy["machines"] |= {**sized, "voices": {"en": voice}}
        toy |= {"storyboard": {"size": [160, 90]}, "takes": {"size": [160, 90]}, **profile}
        (tmp_path / "sized.yaml").write_text(yaml.safe_dump(toy))
        devices: dict[str, Device] = {}
        script = tmp_path / "cups.fountain"
        script.write_text(SCRIPT)
        brief = Brief(script=script, out=tmp_path / "episodes", profile=str(tmp_path / "sized.yaml"))
        delivered = perform(
            brief,
            RunHost(
                InProcess(),
                lambda episode: Quiet(),
                lambda where: Quiet(),  # no gate asks anybody
                memory=lambda name: devices.setdefault(name, Device(name, size_gb)),
            ),
        )
        return devices, len(delivered.made.cutsheet.cuts)

    return run


ONCE = {"voice": 1, "painter": 1, "animator": 1, "judge": 1, "foley": 1, "composer": 1}


@pytest.mark.slow
def test_each_stage_loads_its_models_once_and_gives_their_memory_back_before_the_next_one(produce):
    devices, _ = produce(1000)

    [device] = devices.values()
    assert device.loads == {**ONCE, "upscaler": 2}  # it enlarges panels, and then takes
    assert device.told.index("release voice") < device.told.index("load painter")
    assert device.told.index("release painter") < device.told.index("load animator")
    assert device.peak_gb == 16  # animator, upscaler and judge
    assert device.held == ()


def test_on_a_smaller_device_the_least_recently_used_model_makes_room_and_the_peak_stays_within_it(produce):
    devices, cuts = produce(12)

    [device] = devices.values()
    assert device.peak_gb == 12
    assert device.loads == {
        **ONCE, "painter": cuts, "animator": cuts, "judge": cuts, "upscaler": 2 * cuts,
    }  # fmt: skip


def cards() -> int:
    import torch

    return torch.cuda.device_count() if torch.cuda.is_available() else 0


@pytest.mark.gpu
@pytest.mark.skipif(cards() < 2, reason="a run refuses a device that is not there: needs two CUDA cards")
def test_a_port_with_a_device_of_its_own_displaces_nobody(produce):
    devices, _ = produce(12, devices={"animator": "cuda:1", "painter": "cuda:1"})

    assert devices.keys() == {"cpu", "cuda:1"}
    assert devices["cuda:1"].loads == {"painter": 1, "animator": 1}
    assert devices["cuda:1"].peak_gb == 10
    assert devices["cpu"].loads == {"voice": 1, "judge": 1, "upscaler": 2, "foley": 1, "composer": 1}
    assert devices["cpu"].peak_gb == 6
