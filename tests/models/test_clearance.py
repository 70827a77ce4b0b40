"""Claims about models under policies: every card says what it rests on, and none says it kindlier than it is."""

from datetime import date

import pytest

from assets.errors import RightsRefused
from assets.rights.clearance import clear, objections, policy
from models.card import Card
from models.clearance import used
from models.registry import ADAPTERS, card

DAY = date(2026, 11, 28)
CARDS = [card(port, name) for port, name in ADAPTERS]
EACH = pytest.mark.parametrize("card", CARDS, ids=lambda card: f"{card.port}-{card.name}")


@EACH
def test_the_licence_of_every_model_is_an_expression(card):
    assert used(card, policy("research"), "run", DAY).terms.licences


@EACH
def test_a_model_with_training_data_states_its_class_or_counts_as_undisclosed(card):
    if card.data_class is None and not card.training_data.startswith("none"):
        assert card.data == "undisclosed"


def test_weights_without_a_statement_about_their_data_count_as_undisclosed():
    """A card that forgets to state it would otherwise pass as procedural."""
    forgetful = Card(name="x", port="painter", adapter_version=1, summary="x", licence="MIT", weights="hub/x")

    assert forgetful.data == "undisclosed"


def names(name, purpose="run"):
    rules = policy(name)
    return {
        f"{card.port}/{card.name}"
        for card in CARDS
        if not objections(used(card, rules, purpose, DAY), rules, purpose, on=DAY)
    }


def test_only_models_of_our_own_pass_the_strict_policy():
    """Kokoro and hibari learnt from speech nobody listed, SmolLM2 from the web: their Apache licence does not help."""
    passed = names("own-or-licensed-strict")

    assert {"painter/house", "animator/house", "foley/house", "painter/cel", "composer/procedural"} <= passed
    assert not {"voice/kokoro", "voice/hibari", "writer/smollm", "writer/openai"} & passed


@pytest.mark.parametrize("voice", ["kokoro", "hibari"])
def test_the_two_voices_pass_the_houses_policy_by_exception_only(voice):
    rules = policy("own-or-licensed")

    cleared = clear([used(card("voice", voice), rules, "run", DAY)], rules, "run", on=DAY)

    assert [exempt.model for _, exempt in cleared.exempt] == [voice]


def test_another_revision_of_an_exempt_voice_is_refused():
    rules = policy("own-or-licensed")
    other = card("voice", "kokoro").model_copy(update={"revision": "sha256:" + "0" * 64})

    with pytest.raises(RightsRefused, match="the origin of its data is 'undisclosed'"):
        clear([used(other, rules, "run", DAY)], rules, "run", on=DAY)


def test_a_refused_model_is_answered_with_those_that_would_pass():
    rules = policy("own-or-licensed")
    scraped = Card(name="wan", port="animator", adapter_version=1, summary="x", licence="Apache-2.0",
                   weights="hub/wan", training_data="undisclosed web video", data_class="scraped")  # fmt: skip

    with pytest.raises(RightsRefused, match="These animators would pass: cel, house"):
        clear([used(scraped, rules, "run", DAY)], rules, "run", on=DAY)
