import pytest

from assets.errors import InputRefused, ModelFailed
from models.writing.schema import LONGEST_ARRAY, LONGEST_STRING, fault, prepared, read


def within(inner):
    return {"type": "object", "required": ["v"], "properties": {"v": inner}}


def test_every_length_is_bounded_and_every_object_closed():
    held = prepared(within({"type": "array", "items": {"type": "string"}}))

    assert held["additionalProperties"] is False
    assert held["properties"]["v"]["maxItems"] == LONGEST_ARRAY
    assert held["properties"]["v"]["items"]["maxLength"] == LONGEST_STRING


def test_a_minimum_above_the_usual_bound_moves_it():
    assert prepared(within({"type": "string", "minLength": 900}))["properties"]["v"]["maxLength"] == 900


def test_references_titles_and_unions_of_pydantic_are_understood():
    schema = {
        "$defs": {"Mood": {"title": "Mood", "enum": ["calm"]}},
        **within({"anyOf": [{"$ref": "#/$defs/Mood"}, {"type": "null"}], "default": None}),
    }

    assert prepared(schema)["properties"]["v"] == {"anyOf": [{"enum": ["calm"]}, {"type": "null"}]}


@pytest.mark.parametrize(
    ("inner", "said"),
    [
        ({"type": "string", "format": "date"}, "format"),
        ({"type": "number"}, "number"),
        ({"type": "array"}, "items"),
        ({"type": "array", "items": {"type": "null"}, "uniqueItems": True}, "uniqueItems"),
        ({"type": "object", "additionalProperties": True}, "other keys"),
        ({"type": "object", "required": ["ghost"]}, "ghost"),
        ({"type": "string", "minLength": 5, "maxLength": 2}, "Nothing fits"),
        ({"type": "integer", "minimum": 5, "maximum": 2}, "Nothing fits"),
        ({"enum": []}, "empty"),
        ({"not": {}}, "type None"),
        ({"$ref": "https://example.com/a.json"}, "same schema"),
    ],
)
def test_what_a_grammar_could_not_keep_is_refused_with_its_place(inner, said):
    with pytest.raises(InputRefused, match=f"schema.v.*{said}"):
        prepared(within(inner))


def test_a_schema_that_contains_itself_is_refused():
    schema = {"$defs": {"Tree": within({"$ref": "#/$defs/Tree"})}, **within({"$ref": "#/$defs/Tree"})}

    with pytest.raises(InputRefused, match="contains itself"):
        prepared(schema)


def test_an_answer_that_is_not_an_object_is_refused_as_a_schema():
    with pytest.raises(InputRefused, match="object"):
        prepared({"type": "array", "items": {"type": "null"}})


@pytest.mark.parametrize("text", ['{"v": "a\\nb"}', '{"v": "a\\n"}', '{"v": "\\u0000"}', '{"v": "\\u2028"}'])
def test_a_line_break_or_control_character_inside_a_slot_is_a_fault(text):
    with pytest.raises(ModelFailed, match=r"\$.v"):
        read(text, prepared(within({"type": "string"})), writer="anyone")


def test_a_fault_names_its_place_and_stays_short():
    found = fault({"v": "x" * 10_000}, prepared(within({"type": "string", "maxLength": 3})))

    assert found.startswith("at $.v")
    assert len(found) < 300
