"""A small studio: a show, a script, core art and held-out art, and a LoRA that the toy painter can load."""

import json
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from typer.testing import CliRunner, Result

from assets import show as shows
from assets.store import Store
from assets.vault import Vault
from flows.cli.application import app
from flows.episode.workspace import open_vault
from flows.settings import settings

SCRIPT = """\
Title: The Kite
Language: en

EXT. HILLTOP - DAY

HANA holds a red kite. BOU looks up.

HANA
It will fly today.

BOU
(doubtful)
You said that yesterday.

EXT. PARK - NIGHT

Rain falls on the empty park.

BOU
She forgot her umbrella.
"""
BIBLE = """\
# The kite show. A remark that must stay.
sheet: bible
version: 2
id: kites
title: {en: Kites}
characters:
  - id: hana
    names: [HANA, Hana]   # every way a script may call her
    look: {hair: ponytail, hair_color: red}
  - id: bou
    names: [BOU, Bou]
places:
  - id: hill
    names: [HILLTOP]
    kind: hills
  - id: park
    names: [PARK]
    kind: park
licence: CC0-1.0
"""
PROFILE = """\
sheet: profile
version: 1
name: toy-reads
size: [320, 180]
policy: research
machines:
  painter: toy-reader
  animator: toy
  voices: {ja: toy, en: toy}
  foley: toy
  composer: toy
  judge: toy
"""


def drawing(path: Path, seed: int) -> None:
    """A drawing of one hand: dark lines around flat tones."""
    chance = np.random.default_rng(seed)
    image = Image.new("RGB", (192, 128), tuple(map(int, chance.integers(150, 250, 3))))
    pen = ImageDraw.Draw(image)
    for _ in range(5):
        x, y = map(int, chance.integers(0, 150, 2))
        tone = tuple(map(int, chance.integers(0, 255, 3)))
        pen.ellipse((x, y - 30, x + 50, y + 30), fill=tone, outline=(20, 10, 10), width=3)
    image.save(path)


def lora_file(path: Path, *, dataset: str = "", base: str = "toy", size: int = 8) -> Path:
    """A LoRA with the header that `sakuga train` writes, of ``size`` rows."""
    shapes = {"unet.a.lora_A.weight": (2, size), "unet.a.lora_B.weight": (size, 2)}
    header: dict[str, object] = {
        "__metadata__": {"sakuga.base": base, "sakuga.dataset": dataset, "modelspec.trigger_phrase": "xhana"}
    }
    at = 0
    for name, shape in shapes.items():
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [at, at + 4 * 2 * size]}
        at += 4 * 2 * size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + np.ones(4 * size, "<f4").tobytes())
    return path


@dataclass(frozen=True)
class Studio:
    """Folders of the small studio."""

    root: Path

    @property
    def out(self) -> Path:
        return self.root / "out"

    @property
    def bible(self) -> Path:
        return self.root / "kites" / shows.BIBLE

    @property
    def vault(self) -> Vault:
        return open_vault(settings(self.out))

    def store(self) -> Store:
        return Store.open(settings(self.out).store)

    def sakuga(self, *args: object) -> Result:
        return CliRunner().invoke(app, [*map(str, args)])

    def lora(self, name: str = "hana", **more: object) -> Path:
        return lora_file(self.root / f"{name}.safetensors", **more)

    def frozen(self, name: str, seeds: range, caption: str = "a drawing") -> None:
        """A frozen dataset of drawings."""
        folder = self.root / name
        folder.mkdir()
        for seed in seeds:
            drawing(folder / f"{seed}.png", seed)
            (folder / f"{seed}.txt").write_text(caption)
        rights = ("--name", name, "--creator", "A. Artist", "--licence", "MIT", "--show", "kites")
        added = self.sakuga("dataset", "add", folder, *rights, "--set", "resolution=128")
        frozen = self.sakuga("dataset", "freeze", folder, "--out", self.out)
        assert (added.exit_code, frozen.exit_code) == (0, 0), (added.exception, frozen.exception)

    def validate(self, lora: Path, *more: object) -> Result:
        """``sakuga lora validate`` of Hana, with what every test gives."""
        usual = ("--show", self.root / "kites", "--held-out", "held", "--script", self.root / "kite.fountain")
        options = ("--profile", self.root / "toy-reads.yaml", "--no-judges", "--cuts", 3, "--out", self.out)
        subject = () if "--style" in more else ("--character", "hana")
        rest = [one for one in more if one != "--style"]
        return self.sakuga("lora", "validate", lora, *usual, *options, *subject, *rest)

    def review(self, *args: object) -> Result:
        return self.sakuga("lora", "review", *args, "--by", "Director", "--out", self.out)

    def promote(self, name: str = "hana", *more: object) -> Result:
        where = ("--show", self.root / "kites", "--out", self.out)
        return self.sakuga("lora", "promote", name, *where, *more)

    def rollback(self, *more: object) -> Result:
        where = ("--show", self.root / "kites", "--out", self.out)
        return self.sakuga("lora", "rollback", *where, "--character", "hana", "--reason", "not her", *more)


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return made_studio(tmp_path)


def made_studio(tmp_path: Path) -> Studio:
    """The small studio in a folder."""
    made = Studio(tmp_path)
    made.bible.parent.mkdir(parents=True)
    made.bible.write_text(BIBLE, encoding="utf-8")
    (tmp_path / "kite.fountain").write_text(SCRIPT, encoding="utf-8")
    (tmp_path / "toy-reads.yaml").write_text(PROFILE, encoding="utf-8")
    made.frozen("held", range(100, 104))
    return made
