"""Only what a person approved comes into the bible, and it can be taken back."""

import json
import subprocess

import pytest

from assets import show as shows
from assets.errors import DecisionRefused, NotApproved
from flows.training import approvals, promotion
from flows.training.approvals import Decision


@pytest.fixture
def validated(studio):
    done = studio.validate(studio.lora(), "--strengths", "0.5,1")
    assert done.exit_code == 0, done.exception
    return studio


def loras(studio):
    [hana] = [who for who in shows.load(studio.bible).characters if who.id == "hana"]
    return hana.art.loras


def test_a_lora_that_nobody_approved_is_refused_with_the_next_step(validated):
    refused = validated.promote()

    assert isinstance(refused.exception, NotApproved)
    assert "sakuga lora review hana" in str(refused.exception)
    assert loras(validated) == ()


@pytest.mark.slow
def test_a_refused_lora_is_refused_with_the_reason(validated):
    validated.review("hana", "--refuse", "--note", "her hair turns green")

    refused = validated.promote()

    assert "refused by Director" in str(refused.exception)
    assert "her hair turns green" in str(refused.exception)


def test_an_approved_lora_is_written_with_hash_strength_trigger_and_family(validated):
    validated.review("hana", "--approve", "--strength", "0.5")

    done = validated.promote()

    assert done.exit_code == 0, done.exception
    [lora] = loras(validated)
    assert (lora.base, lora.strength, lora.trigger) == ("toy", 0.5, "xhana")
    assert (validated.bible.parent / lora.file).is_file()
    assert lora.sha256 and lora.sha256[:8] in lora.file
    assert "approved by Director" in lora.origin
    assert "# The kite show. A remark that must stay." in validated.bible.read_text()


def test_only_a_strength_that_was_painted_can_be_approved(validated):
    refused = validated.review("hana", "--approve", "--strength", "0.9")

    assert isinstance(refused.exception, DecisionRefused)
    assert "was not painted, so nobody has seen it" in str(refused.exception)


@pytest.mark.slow
def test_a_strength_that_was_not_approved_is_not_promoted(validated):
    validated.review("hana", "--approve", "--strength", "0.5")

    refused = validated.promote("hana", "--strength", "1")

    assert "approved at strength 0.5, not at 1" in str(refused.exception)


@pytest.mark.slow
def test_of_two_decisions_the_second_is_told_of_the_first(validated):
    validated.review("hana", "--approve", "--strength", "0.5")

    second = validated.review("hana", "--refuse", "--note", "too late for this")

    assert "approved at strength 0.5 by Director" in str(second.exception)


@pytest.mark.slow
def test_a_refusal_needs_a_reason(validated):
    assert "needs a reason" in str(validated.review("hana", "--refuse").exception)


def test_a_rollback_restores_exactly_what_was_before_and_can_be_repeated(studio):
    for size in (8, 16):
        studio.validate(studio.lora(f"hana-{size}", size=size))
        studio.review(f"hana-{size}", "--approve")
        assert studio.promote(f"hana-{size}").exit_code == 0
    second = loras(studio)

    assert studio.rollback().exit_code == 0
    first = loras(studio)
    assert studio.rollback().exit_code == 0

    assert "hana-16" in second[0].file
    assert "hana-8" in first[0].file
    assert loras(studio) == ()
    assert "nothing to take back" in str(studio.rollback().exception)
    told = studio.sakuga("lora", "history", "--show", studio.root / "kites", "--out", studio.out).output
    assert told.count("promoted") == 2
    assert told.count("rolled back to") == 2


@pytest.mark.slow
def test_the_sheet_of_a_second_lora_shows_the_first_as_it_is_now(studio):
    studio.validate(studio.lora("hana-8", size=8))
    studio.review("hana-8", "--approve")
    studio.promote("hana-8")

    studio.validate(studio.lora("hana-16", size=16))

    made = json.loads((studio.out / "validations" / "hana-16" / "validation.json").read_text())
    assert [one["kind"] for one in made["columns"]][:2] == ["without", "now"]


@pytest.mark.slow
def test_a_bible_that_was_edited_since_is_not_rolled_back_over(validated):
    validated.review("hana", "--approve")
    validated.promote()
    text = validated.bible.read_text()
    validated.bible.write_text(text.replace("trigger: xhana", "trigger: other"))

    refused = validated.rollback()

    assert "was edited since event" in str(refused.exception)
    assert "trigger: other" in validated.bible.read_text()


def test_an_override_is_signed_and_stays_in_the_ledger(validated, tmp_path, monkeypatch):
    key = tmp_path / "ledger.pem"
    subprocess.run(
        ["openssl", "genpkey", "-algorithm", "ed25519", "-out", key], check=True, capture_output=True
    )
    without_key = validated.promote("hana", "--override", "the director is ill, the client agreed")
    monkeypatch.setenv("SAKUGA_LEDGER_KEY", str(key))
    short = validated.promote("hana", "--override", "because")

    done = validated.promote("hana", "--override", "the director is ill, the client agreed")

    assert "SAKUGA_LEDGER_KEY names no key" in str(without_key.exception)
    assert "at least ten characters" in str(short.exception)
    assert done.exit_code == 0, done.exception
    with validated.store() as store:
        [event] = store.ledger.events(kind="lora.overridden")
        assert event.body["signature"]
        assert event.number < promotion.history(store, "kites")[0].number
    assert "not approved" in loras(validated)[0].origin


@pytest.mark.slow
def test_a_show_of_the_library_is_not_written_to(validated):
    validated.review("hana", "--approve")

    refused = validated.sakuga("lora", "promote", "hana", "--show", "clear-skies", "--out", validated.out)

    assert "belongs to Sakuga's library" in str(refused.exception)


@pytest.mark.slow
def test_a_bible_that_cannot_be_written_leaves_no_promotion_behind(validated):
    """The history would otherwise tell of a LoRA that no episode ever used."""
    validated.review("hana", "--approve")
    (validated.bible.parent / "loras").symlink_to(validated.root)

    refused = validated.promote()

    assert refused.exit_code != 0
    with validated.store() as store:
        assert promotion.history(store, "kites") == ()


@pytest.mark.slow
def test_only_one_of_two_people_who_decide_at_once_succeeds(validated):
    from concurrent.futures import ThreadPoolExecutor

    with validated.store() as store:
        document = approvals.listed(store)[0].document.sha256

        def decide(name):
            try:
                wanted = Decision(document, "approve", 0.5)
                return approvals.decide(store, validated.vault, wanted, by=name, door="rushes")
            except DecisionRefused:
                return None

        with ThreadPoolExecutor(4) as people:
            made = [one for one in people.map(decide, ["A", "B", "C", "D"]) if one is not None]

        assert len(made) == 1
        assert len(store.ledger.events(kind="lora.decided")) == 1
