"""An order as a producer meets it in a form."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError

from flows.episode.brief import Brief, RetakeOrder


def properties(order: type[Brief | RetakeOrder]) -> dict[str, Any]:
    return order.model_json_schema()["properties"]


def fields(shown: dict[str, Any]) -> dict[str, Any]:
    """Every field of a form, in its groups too."""
    return {name: field for name, field in shown.items() if name != "more"} | shown.get("more", {}).get(
        "properties", {}
    )


@pytest.mark.parametrize("order", [Brief, RetakeOrder])
def test_no_field_of_an_order_offers_none_and_all_say_what_they_are(order):
    shown = fields(properties(order))

    assert not any({"type": "null"} in field.get("anyOf", []) for field in shown.values())
    assert sorted(shown) == sorted(order.model_fields)
    assert all(field["description"] for field in shown.values())


def test_an_episode_s_form_has_the_gates_third_and_one_group_for_the_rest():
    """The gates were the thirteenth of fifteen fields, below all that is rarely changed."""
    shown = properties(Brief)

    assert list(shown) == ["script", "show", "gates", "profile", "more"]
    assert [field["position"] for field in shown.values()] == [0, 1, 2, 3, 4]
    positions = [field["position"] for field in shown["more"]["properties"].values()]
    assert positions == list(range(len(positions)))


def test_an_order_may_be_written_with_the_group_or_without():
    grouped = Brief.model_validate({"script": "a.fountain", "more": {"takes": 2, "language": "ja"}})

    assert grouped == Brief(script=Path("a.fountain"), takes=2, language="ja")
    assert grouped.model_fields_set == {"script", "takes", "language"}
    with pytest.raises(ValidationError, match="takes is given twice"):
        Brief.model_validate({"script": "a.fountain", "takes": 1, "more": {"takes": 2}})


@pytest.mark.parametrize(
    "order", [{"takes": 2}, {"more": {"takes": 2}}, {"gates": ["takes"], "approve": "auto"}]
)
def test_the_server_takes_both(order: dict[str, object]):
    jsonschema.validate({"script": "a.fountain", **order}, Brief.model_json_schema())


@pytest.mark.parametrize(
    "order", [{"tkaes": 2}, {"more": {"tkaes": 2}}, {"takes": "two"}, {"more": {"script": "b.md"}}]
)
def test_the_server_refuses_what_is_in_neither(order: dict[str, object]):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"script": "a.fountain", **order}, Brief.model_json_schema())


@pytest.mark.parametrize(
    ("path", "taken"),
    [
        ("a.fountain", True),
        ("ep/b.FDX", True),
        ("c.Spmd", True),
        ("d.md", True),
        ("e.txt", True),
        ("a.pdf", False),
        ("scripts", False),
        ("", False),
    ],
)
def test_a_path_that_is_no_script_is_refused_before_a_run_begins(path: str, taken: bool):
    """The run began, loaded its models and failed: the form took any text."""
    found = jsonschema.Draft202012Validator(Brief.model_json_schema()).is_valid({"script": path})

    assert found == taken


def test_scripts_are_listed_while_the_deployments_are_registered_and_only_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for name in ("a.fountain", "scripts/b.fdx", "notes.txt", ".hidden/c.fountain", "a/b/c/d.fountain"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("INT. ROOM - DAY")
    monkeypatch.chdir(tmp_path)

    plain = properties(Brief)["script"]
    monkeypatch.setenv("SAKUGA_REGISTERING", "1")
    listed, other = properties(Brief)["script"]["anyOf"]

    assert "anyOf" not in plain
    assert listed["enum"] == ["a.fountain", "scripts/b.fdx"]
    assert jsonschema.Draft202012Validator(other).is_valid("elsewhere/e.fountain")


def test_a_profile_is_picked_from_the_library_or_given_as_a_file():
    library, own = Brief.model_json_schema()["properties"]["profile"]["anyOf"]

    assert {"animatic", "toy"} <= set(library["enum"])
    assert own["pattern"] == r"\.ya?ml$"


def test_what_an_order_accepts_is_as_it_was():
    brief = Brief(script="a.fountain", show=None, language=None, seed=None, profile="mine.yaml")

    assert Brief.model_validate_json(brief.model_dump_json()) == brief
    assert brief.script == Path("a.fountain")
