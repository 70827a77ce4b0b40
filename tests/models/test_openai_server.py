"""The OpenAI-compatible writer against a real HTTP server in a process of its own."""

import json
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from assets.errors import (
    AnswerUnusable,
    InputRefused,
    ModelDeclined,
    ModelFailed,
    PromptTooLong,
    SetupMissing,
)
from models.lease import lease
from models.ports import Writer
from models.writing.retry import insist

SCHEMA = {
    "type": "object",
    "required": ["title", "mood"],
    "properties": {"title": {"type": "string", "minLength": 1}, "mood": {"enum": ["calm", "sad"]}},
}
QUICK = {"attempts": 3, "first_wait_s": 0.01, "wait_s": 1, "answer_s": 0.5, "megabytes": 1}


@pytest.fixture(scope="module")
def server():
    script = Path(__file__).parent / "writing" / "scripted_server.py"
    process = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True)
    yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    process.kill()
    process.wait()


def write(server, way, *, seed=7, prompt="A cat finds a star.", **options):
    given = {"base_url": f"{server}/{way}/v1", "model": "llama", "patience": QUICK, **options}
    with lease(Writer, "openai", options=given) as leased:
        return leased.model.write(prompt, schema=SCHEMA, seed=seed)


def asked(server, way):
    with urllib.request.urlopen(f"{server}/log") as answered:
        return [one for one in json.load(answered) if one["way"] == way]


def test_an_answer_comes_with_its_tokens_its_price_and_its_time(server):
    draft = write(server, "good", price_in="0.15", price_out="0.60")

    assert draft.data == {"title": "星の猫", "mood": "calm"}
    assert (draft.tokens_in, draft.tokens_out) == (1000, 200)
    assert draft.cost_usd == "0.00027"
    assert draft.seconds > 0


def test_a_server_that_counts_no_tokens_leaves_the_cost_unknown_and_says_so(server):
    assert "cost is not known" in write(server, "uncounted").notes[0]


@pytest.mark.parametrize(
    ("held_by", "found"),
    [
        ("json_schema", lambda sent: sent["response_format"]["json_schema"]["schema"]),
        ("guided_json", lambda sent: sent["guided_json"]),
        ("json_object", lambda sent: json.loads(sent["messages"][0]["content"].partition("Schema:\n")[2])),
    ],
)
def test_the_schema_is_sent_the_way_the_profile_says(server, held_by, found):
    write(server, "good", held_by=held_by)

    sent = asked(server, "good")[-1]
    assert found(sent)["properties"]["mood"] == {"enum": ["calm", "sad"]}
    assert found(sent)["additionalProperties"] is False


def test_the_seed_and_the_model_are_sent(server):
    write(server, "good", seed=2**40 + 5)

    sent = asked(server, "good")[-1]
    assert (sent["model"], sent["seed"]) == ("llama", 5)


@pytest.mark.parametrize(
    ("way", "said"),
    [
        ("only-thinks", "only thinks"),
        ("cut", "max_tokens"),
        ("other-key", "dialogue"),
        ("wrong-mood", "furious"),
        ("missing-key", "mood"),
        ("list", "object"),
        ("half-character", "not JSON that can be stored"),
        ("not-a-number", "NaN"),
        ("deep", "not JSON"),
        ("refusing", "Reword"),
        ("thinking", "no text"),
        ("huge", "1 MB"),
        ("no-choices", "/v1"),
        ("string-choices", "/v1"),
    ],
)
def test_an_answer_outside_the_contract_is_a_failure_that_says_what_it_was(server, way, said):
    with pytest.raises(ModelFailed, match=said):
        write(server, way)


def test_the_wait_a_busy_server_asks_for_is_kept(server):
    started = time.monotonic()

    draft = write(server, "busy-once")

    assert draft.data["mood"] == "calm"
    assert time.monotonic() - started >= 0.3


def test_a_server_that_asks_for_more_than_our_patience_is_not_waited_for(server):
    with pytest.raises(ModelFailed, match="86400 s"):
        write(server, "busy-long")


def test_a_server_that_recovers_is_asked_until_it_does(server):
    assert write(server, "broken-twice").data["mood"] == "calm"


@pytest.mark.parametrize(
    ("way", "said"),
    [
        ("broken", "HTTP 500; HTTP 500; HTTP 500"),
        ("slow", "ReadTimeout"),
        ("dripping", "no whole answer within"),
        ("hanging-up", "RemoteProtocolError|ReadError"),
        ("short", "RemoteProtocolError|ReadError"),
        ("html", "not JSON"),
        ("bare-list", "JSON list"),
    ],
)
def test_a_server_that_stays_broken_is_given_up_after_the_attempts_allowed(server, way, said):
    with pytest.raises(ModelFailed, match=f"3 attempts.*({said})"):
        write(server, way)


def test_no_server_at_all_is_a_failure_that_says_where(server):
    with pytest.raises(ModelFailed, match=r"http://127\.0\.0\.1:9.*ConnectError"):
        write("http://127.0.0.1:9", "nobody")


def test_a_redirect_is_not_followed(server):
    with pytest.raises(ModelFailed, match=r"HTTP 307.*base_url"):
        write(server, "elsewhere")


def test_the_key_is_sent_and_appears_in_no_error_even_when_the_server_repeats_it(server, monkeypatch):
    monkeypatch.setenv("STUDIO_KEY", "sk-very-secret")

    with pytest.raises(ModelFailed) as failed:
        write(server, "keyless", key_from="STUDIO_KEY")

    assert asked(server, "keyless")[-1]["key"] == "Bearer sk-very-secret"
    assert "very-secret" not in repr(failed.value)
    assert "(key)" in str(failed.value)
    assert failed.value.__cause__ is None


def test_a_key_that_is_not_there_is_named(server, monkeypatch):
    monkeypatch.delenv("STUDIO_KEY", raising=False)

    with pytest.raises(SetupMissing, match="export STUDIO_KEY"):
        write(server, "good", key_from="STUDIO_KEY")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"base_url": "http://llm.example/v1", "model": "m", "key_from": "STUDIO_KEY"}, "unencrypted"),
        ({"base_url": "http://me:pw@127.0.0.1/v1", "model": "m"}, "key_from"),
        ({"base_url": "file:///etc/passwd", "model": "m"}, "http"),
        ({"base_url": "http://127.0.0.1/v1", "model": "m", "api_key": "sk"}, "api_key"),
        ({"model": "m"}, "base_url"),
        ({}, "base_url"),
    ],
)
def test_options_that_cannot_work_are_refused_before_anything_is_sent(options, said):
    with pytest.raises(InputRefused, match=said), lease(Writer, "openai", options=options):
        pass


def test_the_recipe_names_the_model_and_not_the_address_or_the_price():
    options = {"base_url": "http://127.0.0.1/v1", "model": "qwen", "revision": "abc", "price_in": "3"}

    with lease(Writer, "openai", options=options) as leased:
        identity = leased.identity()

    assert (identity["weights"], identity["revision"]) == ("qwen", "abc")
    assert identity["options"].keys() == {
        "model",
        "revision",
        "licence",
        "held_by",
        "temperature",
        "max_tokens",
    }


def test_a_bad_answer_is_asked_for_again_with_its_fault(server):
    given = {"base_url": f"{server}/wrong-mood/v1", "model": "llama", "patience": QUICK}

    with lease(Writer, "openai", options=given) as leased, pytest.raises(ModelFailed, match="2 attempts"):
        insist(leased.model, "Write.", schema=SCHEMA, seed=1, attempts=2)

    first, second = asked(server, "wrong-mood")[-2:]
    assert first["messages"][0]["content"] == "Write."
    assert "furious" in second["messages"][0]["content"]
    assert first["seed"] != second["seed"]


@pytest.mark.parametrize("way", ["fenced", "thinking-aloud", "thinking-ended", "streams"])
def test_an_answer_is_found_in_its_fence_behind_its_thinking_and_in_pieces(server, way):
    draft = write(server, way)

    assert draft.data["mood"] == "calm"
    assert draft.tokens_out == 200


def test_a_stream_that_breaks_off_is_asked_for_again(server):
    assert write(server, "stream-breaks").data["mood"] == "calm"


def test_a_streaming_writer_tells_how_many_letters_have_come(server):
    seen = []
    given = {"base_url": f"{server}/streams/v1", "model": "llama"}
    with lease(Writer, "openai", options=given) as leased:
        leased.model.told = seen.append
        leased.model.write("x", schema=SCHEMA, seed=0)

    assert 0 < seen[1] < seen[2]


@pytest.mark.parametrize("way", ["only-tools", "only-prompts"])
def test_a_server_without_json_schema_is_asked_in_a_way_it_takes(server, way):
    given = {"base_url": f"{server}/{way}/v1", "model": "llama", "patience": QUICK}
    with lease(Writer, "openai", options=given) as leased:
        first = leased.model.write("x", schema=SCHEMA, seed=0)
        before = len(asked(server, way))
        leased.model.write("x", schema=SCHEMA, seed=1)

    assert first.data["mood"] == "calm"
    assert len(asked(server, way)) == before + 1, "the way that was taken is kept"


def test_a_server_that_ignores_the_schema_is_shown_it_the_next_time(server):
    given = {"base_url": f"{server}/ignores-schema/v1", "model": "llama", "patience": QUICK}
    with lease(Writer, "openai", options=given) as leased:
        draft = insist(leased.model, "x", schema=SCHEMA, seed=0)

    assert draft.data["mood"] == "calm"


@pytest.mark.parametrize("way", ["refusing", "sorry", "sorry-ja", "filtered"])
def test_a_refusal_of_the_model_is_told_as_one_and_not_asked_for_again(server, way):
    before = len(asked(server, way))

    given = {"base_url": f"{server}/{way}/v1", "model": "llama", "patience": QUICK}
    with (
        lease(Writer, "openai", options=given) as leased,
        pytest.raises(ModelDeclined, match="refused to write"),
    ):
        insist(leased.model, "x", schema=SCHEMA, seed=0)

    assert len(asked(server, way)) == before + 1


def test_an_unusable_answer_says_what_it_cost(server):
    with pytest.raises(AnswerUnusable) as raised:
        write(server, "wrong-mood", price_in="1")

    assert (raised.value.tokens_in, raised.value.cost_usd) == (1000, "0.001")


def test_a_prompt_that_is_too_long_is_told_apart_from_a_question_the_server_does_not_take(server):
    before = len(asked(server, "overflows"))

    with pytest.raises(PromptTooLong, match="longer than the model reads"):
        write(server, "overflows")

    assert len(asked(server, "overflows")) == before + 1
