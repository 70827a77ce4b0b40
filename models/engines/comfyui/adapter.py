"""Painter and animator by a workflow of ComfyUI: what artists already have.

In: what the port gets; a workflow in API format, the server's address.      Out: what the port promises.
The workflow's own inputs are set by bindings, guessed from the graph unless the profile names them. A workflow whose
nodes or model files the server lacks is refused with their names. What comes back is probed before it is believed.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Generic, Literal, Self, TypeVar

from pydantic import Field, field_validator, model_validator

from assets import files
from assets.errors import InputRefused, ModelFailed, SetupMissing, ShapeRefused
from assets.hashing import digest
from assets.matter import Clip, Still
from assets.media.picture import to_png
from assets.timing import Rate
from models.card import Accepted, Card
from models.engines import results, work
from models.engines.comfyui.bindings import Bindings, guessed
from models.engines.comfyui.graph import Graph
from models.engines.comfyui.server import ComfyJob, ComfyServer, Files, choices
from models.engines.dialect import ClipAsked
from models.engines.options import Address, unanswered
from models.limits import check_animating, check_painting
from models.ports import LoraWeights, Mouths, Shot

NEEDS = "The comfyui adapters need a server and a workflow: give url and workflow as options in the profile."
STATED = "as stated by whoever runs the server"


class ComfyOptions(Address):
    """The workflow, where it runs, and what its model accepts."""

    aside = Address.aside | {"previews", "workflow"}

    workflow: Path = Field(description="File in API format (Workflow > Export (API))")
    content: str = Field(
        default="",
        description="Hash of the workflow, computed; where it is given, another content is refused",
    )
    bindings: dict[str, Any] = Field(
        default_factory=dict,
        description="What the guess gets wrong, by name: {prompt: ['6.text']}; see Bindings",
    )
    version: str = Field(default="", description="ComfyUI's version, if it must be this one")
    model: str = Field(default="as the workflow names it", description="For the card and the recipe")
    revision: str = Field(
        default="unstated", description="What the server loaded, for the recipe: a commit, a date"
    )
    licence: str = Field(default="LicenseRef-unstated", description="SPDX expression of the weights or terms")
    dialect: Literal["prose", "tags"] = Field(default="tags", description="How prompts are written")
    side_step: int = Field(default=8, ge=1, le=256, description="Picture sides are multiples of this")
    lora_base: str = Field(default="", description="The family of LoRAs its loaders take")
    previews: Path | None = Field(
        default=None, description="Folder for the newest preview of each cut while it runs; none: not kept"
    )

    @field_validator("bindings")
    @classmethod
    def _are_known(cls, value: dict[str, Any]) -> dict[str, Any]:
        Bindings.model_validate(value)
        return value

    @model_validator(mode="before")
    @classmethod
    def _with_its_content(cls, given: Any) -> Any:
        """The content decides the result, not the file's name: it is in the recipe, and checked on every computer."""
        if not isinstance(given, dict) or not isinstance(given.get("workflow"), str | Path):
            return given
        found = digest(Graph.read(Path(given["workflow"])).raw)
        if given.get("content", found) != found:
            raise ValueError(f"{given['workflow']} is another workflow than the one this run began with")
        return {**given, "content": found}

    def graph(self) -> Graph:
        return Graph.read(self.workflow)


class ComfyClipOptions(ComfyOptions):
    """The video model's own grid and rates."""

    dialect: Literal["prose", "tags"] = Field(default="prose", description="How prompts are written")
    side_step: int = Field(default=16, ge=1, le=256, description="Picture sides are multiples of this")
    frame_step: int = Field(default=4, ge=1, le=64, description="Clips have k * frame_step + 1 frames")
    max_frames: int = Field(default=81, ge=1, le=2000)
    rates: tuple[Rate, ...] = Field(
        default=(Fraction(16),), min_length=1, description="Frames per second it was trained at"
    )


OptionsT = TypeVar("OptionsT", bound=ComfyOptions)


class _Comfy(Generic[OptionsT]):
    """What painter and animator share: the checked workflow and its server."""

    card: ClassVar[Card]

    def __init__(self, options: OptionsT, server: ComfyServer, known: Mapping[str, Any]) -> None:
        self.card = self.carded(options)  # type: ignore[misc]
        self._options, self._server, self._known = options, server, known
        self._graph = options.graph()
        self._bindings = bound(options, self._graph, self.card)
        self._called = f"ComfyUI at {options.url}"

    @classmethod
    def lacks(cls) -> str:
        return NEEDS

    @classmethod
    def lacks_with(cls, options: OptionsT) -> str:
        return unanswered(cls.load, options)

    @classmethod
    def carded(cls, options: OptionsT | None) -> Card:
        if options is None:
            return cls.card
        bindings = bound(options, options.graph(), cls.card)
        said: dict[str, Any] = {
            "licence": options.licence,
            "weights": options.model,
            "revision": options.revision,
            "dialect": options.dialect,
            "side_step": options.side_step,
            "lora_base": options.lora_base,
            "experts": 2 if any(one.expert for one in bindings.loras) else 1,
            "accepts": cls._accepts(bindings, options),
        }
        return cls.card.model_copy(update={**said, **cls._grid(options)})

    @classmethod
    def _grid(cls, options: OptionsT) -> dict[str, object]:
        return {}

    @classmethod
    def _accepts(cls, bindings: Bindings, options: OptionsT) -> frozenset[Accepted]:
        found: dict[Accepted, bool] = {
            "negative_prompt": bool(bindings.negative),
            "loras": bool(bindings.loras) and bool(options.lora_base),
            "references": bool(bindings.references),
            "layout": bool(bindings.layout) and cls.card.port == "painter",
            "last_frame": bool(bindings.last) and cls.card.port == "animator",
        }
        return frozenset(name for name, there in found.items() if there)

    @classmethod
    def load(cls, device: str, options: OptionsT | None = None) -> Self:
        """Connect, and compare the workflow with what the server has. ``device`` is ignored."""
        if options is None:
            raise InputRefused(NEEDS)
        connection = options.connect("the comfyui adapter")
        server = ComfyServer(connection)
        try:
            if options.version and (found := server.version()) != options.version:
                raise SetupMissing(
                    f"ComfyUI at {options.url} is version {found or 'unknown'}; the profile asks for {options.version}."
                )
            return cls(options, server, server.check(options.graph()))
        except BaseException:
            connection.close()
            raise

    def unload(self) -> None:
        self._server.connection.close()

    def _run(self, values: Mapping[str, Any], cut: str) -> ComfyJob:
        preview = None if self._options.previews is None else partial(_keep, self._options.previews, cut)
        return ComfyJob(self._server, self._graph.filled(values), self._bindings.output, preview)

    def _shared(self, shot: Shot, seed: int) -> dict[str, Any]:
        """The values that a picture and a clip have in common, by input."""
        bindings = self._bindings
        values = _set(bindings.prompt, shot.prompt.text) | _set(bindings.seed, seed)
        values |= _set(bindings.width, shot.size[0]) | _set(bindings.height, shot.size[1])
        if "negative_prompt" in self.card.accepts:
            values |= _set(bindings.negative, shot.prompt.negative)
        return values | self._loras(shot)

    def _loras(self, shot: Shot) -> dict[str, Any]:
        """The LoRAs of the shot in the loaders of their expert; the strength of unused loaders is 0.

        Loaders of a workflow whose profile names no LoRA family are the artist's own, and stay as they are.
        """
        if "loras" not in self.card.accepts:
            return {}
        values: dict[str, Any] = {}
        free = list(self._bindings.loras)
        for lora in shot.loras:
            slot = next((one for one in free if one.expert == lora.expert), None)
            if slot is None:
                of = f" for the {lora.expert} expert" if lora.expert else ""
                raise ShapeRefused(
                    f"Cut {shot.cut.number} has more LoRAs{of} than the workflow has loaders "
                    f"({len(self._bindings.loras)}). Add one, or merge the LoRAs into one file."
                )
            free.remove(slot)
            values |= self._loaded(slot.node, lora)
        for slot in free:
            values |= _strengths(self._graph, slot.node, 0.0)
        return values

    def _loaded(self, node: str, lora: LoraWeights) -> dict[str, Any]:
        name = f"{lora.sha256}.safetensors"
        offered = choices(self._known, self._graph.nodes[node].kind, "lora_name", name)
        found = next((one for one in offered if Path(one.replace("\\", "/")).name == name), None)
        if found is None:
            raise SetupMissing(
                f"ComfyUI at {self._options.url} has no LoRA {name}. Copy {lora.path} to its models/loras folder under "
                "this name: the name is the file's hash, so no other file can be taken for it."
            )
        return {f"{node}.lora_name": found, **_strengths(self._graph, node, lora.strength)}

    def _uploaded(self, slots: tuple[str, ...], picture: Still) -> dict[str, Any]:
        if not slots:
            return {}
        data = to_png(picture)
        return _set(slots, self._server.upload(data, f"sakuga-{digest(data.hex())[:32]}.png"))


class ComfyPainter(_Comfy[ComfyOptions]):
    """Port Painter."""

    Options = ComfyOptions
    card = Card(
        name="comfyui",
        port="painter",
        adapter_version=1,
        summary="Pictures by a workflow of your own on a ComfyUI server",
        licence="LicenseRef-unstated",
        weights="as the workflow names them",
        training_data=STATED,
        gpu_share=0,
    )

    def paint(self, shot: Shot, *, seed: int, layout: Still | None = None) -> Still:
        check_painting(self.card, shot, layout)
        bindings, values = self._bindings, self._shared(shot, seed)
        if layout is not None:
            values |= self._uploaded(bindings.layout, layout)
        if len(shot.references) > len(bindings.references):
            raise ShapeRefused(
                f"Cut {shot.cut.number} has {len(shot.references)} references; the workflow has inputs for "
                f"{len(bindings.references)}. Add LoadImage nodes, or remove references from the bible."
            )
        for number, slot in enumerate(bindings.references):
            if shot.references:  # a place that is left over shows the last one again
                values |= self._uploaded(
                    (slot,), shot.references[min(number, len(shot.references) - 1)].picture
                )

        def check(found: Files) -> Still:
            return results.still(found[0][1], shot.size, self._called)

        return work.done(self._run(values, shot.cut.number), check, self._options.patience)


class ComfyAnimator(_Comfy[ComfyClipOptions]):
    """Port Animator."""

    Options = ComfyClipOptions
    card = Card(
        name="comfyui",
        port="animator",
        adapter_version=1,
        summary="Clips by a workflow of your own on a ComfyUI server",
        licence="LicenseRef-unstated",
        weights="as the workflow names them",
        training_data=STATED,
        gpu_share=0,
    )

    @classmethod
    def _grid(cls, options: ComfyClipOptions) -> dict[str, object]:
        return {"frame_step": options.frame_step, "max_frames": options.max_frames, "rates": options.rates}

    def animate(
        self, shot: Shot, first: Still, *, frames: int, seed: int, last: Still | None = None,
        mouths: Mouths | None = None,
    ) -> Clip:  # fmt: skip
        check_animating(self.card, shot, first, frames=frames, last=last, mouths=mouths)
        bindings = self._bindings
        values = (
            self._shared(shot, seed) | _set(bindings.length, frames) | _set(bindings.rate, float(shot.rate))
        )
        values |= self._uploaded(bindings.first, first)
        # Without a last picture, a workflow for first and last frame arrives at where it began.
        values |= self._uploaded(bindings.last, first if last is None else last)
        asked = ClipAsked(shot.prompt, shot.size, seed, first, frames, shot.rate, last)

        def check(found: Files) -> Clip:
            if found[0][0].lower().endswith(".png"):
                return results.drawings([data for _, data in found], asked, self._called)
            if not found[0][0].lower().endswith(".mp4"):
                raise ModelFailed(
                    f"{self._called} wrote {found[0][0]}. Save the clip as PNG pictures (SaveImage, "
                    "lossless) or as MP4."
                )
            return results.clip(found[0][1], asked, self._called)

        return work.done(self._run(values, shot.cut.number), check, self._options.patience)


def bound(options: ComfyOptions, graph: Graph, card: Card) -> Bindings:
    """The guessed bindings, with those of the profile in their place; refused if the port needs more."""
    found = guessed(graph, card.port).model_dump() | options.bindings
    bindings = Bindings.model_validate(found)
    bindings.check(graph, card.port)
    return bindings


def _set(slots: tuple[str, ...], value: Any) -> dict[str, Any]:
    return dict.fromkeys(slots, value)


def _strengths(graph: Graph, node: str, strength: float) -> dict[str, Any]:
    names: Iterator[str] = (name for name in graph.nodes[node].inputs if name.startswith("strength"))
    return {f"{node}.{name}": strength for name in names}


def _keep(folder: Path, cut: str, picture: bytes) -> None:
    """Write the newest preview of a cut; whoever looks at it never sees half a picture."""
    suffix = "png" if picture.startswith(b"\x89PNG") else "jpg"
    folder.mkdir(parents=True, exist_ok=True)
    with files.replacing(folder / f"{cut}.{suffix}", durable=False) as draft:
        draft.write_bytes(picture)
