"""Claims about people: a voice or face is used by whom it was granted for, and only while the consent lasts."""

from datetime import UTC, datetime, timedelta

import pytest
import yaml
from pydantic import ValidationError

from assets.errors import RightsRefused
from assets.sheets.bible import Bible
from assets.sheets.rights import Rights
from assets.store import Store
from flows.episode.profile import LIBRARY, Profile
from flows.rights.clearance import Production, required
from tests.flows.rights.conftest import hash_of

TODAY = datetime.now(UTC).date()


def production(*, voice="", picture_of=None, show="koko") -> Production:
    """A show of Mio and Ren; Mio may name a voice, and one of them, or the style, has a reference picture."""
    picture = {"references": [{"file": "face.png", "sha256": hash_of("face")}]}
    people = [
        {"id": id, "names": [id.upper()], "art": picture if id == picture_of else {},
         "voices": {"en": {"voice": voice}} if voice and id == "mio" else {}}
        for id in ("mio", "ren")
    ]  # fmt: skip
    style = picture if picture_of == "style" else {}
    bible = Bible.model_validate({"id": show, "title": {"en": "Show"}, "characters": people, "style": style})
    raw = yaml.safe_load((LIBRARY / "toy.yaml").read_text())
    raw["machines"]["painter"] = "toy-reader"
    profile = Profile.from_raw(raw, "toy").model_copy(update={"policy": "permissive-licence"})
    return Production(profile, "en", bible)


def granted(kind: str, scope: list[str], ends=None, **work) -> Rights:
    """A voice or likeness of Aoi for Mio, and a LoRA's worth of pictures that derive from it."""
    return Rights.model_validate(
        {
            "people": [{"id": "P-aoi", "name": "青井 葵"}],
            "works": [{"id": "of-aoi", "title": "Aoi", "kind": kind, "made_by": [{"person": "P-aoi"}],
                       "portrays": ["koko/mio"], **work},
                      {"id": "scan", "title": "Scan", "kind": "picture", "files": [hash_of("face")],
                       "sources": [{"work": "of-aoi"}]}],
            "grants": [{"id": "G1", "by": "P-aoi", "works": ["of-aoi"], "licence": "LicenseRef-c1",
                        "data_class": "licensed", "scope": scope, "ends": ends, "revocable": True}],
        }
    )  # fmt: skip


@pytest.fixture
def store(tmp_path):
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite") as opened:
        yield opened


def clear(store: Store, made: Production) -> list[str]:
    return [used.what for used in required(made, store, "koko/ep01", "run").used]


@pytest.mark.parametrize("kind", ["voice", "likeness"])
def test_a_voice_or_likeness_is_needed_by_the_character_it_is_bound_to(store, kind):
    store.rights.add(granted(kind, ["generate", kind]), by="ken")

    assert f"the {kind} of mio (work of-aoi)" in clear(store, production())
    assert not any("of-aoi" in what for what in clear(store, production(show="mono")))


@pytest.mark.parametrize("kind", ["voice", "likeness"])
def test_a_consent_that_has_ended_refuses_the_run_with_a_sentence(store, kind):
    store.rights.add(granted(kind, ["generate", kind], str(TODAY)), by="ken")
    clear(store, production())
    yesterday = TODAY - timedelta(days=1)
    store.rights.add(granted(kind, ["generate", kind], str(yesterday)), by="ken")

    with pytest.raises(
        RightsRefused, match=rf"the {kind} of mio \(work of-aoi\).*its grant ended on {yesterday}"
    ):
        clear(store, production())


@pytest.mark.parametrize("kind", ["voice", "likeness"])
def test_a_consent_that_was_revoked_or_covers_another_use_refuses_the_run(store, kind):
    store.rights.add(granted(kind, ["generate", "train"]), by="ken")
    with pytest.raises(RightsRefused, match=rf"no grant covers the use '{kind}'.*Ask for a grant of the use"):
        clear(store, production())

    store.rights.add(granted(kind, ["generate", kind]), by="ken")
    store.rights.revoke("G1", reason="left the agency", by="ken")
    with pytest.raises(RightsRefused, match="of-aoi"):
        clear(store, production())


@pytest.mark.parametrize("owner", ["ren", "style"])
def test_art_that_derives_from_a_likeness_is_refused_for_anybody_else(store, owner):
    store.rights.add(granted("likeness", ["generate", "likeness"]), by="ken")
    clear(store, production(picture_of="mio"))

    with pytest.raises(RightsRefused, match="that likeness is granted for koko/mio only"):
        clear(store, production(picture_of=owner))


def test_art_that_derives_from_a_likeness_needs_its_consent_though_it_is_bound_to_nobody(store):
    store.rights.add(granted("likeness", ["generate"], portrays=[]), by="ken")

    with pytest.raises(RightsRefused, match=r"face\.png of mio, which has the likeness.*the use 'likeness'"):
        clear(store, production(picture_of="mio"))


def test_a_named_voice_is_cleared_wherever_it_speaks_and_refused_for_another_character(store):
    named = {"named": ["toy:warm"]}
    store.rights.add(granted("voice", ["generate", "voice"], **named), by="ken")
    assert any("what mio speaks with" in what for what in clear(store, production(voice="warm")))

    store.rights.add(granted("voice", ["generate", "voice"], portrays=["koko/ren"], **named), by="ken")
    with pytest.raises(RightsRefused, match=r"what mio speaks with.*that voice is granted for koko/ren only"):
        clear(store, production(voice="warm"))


def test_only_a_voice_or_a_likeness_portrays_a_character():
    with pytest.raises(ValidationError, match="only a voice or a likeness"):
        granted("picture", ["generate"])


def test_a_record_from_before_portrayals_keeps_its_hash(store):
    """A new field in every record would make the ledger's hash of each earlier one wrong."""
    old = {"id": "w", "title": "W", "kind": "picture", "files": [], "made_by": [], "sources": []}

    assert Rights.model_validate({"works": [old]}).works[0].model_dump(mode="json") == old
