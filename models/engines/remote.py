"""Painter, animator and foley on an engine elsewhere: vLLM-Omni, SGLang-Diffusion or the LightX2V server.

In: what the port gets; the engine's address and what it runs, from the profile.      Out: what the port promises.
The engine is asked at the start which models it has, and refused if it cannot honour the profile. What it sends back
is probed before it is believed. Its card is what the profile states: no engine tells its own grid.
"""

from collections.abc import Mapping
from typing import ClassVar, Generic, Self, TypeVar

from assets.errors import InputRefused, SetupMissing, ShapeRefused
from assets.matter import Clip, Sound, Still
from models.card import Accepted, Card, Port
from models.connection import Connection
from models.engines import results, work
from models.engines.dialect import ClipAsked, Dialect, Facts, PictureAsked, SoundAsked
from models.engines.lightx2v import LightX2V
from models.engines.options import Engine, RemoteClipOptions, RemoteOptions, unanswered
from models.engines.sglang import SglangDiffusion
from models.engines.vllm_omni import VllmOmni
from models.foley.adapter import ProceduralFoley
from models.limits import check_animating, check_painting
from models.ports import LoraWeights, Mouths, Shot

DIALECTS: Mapping[Engine, type[Dialect]] = {
    "vllm-omni": VllmOmni,
    "sglang": SglangDiffusion,
    "lightx2v": LightX2V,
}
NEEDS = "The remote adapters need an engine: give engine, url and model as options in the profile."
OptionsT = TypeVar("OptionsT", bound=RemoteOptions)


class _Remote(Generic[OptionsT]):
    """What the three adapters share: a checked connection, and the card that the profile states."""

    card: ClassVar[Card]

    def __init__(self, options: OptionsT, connection: Connection) -> None:
        self.card = self.carded(options)  # type: ignore[misc]
        self._options, self._connection = options, connection
        self._dialect = DIALECTS[options.engine](connection, options)
        self._called = f"{options.engine} at {options.url}"

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
        _check_honoured(cls.card.port, options)
        said = {
            "licence": options.licence,
            "weights": options.model,
            "revision": options.revision,
            "training_data": options.training_data,
            "concurrent": options.engine != "sglang",  # its LoRAs are a state of the whole server
        }
        return cls.card.model_copy(update={**said, **cls._shapes(options)})

    @classmethod
    def _shapes(cls, options: OptionsT) -> dict[str, object]:
        return {
            "side_step": options.side_step,
            "dialect": options.dialect,
            "accepts": options.accepts,
            "lora_base": options.lora_base,
        }

    @classmethod
    def load(cls, device: str, options: OptionsT | None = None) -> Self:
        """Connect and ask the engine what it is. ``device`` is ignored."""
        if options is None:
            raise InputRefused(NEEDS)
        connection = options.connect("the remote adapter")
        made = cls(options, connection)
        try:
            _check_facts(made._dialect, made._dialect.facts(), options)
        except BaseException:
            connection.close()
            raise
        return made

    def unload(self) -> None:
        self._connection.close()

    def _check_loras(self, loras: tuple[LoraWeights, ...], cut: str) -> None:
        if len(loras) > self._dialect.loras:
            raise ShapeRefused(
                f"{self._options.engine} takes {self._dialect.loras} LoRA a request; cut {cut} has {len(loras)}. Merge "
                "them into one file, or use an engine that takes several (sglang)."
            )


class RemotePainter(_Remote[RemoteOptions]):
    """Port Painter."""

    Options = RemoteOptions
    card = Card(
        name="remote",
        port="painter",
        adapter_version=1,
        summary="Pictures by a model on an engine elsewhere (vLLM-Omni, SGLang-Diffusion, LightX2V)",
        licence="LicenseRef-unstated",
        weights="as the engine's",
        training_data="as stated by whoever runs the engine",
        gpu_share=0,
    )

    def paint(self, shot: Shot, *, seed: int, layout: Still | None = None) -> Still:
        check_painting(self.card, shot, layout)
        self._check_loras(shot.loras, shot.cut.number)
        references = tuple(one.picture for one in shot.references)
        asked = PictureAsked(shot.prompt, shot.size, seed, references, shot.loras)

        def check(data: bytes) -> Still:
            return results.still(data, shot.size, self._called)

        return work.done(self._dialect.picture(asked), check, self._options.patience)


class RemoteAnimator(_Remote[RemoteClipOptions]):
    """Port Animator."""

    Options = RemoteClipOptions
    card = Card(
        name="remote",
        port="animator",
        adapter_version=1,
        summary="Clips by a model on an engine elsewhere (vLLM-Omni, SGLang-Diffusion, LightX2V)",
        licence="LicenseRef-unstated",
        weights="as the engine's",
        training_data="as stated by whoever runs the engine",
        gpu_share=0,
    )

    @classmethod
    def _shapes(cls, options: RemoteClipOptions) -> dict[str, object]:
        grid = {"frame_step": options.frame_step, "max_frames": options.max_frames, "rates": options.rates}
        return {**super()._shapes(options), **grid}

    def animate(
        self, shot: Shot, first: Still, *, frames: int, seed: int, last: Still | None = None,
        mouths: Mouths | None = None,
    ) -> Clip:  # fmt: skip
        check_animating(self.card, shot, first, frames=frames, last=last, mouths=mouths)
        self._check_loras(shot.loras, shot.cut.number)
        asked = ClipAsked(shot.prompt, shot.size, seed, first, frames, shot.rate, last, shot.loras)

        def check(data: bytes) -> Clip:
            return results.clip(data, asked, self._called)

        return work.done(self._dialect.clip(asked), check, self._options.patience)


class RemoteFoley(_Remote[RemoteOptions]):
    """Port Foley: sounds told in words. Natural lengths and manners are those of the procedural foley."""

    Options = RemoteOptions
    card = Card(
        name="remote",
        port="foley",
        adapter_version=1,
        summary="Sound effects by a model on an engine elsewhere (vLLM-Omni)",
        licence="LicenseRef-unstated",
        weights="as the engine's",
        training_data="as stated by whoever runs the engine",
        gpu_share=0,
    )

    def __init__(self, options: RemoteOptions, connection: Connection) -> None:
        super().__init__(options, connection)
        self._known = ProceduralFoley.load("cpu")

    @classmethod
    def _shapes(cls, options: RemoteOptions) -> dict[str, object]:
        return {}

    def sounds(self) -> tuple[str, ...]:
        return self._known.sounds()

    def make(self, sound: str, *, seconds: float, seed: int) -> Sound:
        recipe, manner = self._known.understood(sound, seconds=seconds, seed=seed)
        length = seconds or recipe.seconds
        if recipe.name == "silence":
            return self._known.make(sound, seconds=seconds, seed=seed)
        told = f"{recipe.caption} {manner}".strip()
        asked = SoundAsked(f"{told}, sound effect, no music, no speech", length, seed)

        def check(data: bytes) -> Sound:
            return results.sound(data, length, self._called)

        return work.done(self._dialect.sound(asked), check, self._options.patience)


def _check_honoured(port: Port, options: RemoteOptions) -> None:
    """Refuse a card that the engine's protocol cannot honour."""
    dialect = DIALECTS[options.engine]
    if port not in dialect.honours:
        able = ", ".join(name for name, one in DIALECTS.items() if port in one.honours)
        raise InputRefused(f"{options.engine} offers no {port}. These do: {able}.")
    honours: frozenset[Accepted] = dialect.honours[port]
    if beyond := options.accepts - honours:
        raise InputRefused(
            f"accepts names {', '.join(sorted(beyond))}, which the protocol of {options.engine} cannot say for the "
            f"{port}. It can say {', '.join(sorted(honours)) or 'nothing besides the cut'}."
        )
    if "loras" in options.accepts and not options.lora_base:
        raise InputRefused(
            "accepts names loras: say with lora_base which family the engine's model can load."
        )


def _check_facts(dialect: Dialect, facts: Facts, options: RemoteOptions) -> None:
    """Refuse an engine that runs another model or version, or whose version ignores a field that is needed."""
    if options.model not in facts.models:
        raise SetupMissing(
            f"{options.engine} at {options.url} runs {', '.join(facts.models) or 'no model'}, not {options.model}. "
            "Start it with that model, or set model in the profile."
        )
    if options.version and options.version != facts.version:
        raise SetupMissing(
            f"{options.engine} at {options.url} is version {facts.version or 'unknown'}; the profile asks for "
            f"{options.version}. Install that version, or change version in the profile."
        )
    for what, (path, field) in dialect.newer.items():
        listed = facts.fields.get(path, frozenset())
        if what in options.accepts and listed and field not in listed:
            raise SetupMissing(
                f"{options.engine} at {options.url} (version {facts.version or 'unknown'}) has no field {field}: it "
                f"would ignore what accepts calls {what}. Use a newer version, or take {what} out of accepts."
            )
