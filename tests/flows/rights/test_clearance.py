"""Claims about clearing a production: refused before anything is made or leaves, and never overridden silently."""

import json
import subprocess
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
import yaml

from assets.errors import InputRefused, RightsRefused
from assets.sheets.bible import Bible
from assets.sheets.rights import Rights
from assets.store import Store
from flows.episode.profile import LIBRARY, Profile, load
from flows.rights.clearance import HOUSE, Production, required, with_house
from flows.rights.overrides import overridden, override
from flows.rights.resting import resting_on

PICTURE = sha256(b"picture").hexdigest()
STRICT = "own-or-licensed-strict"


@pytest.fixture
def store(tmp_path):
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite") as opened:
        yield opened


@pytest.fixture
def key(tmp_path, monkeypatch) -> Path:
    file = tmp_path / "ledger.pem"
    subprocess.run(
        ["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(file)], check=True, capture_output=True
    )
    monkeypatch.setenv("SAKUGA_LEDGER_KEY", str(file))
    return file


def house(policy="own-or-licensed", language="ja", bible=None):
    return Production(load("house").model_copy(update={"policy": policy}), language, bible)


def painted(policy):
    """A show with one reference picture, and a painter that takes it."""
    art = {"references": [{"file": "nagi.png", "sha256": PICTURE}]}
    character = {"id": "nagi", "names": ["NAGI"], "art": art}
    bible = Bible.model_validate({"id": "show", "title": {"en": "Show"}, "characters": [character]})
    raw = yaml.safe_load((LIBRARY / "toy.yaml").read_text())
    raw["machines"]["painter"] = "toy-reader"
    profile = Profile.from_raw(raw, "toy").model_copy(update={"policy": policy})
    return Production(profile, "en", bible)


def granted(**given):
    grant = {"id": "G1", "by": "P1", "works": ["nagi"], "licence": "LicenseRef-c1", "data_class": "licensed",
             "scope": ["generate"], "revocable": True, **given}  # fmt: skip
    return Rights.model_validate(
        {
            "people": [{"id": "P1", "name": "Aoi"}],
            "works": [{"id": "nagi", "title": "Nagi", "kind": "picture", "files": [PICTURE],
                       "made_by": [{"person": "P1"}]}],
            "grants": [grant],
        }
    )  # fmt: skip


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("purpose", ["run", "export"])
def test_the_sample_show_is_cleared_and_its_voice_is_the_only_exception(store, language, purpose):
    bible = Bible.read(LIBRARY.parent / "shows" / "clear-skies" / "bible.yaml")

    cleared = required(house(language=language, bible=bible), store, "clear-skies/ep01", purpose)

    assert [exempt.model for _, exempt in cleared.exempt] == [{"ja": "kokoro", "en": "hibari"}[language]]


def test_nothing_of_the_sample_show_but_its_voices_needs_an_exception(store):
    """Everything else passes the policy that has none."""
    with pytest.raises(RightsRefused) as refused:
        required(house(STRICT), store, "clear-skies/ep01", "run")

    assert str(refused.value).count("refuses it") == 1
    assert "the voice kokoro" in str(refused.value)


def test_the_shipped_works_are_the_files_that_are_shipped():
    listed = {sha256 for work in Rights.read(HOUSE).works for sha256 in work.files}
    shipped = [
        *(LIBRARY.parent / "fonts").glob("*.ttf"),
        *(LIBRARY.parent / "shows" / "clear-skies").iterdir(),
    ]
    hashes = {sha256(path.read_bytes()).hexdigest() for path in shipped if path.name != "LICENSE.md"}

    assert listed == hashes


def test_a_picture_nobody_registered_is_refused_with_the_command_that_registers_it(store):
    with pytest.raises(
        RightsRefused, match=r"reference nagi\.png of nagi, which is not registered.*sakuga rights add"
    ):
        required(painted(STRICT), store, "show/ep01", "run")


def test_a_picture_nobody_registered_passes_where_the_policy_says_so(store):
    required(painted("permissive-licence"), store, "show/ep01", "run")


def test_a_granted_picture_passes_until_its_grant_is_revoked(store):
    store.rights.add(granted(), by="ken")
    required(painted(STRICT), store, "show/ep01", "run")

    store.rights.revoke("G1", reason="moved to another studio", by="ken")

    with pytest.raises(RightsRefused, match=r"^Nothing was delivered.*nagi\.png"):
        required(painted(STRICT), store, "show/ep01", "export")


def test_a_grant_that_has_ended_no_longer_counts(store):
    yesterday = datetime.now(UTC).date().replace(year=2025)
    store.rights.add(granted(ends=yesterday), by="ken")

    with pytest.raises(RightsRefused, match=f"its grant ended on {yesterday}"):
        required(painted(STRICT), store, "show/ep01", "run")


def test_a_policy_file_is_found_beside_its_profile(tmp_path, store):
    (tmp_path / "client.yaml").write_text(
        "name: client\ndata_classes: [owned, licensed]\nforbidden_bases: [toy]\n"
    )
    raw = yaml.safe_load((LIBRARY / "toy.yaml").read_text())
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump({**raw, "policy": "client.yaml"}))

    with pytest.raises(RightsRefused, match="policy client refuses it: the policy forbids toy"):
        required(Production(load(str(tmp_path / "mine.yaml")), "en", None), store, "x/y", "run")


def test_an_override_is_a_signed_event_and_holds_for_its_episode_only(store, key):
    with pytest.raises(RightsRefused):
        required(house(STRICT), store, "show/ep01", "run")
    kokoro = next(one.key for one in required(house(), store, "", "run").used if "kokoro" in one.key)

    override(store, "show/ep01", kokoro, reason="The client agreed by letter of 3 November", by="ken")

    required(house(STRICT), store, "show/ep01", "run")
    with pytest.raises(RightsRefused):
        required(house(STRICT), store, "show/ep02", "run")


def test_an_override_without_a_key_or_a_reason_is_refused(store, key, monkeypatch):
    with pytest.raises(InputRefused, match="at least ten"):
        override(store, "show/ep01", "voice/x@1", reason="because", by="ken")
    monkeypatch.delenv("SAKUGA_LEDGER_KEY")
    with pytest.raises(InputRefused, match="SAKUGA_LEDGER_KEY names no key"):
        override(store, "show/ep01", "voice/x@1", reason="The client agreed by letter", by="ken")


@pytest.mark.parametrize("change", [{"reason": "another reason than was signed"}, {"key": "voice/y@1"},
                                    {"signature": "00" * 64}])  # fmt: skip
def test_an_override_that_was_not_signed_like_this_counts_for_nothing(store, key, change):
    event = override(store, "show/ep01", "voice/x@1", reason="The client agreed by letter", by="ken")
    store.ledger.append("rights.overridden", "show/ep02", event.body, by="ken")  # signed for another episode
    store.ledger.append("rights.overridden", "show/ep03", {**event.body, **change}, by="ken")

    assert list(overridden(store, "show/ep01")) == ["voice/x@1"]
    assert [*overridden(store, "show/ep02"), *overridden(store, "show/ep03")] == []


def test_a_refused_run_makes_and_records_nothing(tmp_path, sakuga):
    (tmp_path / "kite.fountain").write_text("Title: Kite\n\nEXT. HILL - DAY\n\nWind.\n")
    raw = yaml.safe_load((LIBRARY / "toy.yaml").read_text())
    (tmp_path / "client.yaml").write_text(
        "name: client\ndata_classes: [owned, licensed]\nforbidden_bases: [toy]\n"
    )
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump({**raw, "policy": "client.yaml"}))

    done = sakuga("produce", "kite.fountain", "--profile", "mine.yaml", check=False)

    assert done.returncode == 2
    assert "policy client refuses it" in done.stderr
    assert not (tmp_path / "episodes" / "kite" / "episode.mp4").exists()
    with Store.open(f"sqlite:///{tmp_path}/episodes/.sakuga/store.sqlite") as store:
        assert store.episodes() == ()


def test_a_delivered_episode_says_its_policy_and_what_it_rests_on(first_run):
    report = json.loads((first_run / "episodes" / "kite" / "report.json").read_text())

    assert report["rights"]["policy"] == "permissive-licence"
    assert {"painter/toy@none", "voice/toy@none", "sakuga-font"} <= set(report["rights"]["used"])


def test_revoking_names_the_works_episodes_and_takes_that_rest_on_the_grant(store):
    from assets.sheets.cutsheet import Cut, Cutsheet
    from assets.sheets.production import Ref, Take

    store.rights.add(granted(), by="ken")
    bible = painted(STRICT).bible
    place = {"id": "roof", "names": ["ROOF"]}
    staged = Cut.model_validate({"number": "C001", "scene": "1", "place": "roof", "frames": 24,
                                 "staged": [{"character": "nagi"}]})  # fmt: skip
    empty = Cut.model_validate({"number": "C002", "scene": "1", "place": "roof", "frames": 24})
    sheet = Cutsheet.model_validate({"episode": "ep01", "language": "en", "rate": "24", "cast": bible.characters,
                                     "places": [place], "cuts": [staged, empty]})  # fmt: skip
    store.upsert_episode("show", "ep01", title="One", script="0" * 64, by="ken")
    store.record_cutsheet("show/ep01", sheet, {"C001": "1" * 64, "C002": "2" * 64}, by="ken")
    for cut in ("C001", "C002"):
        clip = Ref(sha256=sha256(cut.encode()).hexdigest(), bytes=1, media_type="video/mp4")
        store.add_take("show/ep01", Take(cut=cut, number=1, clip=clip, frames=24, size=(2, 2), recipe=clip.sha256,
                                         basis="1" * 64, seed=0))  # fmt: skip

    [art] = store.rights.registry().works["nagi"].files[:1]
    for name, held in (("core", art), ("other", "9" * 64)):
        body = {"root": held, "show": "", "works": [[held, 2]]}
        store.ledger.append("dataset.frozen", name, body, by="ken")

    found = resting_on(store, with_house(store.rights.registry()), store.rights.registry().grants["G1"])

    assert (found.works, found.episodes, found.takes) == (("nagi",), ("show/ep01",), ("show/ep01/C001/1",))
    assert found.datasets == ("core",)
