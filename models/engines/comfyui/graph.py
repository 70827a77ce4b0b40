"""A workflow in ComfyUI's API format: its nodes, and the way from one to another.

In: the JSON that ComfyUI's menu writes with "Export (API)".      Out: a Graph.
Knows nothing about servers or what its inputs mean.
"""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets.errors import InputRefused
from assets.loader import parse_json, read_text

_VALUES = frozenset({"value", "text", "string", "prompt", "int", "float", "number", "seed", "noise_seed"})
"""Names of the only input of a node that holds one value, such as PrimitiveInt."""
Slot = str
"""One input of one node, as "ID.input"."""


@dataclass(frozen=True)
class Node:
    """One node. ``inputs`` are values, or links: [id of another node, number of its output]."""

    id: str
    kind: str
    inputs: Mapping[str, Any]
    title: str

    def links(self) -> Iterator[tuple[str, str, int]]:
        """Every input that is a link: its name, the node it comes from, the number of that node's output."""
        for name, value in self.inputs.items():
            if is_link(value):
                yield name, str(value[0]), int(value[1])


class Graph:
    """All nodes of one workflow, by id."""

    def __init__(self, nodes: Mapping[str, Node], raw: Mapping[str, Any]) -> None:
        self.nodes, self._raw = nodes, raw

    @classmethod
    def read(cls, path: Path) -> "Graph":
        """raises  InputRefused for a file that is not a workflow in API format"""
        return cls.of(parse_json(read_text(path, "a workflow"), str(path)), str(path))

    @classmethod
    def of(cls, raw: Any, name: str) -> "Graph":
        if isinstance(raw, dict) and isinstance(raw.get("nodes"), list):
            raise InputRefused(
                f"{name} is a workflow as ComfyUI saves it for its own window. Export it again with Workflow > Export "
                "(API), and give that file."
            )
        if not isinstance(raw, dict) or not raw or not all(_is_node(one) for one in raw.values()):
            raise InputRefused(
                f"{name} is not a workflow in ComfyUI's API format: nodes by id, each with class_type."
            )
        nodes = {id: _node(id, one) for id, one in raw.items()}
        for node in nodes.values():
            for entry, source, _ in node.links():
                if source not in nodes:
                    raise InputRefused(
                        f"{name}: node {node.id} ({node.kind}) takes {entry} from {source}, which is missing."
                    )
        return cls(nodes, raw)

    @property
    def raw(self) -> Mapping[str, Any]:
        """As it was read; two exports of one workflow differ only in titles."""
        return self._raw

    def upstream(self, id: str) -> tuple[Node, ...]:
        """``id`` and every node it depends on, nearest first."""
        found: dict[str, Node] = {}
        waiting = [id]
        while waiting:
            here = waiting.pop(0)
            if here not in found:
                found[here] = self.nodes[here]
                waiting += [source for _, source, _ in self.nodes[here].links()]
        return tuple(found.values())

    def consumers(self, id: str) -> Iterator[tuple[Node, str]]:
        """The nodes that take something from ``id``, with the name of the input."""
        for node in self.nodes.values():
            for name, source, _ in node.links():
                if source == id:
                    yield node, name

    def literal(self, slot: Slot) -> Slot | None:
        """Where the value of ``slot`` is written: there, or in the one-value node that it is linked to."""
        node, name = self.at(slot)
        value = node.inputs[name]
        if not is_link(value):
            return slot
        source = self.nodes[str(value[0])]
        own = [entry for entry in source.inputs if entry in _VALUES]
        return self.literal(f"{source.id}.{own[0]}") if len(own) == 1 and len(source.inputs) == 1 else None

    def at(self, slot: Slot) -> tuple[Node, str]:
        """raises  InputRefused for a node or input that the workflow has not"""
        id, _, name = slot.partition(".")
        if id not in self.nodes or name not in self.nodes[id].inputs:
            there = f"; node {id} has {', '.join(self.nodes[id].inputs)}" if id in self.nodes else ""
            raise InputRefused(
                f"The workflow has no input {slot!r}{there}. Bindings are written as ID.input, such as 6.text."
            )
        return self.nodes[id], name

    def filled(self, values: Mapping[Slot, Any]) -> dict[str, Any]:
        """The workflow with these values in place of its own."""
        made: dict[str, Any] = copy.deepcopy(dict(self._raw))
        for slot, value in values.items():
            node, name = self.at(slot)
            made[node.id]["inputs"][name] = value
        return made


def is_link(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and isinstance(value[0], str | int)
        and type(value[1]) is int
    )


def _is_node(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("class_type"), str)
        and isinstance(value.get("inputs"), dict)
    )


def _node(id: str, raw: Mapping[str, Any]) -> Node:
    told = raw.get("_meta")
    title = str(told.get("title", "")) if isinstance(told, dict) else ""
    return Node(id, raw["class_type"], raw["inputs"], title)
