"""Which inputs of a workflow take what a cut needs: guessed from the graph, and editable.

In: a Graph.      Out: Bindings, and how each was found.
Prompts are found behind the samplers' positive and negative inputs; size and length at the latent; pictures by where
they are used, or by the titles that their nodes bear.
"""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from assets.errors import InputRefused
from assets.sheets.base import Part
from assets.sheets.bible import Expert
from models.card import Port
from models.engines.comfyui.graph import Graph, Node, Slot, is_link

_TEXTS = ("text", "prompt", "positive_prompt", "text_g", "text_l", "t5xxl", "clip_l", "value", "string")
_SEEDS = ("seed", "noise_seed")
_LENGTHS = ("length", "num_frames", "frames", "video_length", "frame_count")
_RATES = ("fps", "frame_rate")
_LAST = ("end_image", "last_image", "end_frame", "last_frame", "image_end")
_FIRST = ("start_image", "first_image", "start_frame", "first_frame", "init_image", "image_start")
_GUIDES = ("control_image", "control_video", "hint")
_SAVES = (
    "SaveImage",
    "SaveVideo",
    "VHS_VideoCombine",
    "SaveWEBM",
    "SaveAnimatedWEBP",
    "SaveAnimatedPNG",
    "PreviewImage",
)
Picture = Literal["first", "last", "layout", "reference"]


class LoraSlot(Part):
    """One LoRA loader of the workflow: a LoRA of the cut is put into it, or its strength is set to 0."""

    node: str
    expert: Expert = Field(default="", description="Of a model with two experts: which one it feeds")


class Bindings(Part):
    """Inputs of the workflow as ID.input, by what they take. What is empty is not set by us."""

    prompt: tuple[Slot, ...] = ()
    negative: tuple[Slot, ...] = ()
    seed: tuple[Slot, ...] = ()
    width: tuple[Slot, ...] = ()
    height: tuple[Slot, ...] = ()
    length: tuple[Slot, ...] = Field(default=(), description="Frames of a clip")
    rate: tuple[Slot, ...] = Field(default=(), description="Frames per second of a clip")
    first: tuple[Slot, ...] = Field(default=(), description="The panel that a clip begins with")
    last: tuple[Slot, ...] = Field(default=(), description="The picture that a clip arrives at")
    layout: tuple[Slot, ...] = ()
    references: tuple[Slot, ...] = Field(default=(), description="One input per reference picture, in order")
    loras: tuple[LoraSlot, ...] = ()
    output: str = Field(default="", description="Id of the node whose files are the result")

    def check(self, graph: Graph, port: Port) -> None:
        """Refuse bindings that name inputs which are not there, or that leave out what the port needs."""
        for name in Bindings.model_fields:
            for slot in getattr(self, name) if name not in ("loras", "output") else ():
                graph.at(slot)
        absent = [one.node for one in self.loras if one.node not in graph.nodes]
        if absent or (self.output and self.output not in graph.nodes):
            raise InputRefused(
                f"The workflow has no node {', '.join(absent) or self.output}, which bindings name."
            )
        needs = ["prompt", "seed", "width", "height", "output"]
        needs += ["first", "length"] if port == "animator" else []
        if missing := [name for name in needs if not getattr(self, name)]:
            raise InputRefused(
                f"No input of the workflow was found for {', '.join(missing)}, which a {port} needs. Name it in "
                "bindings, such as bindings: {prompt: ['6.text']}; `sakuga models bind FILE` shows what was found."
            )


def guessed(graph: Graph, port: Port) -> Bindings:
    """The bindings that the graph suggests; empty where it suggests none."""
    output = _output(graph)
    nodes = graph.upstream(output) if output else tuple(graph.nodes.values())
    samplers = [node for node in nodes if _conditioned(node)]
    pictures = _pictures(graph, nodes, port)
    return Bindings(
        prompt=_distinct(slot for node in samplers for slot in _text(graph, node, "positive")),
        negative=_distinct(slot for node in samplers for slot in _text(graph, node, "negative")),
        seed=_values(graph, nodes, _SEEDS),
        width=_sides(graph, nodes, "width"),
        height=_sides(graph, nodes, "height"),
        length=_values(graph, nodes, _LENGTHS) if port == "animator" else (),
        rate=_values(graph, nodes, _RATES) if port == "animator" else (),
        first=pictures["first"],
        last=pictures["last"],
        layout=pictures["layout"],
        references=pictures["reference"],
        loras=tuple(
            LoraSlot(node=node.id, expert=_expert(graph, node)) for node in _in_order(nodes) if _is_lora(node)
        ),
        output=output,
    )


def described(graph: Graph, bindings: Bindings) -> Iterator[str]:
    """A line for each binding: what it takes, the input, the node's kind and title, the value there now."""
    for name in Bindings.model_fields:
        if name == "output":
            if bindings.output:
                yield f"{name:<11} {bindings.output:<16} {_called(graph.nodes[bindings.output])}"
        elif name == "loras":
            for one in bindings.loras:
                yield f"{'lora':<11} {one.node:<16} {_called(graph.nodes[one.node])} {one.expert}".rstrip()
        else:
            for slot in getattr(bindings, name):
                node, entry = graph.at(slot)
                yield f"{name:<11} {slot:<16} {_called(node)} = {str(node.inputs[entry])[:48]!r}"
        if not getattr(bindings, name):
            yield f"{name:<11} -"


def _called(node: Node) -> str:
    return f"{node.kind} ({node.title})" if node.title and node.title != node.kind else node.kind


def _output(graph: Graph) -> str:
    """The node whose files are the result: nothing depends on it, and the better way of saving comes first."""
    ends = [node for node in _in_order(graph.nodes.values()) if not list(graph.consumers(node.id))]
    for kind in _SAVES:
        for node in ends:
            if node.kind == kind:
                return node.id
    return next((node.id for node in ends if node.kind.lower().startswith("save")), "")


def _conditioned(node: Node) -> bool:
    """Whether a node denoises: it takes a positive text, and a latent, noise or guider."""
    names = {name for name, _, _ in node.links()}
    guided = "positive" in names or ("conditioning" in names and "model" in names)
    return guided and bool(names & {"latent_image", "latent", "samples", "model"})


def _text(graph: Graph, node: Node, role: str, seen: frozenset[str] = frozenset()) -> Iterator[Slot]:
    """Where the text of ``role`` is written, upstream of ``node``."""
    if node.id in seen:
        return
    if not any(name in ("positive", "negative", "conditioning") for name, _, _ in node.links()) and seen:
        for name in _TEXTS:
            if name in node.inputs and (slot := graph.literal(f"{node.id}.{name}")):
                holder, entry = graph.at(slot)
                if isinstance(holder.inputs[entry], str):
                    yield slot
        if any(name in node.inputs for name in _TEXTS):
            return
    wanted = [(name, id) for name, id, _ in node.links() if name == role]
    if not wanted and (role == "positive" or "positive" not in node.inputs):
        follows = ("conditioning", "cond", "guider")
        wanted = [(name, id) for name, id, _ in node.links() if name.startswith(follows)]
        if role == "negative" and not seen:
            return  # a guider without a negative text has none
    for _, id in wanted:
        yield from _text(graph, graph.nodes[id], role, seen | {node.id})


def _values(graph: Graph, nodes: tuple[Node, ...], names: tuple[str, ...]) -> tuple[Slot, ...]:
    """Number inputs of these names, or the number nodes that they are linked to."""
    slots = (f"{node.id}.{name}" for node in _in_order(nodes) for name in names if name in node.inputs)
    found = (graph.literal(slot) for slot in slots)
    return _distinct(slot for slot in found if slot and _is_number(graph, slot))


def _sides(graph: Graph, nodes: tuple[Node, ...], side: str) -> tuple[Slot, ...]:
    """Of the nodes that make the latent: they have both sides, and a length or a batch."""
    made = [
        node for node in nodes
        if {"width", "height"} <= node.inputs.keys() and {"batch_size", *_LENGTHS} & node.inputs.keys()
    ]  # fmt: skip
    return _values(graph, tuple(made), (side,))


def _pictures(graph: Graph, nodes: tuple[Node, ...], port: Port) -> dict[Picture, tuple[Slot, ...]]:
    found: dict[Picture, list[Slot]] = {"first": [], "last": [], "layout": [], "reference": []}
    for node in _in_order(nodes):
        if "image" in node.inputs and isinstance(node.inputs["image"], str) and "Load" in node.kind:
            found[_role(graph, node, port)].append(f"{node.id}.image")
    return {role: tuple(slots) for role, slots in found.items()}


def _role(graph: Graph, node: Node, port: Port) -> Picture:
    """By its title, by the inputs it reaches, else the first frame of a clip or a reference of a picture."""
    title = node.title.lower()
    words: tuple[tuple[Picture, tuple[str, ...]], ...] = (
        ("last", ("last", "end")), ("first", ("first", "start", "panel")),
        ("layout", ("layout", "control", "pose", "line")), ("reference", ("reference", "character", "style")),
    )  # fmt: skip
    for role, names in words:
        if any(name in title for name in names):
            return role
    reached = _reached(graph, node.id)
    reaches: tuple[tuple[Picture, tuple[str, ...]], ...] = (
        ("last", _LAST),
        ("first", _FIRST),
        ("layout", _GUIDES),
    )
    for role, inputs in reaches:
        if reached & set(inputs):
            return role
    return "first" if port == "animator" else "reference"


def _reached(graph: Graph, id: str) -> set[str]:
    """Names of the inputs that a picture reaches, also through nodes that only resize or crop it."""
    found: set[str] = set()
    waiting, seen = [id], set[str]()
    while waiting:
        here = waiting.pop()
        if here in seen:
            continue
        seen.add(here)
        for node, name in graph.consumers(here):
            found.add(name)
            if name in ("image", "images", "pixels"):
                waiting.append(node.id)
    return found


def _is_lora(node: Node) -> bool:
    return isinstance(node.inputs.get("lora_name"), str) and any(
        name.startswith("strength") for name in node.inputs
    )


def _expert(graph: Graph, node: Node) -> Expert:
    """Which expert a LoRA loader feeds: by the name of the model file behind it, or its title."""
    names = [
        str(value)
        for one in graph.upstream(node.id)
        for value in one.inputs.values()
        if isinstance(value, str)
    ]
    told = " ".join(
        [node.title, *(name for name in names if name.endswith((".safetensors", ".gguf")))]
    ).lower()
    high, low = "high" in told, "low" in told
    return "high" if high and not low else "low" if low and not high else ""


def _is_number(graph: Graph, slot: Slot) -> bool:
    node, name = graph.at(slot)
    return isinstance(node.inputs[name], int | float) and not is_link(node.inputs[name])


def _in_order(nodes: "object") -> list[Node]:
    """By id, as numbers where they are numbers."""
    found: list[Node] = list(nodes)  # type: ignore[call-overload]
    return sorted(
        found, key=lambda node: (not node.id.isdigit(), int(node.id) if node.id.isdigit() else 0, node.id)
    )


def _distinct(slots: Iterator[Slot]) -> tuple[Slot, ...]:
    return tuple(dict.fromkeys(slots))
