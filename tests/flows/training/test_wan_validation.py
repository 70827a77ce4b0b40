"""A LoRA of the animator is validated on clips, as a pair where the model has two experts.

`sakuga lora validate` painted panels only: a LoRA of Wan was refused, and came into the bible by hand and unseen.
Wan itself is real here, with a few thousand random weights.
"""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from assets import show as shows
from assets.media import video
from models.training import wan
from tests.flows.training.conftest import drawing
from tests.models.tiny import lora as files
from tests.models.tiny import pipelines

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
PROFILE = """\
sheet: profile
version: 1
name: tiny-{kind}
size: [160, 160]
policy: research
machines:
  painter: toy-reader
  animator: {{name: wan, options: {{form: {form}, weights: {{path: "{path}"}}, steps: 1, guidance: 1}}}}
  voices: {{ja: toy, en: toy}}
  foley: toy
  composer: toy
  judge: toy
"""
FORMS = {"wan-i2v": "i2v-a14b", "wan-ti2v": "ti2v-5b"}


@pytest.fixture(scope="module")
def bases(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("wan")
    return {kind: pipelines.save(kind, folder / kind) for kind in FORMS}


@pytest.fixture
def filmed(studio, bases):
    """The studio with profiles of both forms, and two held-out videos of her."""
    for kind, form in FORMS.items():
        text = PROFILE.format(kind=kind, form=form, path=bases[kind])
        (studio.root / f"{kind}.yaml").write_text(text)
    clips(studio, "films", range(200, 202))
    return studio


def clips(studio, name: str, seeds: range) -> None:
    """A frozen dataset of videos: a drawing that slides to the right."""
    folder = studio.root / name
    folder.mkdir()
    for seed in seeds:
        drawing(folder / "now.png", seed)
        picture = np.asarray(Image.open(folder / "now.png").convert("RGB"))
        (folder / "now.png").unlink()
        frames = (np.ascontiguousarray(np.roll(picture, 2 * at, 1)) for at in range(30))
        video.encode(
            frames, folder / f"{seed}.mp4", size=(192, 128), rate=Fraction(24), quality=video.VideoQuality()
        )
        (folder / f"{seed}.txt").write_text("she slides")
    shown = ("resolution=128", "clips.mode=head", "clips.frames=17", "clips.rate=16")
    rights = ("--name", name, "--creator", "A. Artist", "--licence", "MIT", "--show", "kites")
    added = studio.sakuga(
        "dataset", "add", folder, *rights, *(part for one in shown for part in ("--set", one))
    )
    frozen = studio.sakuga("dataset", "freeze", folder, "--out", studio.out)
    assert (added.exit_code, frozen.exit_code) == (0, 0), (added.exception, frozen.exception)


@pytest.fixture
def pair(filmed, bases) -> tuple[Path, Path]:
    """LoRAs of the two experts, high noise first."""
    pipe = wan.load(bases["wan-i2v"], "cpu")
    return tuple(
        files.peft(
            filmed.root / f"hana-{expert}.safetensors", files.matrices(part, size=0.3, seed=seed), "transformer",
            **{"sakuga.base": "wan", "sakuga.expert": expert, "modelspec.trigger_phrase": "xhana"},
        )
        for seed, (expert, part) in enumerate({"high": pipe.transformer, "low": pipe.transformer_2}.items())
    )  # fmt: skip


def validate(studio, *more: object, kind: str = "wan-i2v"):
    """``sakuga lora validate`` on a clip of one cut at two strengths."""
    own = (
        "--profile",
        studio.root / f"{kind}.yaml",
        "--held-out",
        "films",
        "--cuts",
        1,
        "--strengths",
        "0.5,1",
    )
    script = (
        "--show",
        studio.root / "kites",
        "--script",
        studio.root / "kite.fountain",
        "--character",
        "hana",
    )
    return studio.sakuga(
        "lora", "validate", *more, *own, *script, "--no-judges", "--name", "hana", "--out", studio.out
    )


def test_a_pair_is_shown_on_clips_beside_the_reference_clips_and_comes_into_the_bible_as_two(filmed, pair):
    done = validate(filmed, *pair)

    assert done.exit_code == 0, done.exception
    made = json.loads((filmed.out / "validations" / "hana" / "validation.json").read_text())
    assert (made["painter"], made["animator"]) == ("toy-reader", "wan")
    assert [one["strength"] for one in made["columns"]] == [0, 0.5, 1]
    clips_of = [tuple(ref["sha256"] for ref in one["clips"]) for one in made["columns"]]
    assert len(set(clips_of)) == 3 and len(clips_of[0]) == 1
    assert all(one["readings"]["motion"] > 0 for one in made["columns"])
    assert made["held_out"]["motion"] > 0
    strip = filmed.vault.local(_ref(made["columns"][1]["pictures"][0]))
    with Image.open(strip) as still:
        assert still.size == (480, 4 * 480)
    with Image.open(filmed.vault.local(_ref(made["held_out"]["works"][0]))) as still:
        assert still.height > 2 * still.width
    assert len(list((filmed.out / "validations" / "hana" / "clips").glob("*.mp4"))) == 3
    with Image.open(filmed.out / "validations" / "hana" / "sheet.png") as sheet:
        assert sheet.height > 4 * 304

    assert filmed.promote().exit_code != 0  # nobody approved it
    filmed.review("hana", "--approve", "--strength", "0.5")
    promoted = filmed.promote()

    assert promoted.exit_code == 0, promoted.exception
    [hana] = [who for who in shows.load(filmed.bible).characters if who.id == "hana"]
    loras = hana.art.loras
    assert [(one.expert, one.strength, one.trigger) for one in loras] == [
        ("high", 0.5, "xhana"),
        ("low", 0.5, "xhana"),
    ]
    assert all((filmed.bible.parent / one.file).is_file() for one in loras)
    assert filmed.rollback().exit_code == 0
    [hana] = [who for who in shows.load(filmed.bible).characters if who.id == "hana"]
    assert hana.art.loras == ()


def test_half_of_a_pair_a_swapped_one_and_a_double_one_are_refused_before_anything_is_made(filmed, pair):
    """Exchanged, both files load, and nothing says that the clips are wrong (diffusers 12074)."""
    high, low = pair

    refused = [
        str(validate(filmed, *given).exception) for given in ((high,), (low,), (low, high), (high, high))
    ]

    assert "the file for low noise is missing: sakuga train --expert low" in refused[0]
    assert "the file for high noise is missing" in refused[1]
    assert "The pair is swapped" in refused[2] and f"Give {high.name} first" in refused[2]
    assert "both for the high-noise expert" in refused[3]
    assert not (filmed.out / "validations").exists()


def test_a_model_with_one_expert_takes_one_file_and_no_half_of_a_pair(filmed, pair, bases):
    part = wan.load(bases["wan-ti2v"], "cpu").transformer
    alone = files.peft(
        filmed.root / "alone.safetensors",
        files.matrices(part, size=0.3),
        "transformer",
        **{"sakuga.base": "wan"},
    )

    assert "has one network, and a LoRA for it is one file" in str(
        validate(filmed, *pair, kind="wan-ti2v").exception
    )
    assert "for the high-noise expert" in str(validate(filmed, pair[0], kind="wan-ti2v").exception)
    done = validate(filmed, alone, kind="wan-ti2v")
    assert done.exit_code == 0, done.exception
    made = json.loads((filmed.out / "validations" / "hana" / "validation.json").read_text())
    assert "low" not in made["candidate"]


def test_a_held_out_video_that_shows_what_was_trained_on_is_refused(filmed, bases):
    """Frames of videos are compared too; before, a video of a dataset could not be read here at all."""
    clips(filmed, "again", range(200, 201))
    folder = filmed.root / "again"
    root = json.loads((filmed.out / "datasets" / "again.json").read_text())["root"]
    assert (folder / "200.mp4").read_bytes() == (filmed.root / "films" / "200.mp4").read_bytes()
    part = wan.load(bases["wan-ti2v"], "cpu").transformer
    alone = files.peft(
        filmed.root / "alone.safetensors", files.matrices(part, size=0.3), "transformer",
        **{"sakuga.base": "wan", "sakuga.dataset": root},
    )  # fmt: skip

    assert "is a work of again" in str(validate(filmed, alone, kind="wan-ti2v").exception)


def _ref(raw):
    from assets.sheets.production import Ref

    return Ref.model_validate(raw)
