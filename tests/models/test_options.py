import pytest

from assets.errors import InputRefused
from models.lease import lease
from models.ports import Voice, Writer


def test_an_adapter_without_options_refuses_them_by_name():
    with pytest.raises(InputRefused, match="voice hibari takes no options; remove brush"):
        lease(Voice, "hibari", options={"brush": 1}).__enter__()


def test_options_shape_the_recipe_and_where_weights_lie_does_not(tmp_path):
    with lease(Writer, "smollm", options={"temperature": 0, "unpacked": tmp_path}) as leased:
        chosen = leased.identity()["options"]

    assert chosen["temperature"] == 0
    assert "unpacked" not in chosen


def test_a_machine_without_options_keeps_the_recipe_it_had():
    with lease(Writer, "toy") as leased:
        assert leased.identity() == {
            "name": "toy", "port": "writer", "adapter_version": 1, "weights": "none", "revision": "",
        }  # fmt: skip


def test_an_option_out_of_bounds_names_itself_and_those_there_are():
    with pytest.raises(InputRefused, match=r"temperature.*It takes temperature, top_p"):
        lease(Writer, "smollm", options={"temperature": 9}).__enter__()
