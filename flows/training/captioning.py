"""Have a model propose captions for a dataset's art, and keep each proposal in the file beside the art.

In: a folder with dataset.yaml, a captioner.      Out: the same file with proposals; why some works have none.
What is proposed is kept every few seconds and when the command ends in whatever way, so a second run asks only for
what is missing. The file is read again before each write: what a person edits meanwhile stays.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assets.errors import InputRefused, SetupMissing
from assets.sheets.dataset import Work
from flows.episode.choices import for_profile
from flows.episode.profile import load
from flows.settings import models_folder, settings, stay_offline
from flows.training import datasets
from models.lease import lease
from models.memory import required_device
from models.ports import Captioner
from models.registry import lacks_with
from models.weights.store import use_store
from stages.dataset import captioning
from stages.dataset.captioning import Wish

KEEP_SECONDS = 2.0
Told = Callable[[int, int], object]
"""Called with how many works are done, and of how many."""


@dataclass(frozen=True)
class Choice:
    """Which captioner: of a profile, or by its name; and options over those of the profile."""

    profile: str
    captioner: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Proposed:
    """What a run did. ``problems``: by file, why it has no proposal."""

    captioner: str
    proposed: int
    problems: Mapping[str, str]


def caption(folder: Path, choice: Choice, wish: Wish, told: Told) -> Proposed:
    """Propose a caption for every work that has none; keep what is done also when it is interrupted."""
    dataset = datasets.read(folder)
    profile = load(choice.profile)
    chosen = profile.machines.captioner
    name = choice.captioner or (chosen.name if chosen else "")
    if not name:
        raise InputRefused(
            f"The profile {choice.profile} names no captioner. Give --captioner openai --set base_url=… --set model=…, "
            "or write under machines: captioner: {name: openai, options: {base_url: …, model: …}}."
        )
    own = chosen.options if chosen and name == chosen.name else {}
    device = profile.devices.get("captioner", settings(folder).device)
    stay_offline()
    use_store(models_folder())
    with lease(Captioner, name, device, options={**own, **choice.options}) as captioner:
        if missing := lacks_with("captioner", name, {**own, **choice.options}):
            raise SetupMissing(for_profile(missing, choice.profile))
        required_device(device)
        keeper, problems = _Keeper(folder), dict[str, str]()
        total = len(captioning.missing(dataset))
        told(0, total)
        try:
            for done, each in enumerate(captioning.propose(dataset, folder, captioner, wish), 1):
                if each.problem:
                    problems[each.work.file] = each.problem
                else:
                    keeper.add(each.work)
                told(done, total)
        finally:
            keeper.write()
        return Proposed(captioning.name(captioner), total - len(problems), problems)


class _Keeper:
    """Proposals that are not written yet."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._waiting: dict[str, Work] = {}
        self._written = time.monotonic()

    def add(self, work: Work) -> None:
        self._waiting[work.file] = work
        if time.monotonic() - self._written > KEEP_SECONDS:
            self.write()

    def write(self) -> None:
        if self._waiting:
            now = datasets.read(self._folder)
            datasets.write(captioning.merged(now, self._waiting), self._folder)
            self._waiting.clear()
        self._written = time.monotonic()
