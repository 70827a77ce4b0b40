"""A profile fills each port with an adapter and its options."""

import pytest
import yaml

from assets.errors import InputRefused, SakugaError, SetupMissing
from flows.episode.profile import LIBRARY, Profile, load


def profile(**machines) -> Profile:
    raw = yaml.safe_load((LIBRARY / "toy.yaml").read_text())
    raw["machines"] |= machines
    return Profile.from_raw(raw, "toy.yaml")


def test_a_bare_name_is_an_adapter_without_options():
    painter = profile(painter="toy").machines.painter

    assert (painter.name, painter.options) == ("toy", {})


def test_options_stand_beside_the_name_and_survive_being_written_down():
    made = profile(painter={"name": "toy", "options": {"tint": 3}}, animator="toy")

    again = Profile.from_raw(yaml.safe_load(made.to_yaml()), "again")

    assert again == made
    assert made.model_dump(mode="json")["machines"]["animator"] == "toy"


def test_a_profile_that_gives_writer_options_beside_the_writer_is_still_read():
    writer = profile(writer="openai", writer_options={"model": "m"}).machines.writer

    assert (writer.name, writer.options) == ("openai", {"model": "m"})


@pytest.mark.parametrize(
    ("machines", "said"),
    [
        ({"painter": {"name": "toy", "options": {"tint": 900}}}, "painter toy cannot use its options: tint"),
        (
            {"animator": {"name": "toy", "options": {"speed": 1}}},
            "animator toy cannot use its options: speed",
        ),
        (
            {"voices": {"en": {"name": "hibari", "options": {"x": 1}}}},
            "voice hibari takes no options; remove x",
        ),
        ({"painter": "rembrandt"}, "no painter called 'rembrandt'"),
        ({"voices": {"ja": "toy"}}, "no voice for 'en'"),
    ],
)
def test_a_port_that_cannot_be_filled_is_refused_before_anything_is_made(machines, said):
    with pytest.raises(InputRefused, match=said):
        profile(**machines).machines.check("en")


def test_a_captioner_is_named_with_the_other_models_but_no_episode_uses_it():
    """Its weights are pinned and pulled with the others'; a profile without one is written as before."""
    machines = profile(
        captioner={"name": "openai", "options": {"base_url": "http://x", "model": "m"}}
    ).machines

    assert ("captioner", machines.captioner) in machines.named()
    assert "captioner" not in machines.ports("en")
    assert machines.mapped(lambda port, choice: choice) == machines
    assert "captioner" not in profile().model_dump(mode="json")["machines"]


def test_writer_options_without_a_writer_are_refused():
    with pytest.raises(SakugaError, match="writer_options needs a writer"):
        profile(writer=None, writer_options={"model": "m"})


@pytest.mark.parametrize("path", sorted(LIBRARY.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_profile_fills_its_ports_with_adapters_that_exist(path):
    assert load(path.stem).machines.ports("en").keys() >= {
        "painter",
        "animator",
        "voice",
        "foley",
        "composer",
    }


@pytest.mark.parametrize("path", sorted(LIBRARY.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_profile_encodes_its_takes_as_it_encodes_what_is_joined_with_them(path):
    profile = load(path.stem)

    assert profile.takes.quality == profile.finish.quality


def sized(stage: str, size, **machines) -> Profile:
    raw = yaml.safe_load((LIBRARY / "toy.yaml").read_text())
    raw["machines"] |= machines
    raw[stage] = {"size": size}
    return Profile.from_raw(raw, "toy.yaml")


@pytest.mark.parametrize("stage", ["storyboard", "takes"])
def test_what_is_made_smaller_than_the_episode_needs_an_upscaler_and_the_same_shape(stage):
    assert sized(stage, [160, 90], upscaler="toy")
    with pytest.raises(SakugaError, match=f"{stage}.size is set, but machines names no upscaler"):
        sized(stage, [160, 90])
    with pytest.raises(SakugaError, match="same shape"):
        sized(stage, [160, 160], upscaler="toy")
    with pytest.raises(SakugaError, match="at most 320x180"):
        sized(stage, [640, 360], upscaler="toy")


def test_a_layout_is_refused_for_a_painter_that_takes_none():
    profile(painter="toy-reader", layout="toy").machines.check("en")
    with pytest.raises(InputRefused, match="the painter toy takes no layout"):
        profile(painter="toy", layout="toy").machines.check("en")


def test_models_without_a_revision_are_named_together_with_the_command_for_this_profile():
    """A studio profile repeated the same three lines for each of its four models."""
    profile = load("studio")

    with pytest.raises(SetupMissing) as refused:
        profile.machines.check("ja", "studio")

    told = str(refused.value)
    assert told.count("without a revision") == told.count("models pin") == 1
    assert "animagine-xl-4.0" in told and "stable-audio-open-1.0" in told
    assert "--profile studio" in told and "PROFILE" not in told
