"""Tiny ONNX graphs, written byte by byte: the package that writes them is not installed with Sakuga.

In: nodes.      Out: the bytes of a model (protobuf, onnx.proto: opset 11).
"""

from collections.abc import Sequence


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])


def _field(number: int, value: "int | str | bytes") -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def node(kind: str, inputs: Sequence[str], output: str, **lists: Sequence[int] | int) -> bytes:
    """One operator; attributes are whole numbers or lists of them."""
    body = b"".join(_field(1, name) for name in inputs) + _field(2, output) + _field(4, kind)
    for name, value in lists.items():
        if isinstance(value, int):
            given = _field(3, value) + _field(20, 2)
        else:
            given = b"".join(_field(8, item) for item in value) + _field(20, 7)
        body += _field(5, _field(1, name) + given)
    return body


def _value(name: str, sides: Sequence[int | str]) -> bytes:
    dims = b"".join(_field(1, _field(2 if isinstance(side, str) else 1, side)) for side in sides)
    tensor = _field(1, 1) + _field(2, dims)
    return _field(1, name) + _field(2, _field(1, tensor))


def model(nodes: Sequence[bytes], given: Sequence[int | str], made: Sequence[int | str]) -> bytes:
    """A model from ``input`` to ``output``, float32; a name stands for a side of any length."""
    graph = b"".join(_field(1, one) for one in nodes) + _field(2, "tiny")
    graph += _field(11, _value("input", given)) + _field(12, _value("output", made))
    return _field(1, 6) + _field(7, graph) + _field(8, _field(2, 11))


def colors() -> bytes:
    """(n, 3, 384, 384) to (n, 3): the mean colour of each picture."""
    return model(
        [node("ReduceMean", ["input"], "output", axes=[2, 3], keepdims=0)], ["n", 3, 384, 384], ["n", 3]
    )


def distances(kind: str = "ReduceL2") -> bytes:
    """(n, 3) to (n, n): how far they are apart."""
    nodes = [
        node("Unsqueeze", ["input"], "rows", axes=[1]),
        node("Unsqueeze", ["input"], "columns", axes=[0]),
        node("Sub", ["rows", "columns"], "apart"),
        node(kind, ["apart"], "output", axes=[2], keepdims=0),
    ]
    return model(nodes, ["n", 3], ["n", "m"])
