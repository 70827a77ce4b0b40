"""`sakuga models`: from a profile with `revision: null` to a checked store, against a hub in a process of its own."""

import subprocess
import sys

import pytest
import yaml
from typer.testing import CliRunner

from assets.errors import SakugaError
from flows.cli.application import app
from flows.episode.profile import LIBRARY, load
from models.weights import store
from models.weights.lock import read_lock
from tests.models.weights.served import serving
from tests.models.weights.small_models import FILES, REVISION, tensors, write

MODEL = {**FILES, "unet/model.safetensors": tensors(5, 50_000)}


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A person's machine: a store of its own and a profile whose writer names a model without a revision."""
    monkeypatch.setenv("SAKUGA_MODELS", str(tmp_path / "store"))
    for name in ("HF_TOKEN", "HF_ENDPOINT", "SAKUGA_HUB", "SAKUGA_HUB_TOKEN", "SAKUGA_DEVICE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    raw = yaml.safe_load((LIBRARY / "toy.yaml").read_text())
    raw["name"] = "mine"
    raw["machines"]["writer"] = {"name": "transformers", "options": {"weights": {"hub": "studio/tiny"}}}
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(raw))
    before = store.store()
    yield tmp_path
    store.use_store(before)


@pytest.fixture
def hub(home, monkeypatch):
    with serving(home / "hub") as served:
        served.put("studio/tiny", MODEL, license="apache-2.0")
        monkeypatch.setenv("SAKUGA_HUB", served.endpoint)
        yield served


def sakuga(*words):
    """What a command printed; an error of ours is raised as it is."""
    done = CliRunner().invoke(app, ["models", *words], catch_exceptions=True)
    if isinstance(done.exception, SakugaError):
        raise done.exception
    assert done.exception is None, done.output
    return done.output


def test_a_person_goes_from_an_unpinned_profile_to_a_checked_model(hub, home):
    assert "not pinned" in sakuga("list", "--profile", "mine.yaml")
    sakuga("pin", "--profile", "mine.yaml")
    assert read_lock(home / "mine.yaml").models[0].revision == REVISION
    assert "not here" in sakuga("list", "--profile", "mine.yaml")
    assert "Complete: studio/tiny" in sakuga("pull", "--profile", "mine.yaml")
    assert "here" in sakuga("list", "--profile", "mine.yaml")
    assert "complete and unchanged" in sakuga("verify", "--profile", "mine.yaml")
    assert "studio/tiny" in sakuga("list")


def test_a_pinned_profile_gives_its_adapters_the_commit_and_the_licence(hub, home):
    sakuga("pin", "--profile", "mine.yaml")

    held = load(str(home / "mine.yaml")).machines.writer.options["weights"]

    assert (held["revision"], held["licence"]) == (REVISION, "Apache-2.0")


def test_pull_before_pin_is_refused_with_the_command_that_pins(hub):
    with pytest.raises(SakugaError, match=r"sakuga models pin --profile mine\.yaml"):
        sakuga("pull", "--profile", "mine.yaml")


def test_verify_finds_one_changed_byte_and_pull_mends_it(hub, home):
    sakuga("pin", "--profile", "mine.yaml")
    sakuga("pull", "--profile", "mine.yaml")
    file = next((home / "store").rglob("model.safetensors"))
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)

    for words in (("verify",), ("verify", "--profile", "mine.yaml")):
        with pytest.raises(SakugaError, match="1 problem was found"):
            sakuga(*words)
    sakuga("pull", "--profile", "mine.yaml")
    assert "complete and unchanged" in sakuga("verify")


def test_verify_finds_a_file_that_was_not_fetched(hub, home):
    sakuga("pin", "--profile", "mine.yaml")
    sakuga("pull", "--profile", "mine.yaml")
    (next((home / "store").rglob("model.safetensors")).with_name("extra.py")).write_text("")

    with pytest.raises(SakugaError, match="1 problem was found"):
        sakuga("verify")


def test_a_mirror_folder_stands_in_for_the_hub(hub, home):
    sakuga("pin", "--profile", "mine.yaml")
    write(home / "disk/studio/tiny", MODEL)
    before = len(hub.asked())

    sakuga("pull", "--profile", "mine.yaml", "--from", str(home / "disk"))

    assert "complete" in sakuga("verify")
    assert len(hub.asked()) == before


def test_plan_tells_disk_and_licences_before_a_byte_moves(hub, home):
    with pytest.raises(SakugaError, match="want a GPU"):
        sakuga("plan", "--profile", "mine.yaml")

    done = CliRunner().invoke(app, ["models", "plan", "--profile", "mine.yaml"])

    assert "studio/tiny" in done.output
    assert "GB free" in done.output
    assert "Read the licence" in done.output
    assert not hub.asked()


def test_known_models_are_told_with_their_duties(home):
    raw = yaml.safe_load((home / "mine.yaml").read_text())
    raw["machines"]["writer"]["options"]["weights"]["hub"] = "stabilityai/stable-audio-open-1.0"
    (home / "mine.yaml").write_text(yaml.safe_dump(raw))

    told = sakuga("licences", "--profile", "mine.yaml")

    assert "over US$1M of yearly revenue" in told
    assert "accept its licence first" in told


def test_a_profile_without_models_has_nothing_to_fetch(home):
    assert "needs no model" in sakuga("list", "--profile", "toy")
    assert "needs no weights" in sakuga("pull", "--profile", "toy")
    assert "nothing to fetch" in sakuga("plan", "--profile", "toy")


def test_a_lock_for_another_commit_than_the_profiles_is_refused(hub, home):
    sakuga("pin", "--profile", "mine.yaml")
    raw = yaml.safe_load((home / "mine.yaml").read_text())
    raw["machines"]["writer"]["options"]["weights"]["revision"] = "f" * 40
    (home / "mine.yaml").write_text(yaml.safe_dump(raw))

    with pytest.raises(SakugaError, match="not in the lock file"):
        sakuga("pull", "--profile", "mine.yaml")


@pytest.mark.parametrize("address", ["ftp://x", "models.studio", "http://user:secret@x", ""])
def test_what_is_no_address_of_a_hub_is_refused(home, address):
    with pytest.raises(SakugaError, match="not the address of a hub"):
        sakuga("pin", "--profile", "mine.yaml", "--hub", address or "x")


def test_a_token_is_not_sent_unencrypted_to_another_machine(home, monkeypatch):
    monkeypatch.setenv("SAKUGA_HUB_TOKEN", "secret")

    with pytest.raises(SakugaError, match="unencrypted"):
        sakuga("pin", "--profile", "mine.yaml", "--hub", "http://models.studio:8090")


def test_a_folder_and_a_hub_together_are_refused(hub, home):
    sakuga("pin", "--profile", "mine.yaml")

    with pytest.raises(SakugaError, match="--from and --hub"):
        sakuga("pull", "--profile", "mine.yaml", "--from", ".", "--hub", hub.endpoint)


def test_a_lock_in_a_folder_that_cannot_be_written_says_so(hub, home):
    (home / "locked").mkdir()
    (home / "mine.yaml").rename(home / "locked/mine.yaml")
    (home / "locked/mine.lock.yaml").mkdir()

    with pytest.raises(SakugaError, match=r"mine\.lock\.yaml"):
        sakuga("pin", "--profile", "locked/mine.yaml")


def test_a_run_cannot_download_whatever_its_libraries_try(tmp_path):
    """The hub's library reads the variable when it is imported; a run sets it before."""
    code = (
        "from flows.settings import stay_offline; stay_offline()\n"
        "from huggingface_hub import constants; print(constants.is_offline_mode())\n"
    )

    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "True"
    )


def test_the_lock_is_a_sheet_that_can_be_read_by_people(hub, home):
    sakuga("pin", "--profile", "mine.yaml")

    text = (home / "mine.lock.yaml").read_text()

    assert text.startswith("# Written by `sakuga models pin`")
    assert yaml.safe_load(text)["sheet"] == "model-lock"


def test_a_profile_without_weights_says_so_and_nothing_is_written(home):
    """`pin --profile toy` wrote an empty lock file into the library, and sent the reader on to `pull`."""
    (home / "mine.yaml").write_text((LIBRARY / "toy.yaml").read_text())
    for command in ("pin", "pull", "verify"):
        assert "needs no weights of a hub" in " ".join(sakuga(command, "--profile", "mine.yaml").split())
    assert [path.name for path in home.iterdir()] == ["mine.yaml"]


def test_verify_without_a_model_does_not_say_that_all_are_complete(home):
    said = " ".join(sakuga("verify").split())

    assert "No model is in" in said and "complete" not in said
