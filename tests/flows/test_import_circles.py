"""Claims about our modules as one graph of imports. The layers are checked by import-linter (`make check`)."""

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

import grimp
import pytest

PACKAGES = ("flows", "stages", "models", "assets")


def circle(imports: Mapping[str, set[str]]) -> list[str]:
    """Modules that import one another in a circle, the first one again at the end; empty if there is none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as found:
        modules: list[str] = found.args[1]
        return modules
    return []


def ours() -> Iterator[tuple[str, set[str]]]:
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    for module in graph.modules:
        yield module, graph.find_modules_directly_imported_by(module)


def test_no_two_modules_import_each_other_even_by_way_of_others():
    """The pipeline imported the delivery, and the delivery the pipeline."""
    imports = dict(ours())

    assert {module.partition(".")[0] for module in imports} == set(PACKAGES)
    assert "assets.timing" in imports["stages.assemble.layout"]
    assert circle(imports) == []


@pytest.mark.parametrize(
    ("imports", "found"),
    [
        ({"a": {"b"}, "b": {"a"}}, {"a", "b"}),
        ({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}, {"a", "b", "c"}),
        ({"a": {"b", "c"}, "b": {"c"}}, set()),
    ],
)
def test_a_circle_is_found_with_its_members(imports: dict[str, set[str]], found: set[str]):
    assert set(circle(imports)) == found
