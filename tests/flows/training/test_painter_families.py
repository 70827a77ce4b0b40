"""LoRAs of FLUX.2 klein and Z-Image go through the painter's validation sheet, up to the bible.

Both painters are real here, with a few thousand random weights.
"""

import json

import pytest
from PIL import Image

from assets import show as shows
from tests.models.tiny import lora as files
from tests.models.tiny import pipelines

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
PROFILE = """\
sheet: profile
version: 1
name: tiny-{kind}
size: [320, 176]
policy: research
machines:
  painter: {{name: {kind}, options: {{weights: {{path: "{path}"}}, steps: 1}}}}
  animator: toy
  voices: {{ja: toy, en: toy}}
  foley: toy
  composer: toy
  judge: toy
"""


@pytest.mark.parametrize("kind", ["klein", "z-image"])
def test_a_lora_of_the_family_is_painted_at_each_strength_and_comes_into_the_bible(studio, kind, tmp_path):
    base = pipelines.save(kind, tmp_path / kind)
    profile = studio.root / f"{kind}.yaml"
    profile.write_text(PROFILE.format(kind=kind, path=base))
    transformer = pipelines.KINDS[kind]().transformer
    lora = files.peft(
        studio.root / "hana.safetensors", files.matrices(transformer, size=0.3), "transformer",
        **{"sakuga.base": kind, "modelspec.trigger_phrase": "xhana"},
    )  # fmt: skip

    done = studio.validate(lora, "--profile", profile, "--cuts", 2, "--strengths", "0.5,1")

    assert done.exit_code == 0, done.exception
    made = json.loads((studio.out / "validations" / "hana" / "validation.json").read_text())
    assert (made["painter"], made["candidate"]["base"]) == (kind, kind)
    assert [one["strength"] for one in made["columns"]] == [0, 0.5, 1]
    assert len({one["pictures"][0]["sha256"] for one in made["columns"]}) == 3  # it has a visible effect
    with Image.open(studio.out / "validations" / "hana" / "sheet.png") as sheet:
        assert sheet.width > 4 * 160
    studio.review("hana", "--approve", "--strength", "0.5")
    assert studio.promote().exit_code == 0
    [hana] = [who for who in shows.load(studio.bible).characters if who.id == "hana"]
    assert [(one.base, one.strength, one.trigger) for one in hana.art.loras] == [(kind, 0.5, "xhana")]
