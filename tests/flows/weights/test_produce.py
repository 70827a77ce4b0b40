"""A run with models of a hub: refused before any work where one is missing, offline where all are here."""

import pytest
import yaml

from assets.errors import InputRefused, RightsRefused, SetupMissing
from assets.signing import Signer
from flows.episode.brief import Brief
from flows.episode.produce import produce
from flows.episode.profile import LIBRARY, load
from flows.rights.books import opened
from flows.rights.overrides import override
from models.weights import store
from tests.models.tiny import sounds
from tests.models.weights.small_models import REVISION, a_model, put

SCRIPT = "Title: Rain\n\nEXT. STREET - DAY\n\nRain falls. A knock on a door.\n\nAOI\nWho is there?\n"


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("SAKUGA_MODELS", str(tmp_path / "store"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")  # a run sets it; so the test takes it back
    monkeypatch.setenv("TRANSFORMERS_OFFLINE", "1")
    (tmp_path / "ep.fountain").write_text(SCRIPT)
    before = store.store()
    yield tmp_path
    store.use_store(before)


def profile(home, name="mine", **machines):
    raw = yaml.safe_load((LIBRARY / "toy.yaml").read_text())
    raw["name"] = name
    raw["machines"] |= machines
    file = home / f"{name}.yaml"
    file.write_text(yaml.safe_dump(raw))
    return file


def brief(home, file) -> Brief:
    return Brief(script=home / "ep.fountain", profile=str(file), out=home / "episodes")


def test_a_model_without_a_commit_is_refused_before_any_work_with_the_command_that_pins(home):
    file = profile(home, foley="stable-audio")

    with pytest.raises(SetupMissing, match=f"sakuga models pin --profile {file}"):
        produce(brief(home, file), quiet=True)

    assert not (home / "episodes").exists()


def test_a_model_that_the_policy_refuses_is_told_before_its_weights_are_asked_for(home, monkeypatch):
    """Somebody pinned and fetched gigabytes, and only then heard that the model may not be used."""
    chosen = {"hub": "cagliostrolab/animagine-xl-4.0", "revision": REVISION}
    file = profile(home, painter={"name": "sdxl", "options": {"weights": chosen}})
    file.write_text(f"{file.read_text()}policy: own-or-licensed\n")

    with pytest.raises(RightsRefused, match=r"This run would use the painter sdxl .*'scraped'.* would pass"):
        produce(brief(home, file), quiet=True)
    assert not (home / "episodes").exists()

    monkeypatch.setenv("SAKUGA_LEDGER_KEY", str(home / "ledger.pem"))
    Signer.make(home / "ledger.pem")
    with opened(home / "episodes") as store:
        key = f"painter/sdxl@{REVISION}"
        override(store, "_/ep", key, reason="The client agreed by letter of 3 November", by="ken")
    with pytest.raises(SetupMissing, match="sakuga models pull"):
        produce(brief(home, file), quiet=True)


def test_a_model_that_was_not_fetched_is_refused_before_any_work_with_the_command_that_fetches(home):
    chosen = {"hub": "stabilityai/stable-audio-open-1.0", "revision": REVISION}
    file = profile(home, foley={"name": "stable-audio", "options": {"weights": chosen}})

    with pytest.raises(SetupMissing, match=f"sakuga models pull --profile {file}"):
        produce(brief(home, file), quiet=True)

    assert not (home / "episodes").exists()


def test_a_damaged_model_is_refused_before_any_work(home):
    store.use_store(home / "store")
    folder = store.folder_of(put(a_model(hub="stabilityai/stable-audio-open-1.0")))
    (folder / "unet/config.json").write_bytes(b"[]")
    chosen = {"hub": "stabilityai/stable-audio-open-1.0", "revision": REVISION}
    file = profile(home, foley={"name": "stable-audio", "options": {"weights": chosen}})

    with pytest.raises(SetupMissing, match="changed or damaged"):
        produce(brief(home, file), quiet=True)


def test_a_folder_beside_the_profile_is_found_from_anywhere(home, monkeypatch):
    monkeypatch.chdir("/")
    file = profile(home, foley={"name": "stable-audio", "options": {"weights": {"path": "mine"}}})

    assert load(str(file)).machines.foley.options["weights"]["path"] == str(home / "mine")


def test_options_that_are_wrong_are_still_told_by_the_check(home):
    file = profile(home, foley={"name": "stable-audio", "options": {"weights": {"hub": "no hub"}}})

    with pytest.raises(InputRefused, match=r"foley stable-audio cannot use its options: weights\.hub"):
        produce(brief(home, file), quiet=True)


@pytest.mark.slow
def test_an_episode_is_made_with_sound_models_from_local_folders_and_repeats_nothing(home):
    made = {kind: sounds.save(kind, home / kind) for kind in ("stable-audio-open", "ace-step")}
    chosen = {
        port: {"name": name, "options": {"weights": {"path": str(made[kind])}, "steps": 2}}
        for port, name, kind in (
            ("foley", "stable-audio", "stable-audio-open"),
            ("composer", "ace-step", "ace-step"),
        )
    }
    file = profile(home, **chosen)

    first = produce(brief(home, file), quiet=True)
    again = produce(brief(home, file), quiet=True)

    heard = {done.step for done in first.work if done.outcome == "made"}
    assert {"effect", "music"} <= heard
    assert {done.outcome for done in again.work if done.step in ("effect", "music")} == {"reused"}
