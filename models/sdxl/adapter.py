"""The SDXL painter: Animagine XL 4.0, or any other checkpoint of the family.

In: a Shot with its prompt as tags, references and LoRAs; optionally the rig's layout.      Out: its panel.
Without a layout the rig still says where each character is, so that traits of one do not reach another.
"""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from assets.errors import SetupMissing
from assets.matter import Still
from models.card import Accepted, Card
from models.diffusion import levers, loading, pictures, placement, seeds, steps
from models.diffusion.exhausted import Ladder
from models.diffusion.loras import Rack
from models.diffusion.placement import Placed
from models.diffusion.texts import Texts
from models.limits import check_painting
from models.ports import LoraWeights, ReferencePicture, Shot
from models.sdxl import regions, sampler, single_file, windows
from models.sdxl.options import SdxlOptions
from models.weights import lacks_weights, snapshot

if TYPE_CHECKING:
    from models.cel.guides import Guides

KIND, OVER, CONTROLLED = (
    "StableDiffusionXLPipeline",
    "StableDiffusionXLImg2ImgPipeline",
    "StableDiffusionXLControlNetUnionPipeline",
)
MODES = {"pose": 0, "depth": 1, "line": 3}  # the order in which union ControlNets were trained
FAMILY = "sdxl"


@dataclass(frozen=True)
class _Wanted:
    """One call, resolved."""

    shot: Shot
    seed: int
    layout: Still | None
    guides: "Guides | None"
    masks: Mapping[str, regions.Mask]


class SdxlPainter:
    """Port Painter."""

    Options = SdxlOptions
    card: Card = Card(
        name="sdxl",
        port="painter",
        adapter_version=1,
        summary="Stable Diffusion XL, by default Animagine XL 4.0: tags, LoRAs, layout, references by region.",
        licence="CreativeML-OpenRAIL-PP-M",
        weights="cagliostrolab/animagine-xl-4.0",
        revision="as the profile pins it",
        training_data="scraped: 8.4 million anime pictures from the web, by Cagliostro Lab",
        data_class="scraped",
        vram_gb=8,
        side_step=8,
        dialect="tags",
        accepts=frozenset({"layout", "loras", "negative_prompt"}),
        lora_base=FAMILY,
    )

    def __init__(self, placed: Placed, rack: Rack, options: SdxlOptions, card: Card) -> None:
        self.card = card
        self._placed, self._rack, self._options = placed, rack, options
        self._texts, self._ladder = Texts(), Ladder(placed, card, climbs=options.ladder)

    @classmethod
    def lacks(cls) -> str:
        return cls.lacks_with(SdxlOptions())

    @classmethod
    def lacks_with(cls, options: SdxlOptions) -> str:
        return lacks_weights(options, "diffusers", "transformers", "peft")

    @classmethod
    def carded(cls, options: SdxlOptions) -> Card:
        more: set[Accepted] = {"references"} if options.ip_adapter else set()
        default = options.weights.hub == cls.card.weights
        return cls.card.model_copy(
            update={
                **options.weights.said(),
                **(
                    {"licence": cls.card.licence}
                    if default
                    else {"training_data": "undisclosed: see its page"}
                ),
                "accepts": cls.card.accepts | more,
                "vram_gb": 4.0 if options.offload != "none" else cls.card.vram_gb,
                "quality_tags": options.quality_tags,
                "negative": options.negative,
            }
        )

    @classmethod
    def load(cls, device: str, options: SdxlOptions | None = None) -> Self:
        options = options or SdxlOptions()
        given: dict[str, Any] = {"feature_extractor": None, "image_encoder": None, "add_watermarker": False}
        if options.control is not None:
            folder = snapshot(options.control).folder
            given["controlnet"] = loading.load_part(
                folder, "ControlNetUnionModel", dtype=options.dtype(device)
            )
        kind = KIND if options.control is None else CONTROLLED
        folder = snapshot(options.weights).folder
        if (file := single_file.found(folder)) is None:
            pipe = loading.load(folder, kind, device=device, options=options, given=given)
        else:
            pipe = single_file.load(
                file, _config(options, file), kind, device=device, options=options, given=given
            )
        return cls.over(pipe, device, options)

    @classmethod
    def over(cls, pipe: Any, device: str, options: SdxlOptions) -> Self:
        """The painter over a pipeline that is in memory already."""
        pipe.scheduler = sampler.chosen(pipe.scheduler, options)
        if options.ip_adapter is not None:
            _adapt(pipe, options, device)
        levers.apply(pipe, ("unet",), options, device)
        placed = Placed(pipe, device, options.offload)
        rack = Rack(pipe, FAMILY, hotswap_rank=options.hotswap_rank, lifted=placed.lifted)
        return cls(placed, rack, options, cls.carded(options))

    def unload(self) -> None:
        self._texts.clear()
        placement.freed(self._placed.pipe)

    def paint(self, shot: Shot, *, seed: int, layout: Still | None = None) -> Still:
        check_painting(self.card, shot, layout)
        wanted = self._resolved(shot, seed, layout)
        return self._ladder.run(partial(self._painted, wanted), shot.cut.number)

    def _resolved(self, shot: Shot, seed: int, layout: Still | None) -> _Wanted:
        """With the rig's knowledge of the picture, where it is the rig's picture, or nobody else's."""
        several = len({person.character for person in shot.cut.staged}) > 1
        regional = self._options.regions and several and bool(shot.references or shot.loras)
        controlled = layout is not None and self._options.layout == "control"
        if not regional and not controlled:
            return _Wanted(shot, seed, layout, None, {})
        from models.cel.guides import Guides

        guides: Guides | None = Guides(shot, seed=seed)
        if guides and layout is not None and not np.array_equal(guides.layout, layout):
            guides = None  # somebody else's picture: the rig does not know who is where in it
        masks = regions.grown(guides.masks()) if guides and regional else {}
        return _Wanted(shot, seed, layout, guides, masks)

    def _painted(self, wanted: _Wanted) -> Still:
        pipe, options = self._placed.pipe, self._options
        loras = _by_owner(wanted) if wanted.masks else {"": wanted.shot.loras}
        self._rack.use(wanted.shot.loras)
        call = {**self._told(wanted), **self._guided(wanted), **self._referred(wanted)}
        with ExitStack() as stack:
            stack.enter_context(levers.attention(options))
            if len(loras) > 1:
                masks = {name: wanted.masks[name] for name in loras if name}
                choose = partial(self._choose, loras)
                stack.enter_context(regions.regional(pipe.unet, choose, masks))
            latents = self._pipeline(wanted)(
                **call,
                num_inference_steps=self._steps(wanted),
                guidance_scale=options.guidance,
                generator=seeds.generator(wanted.seed),
                output_type="latent",
            ).images
        picture = pictures.still(pictures.decoded(pipe.vae, latents))
        pipe.maybe_free_model_hooks()
        return picture

    def _choose(self, loras: Mapping[str, tuple[LoraWeights, ...]], name: str) -> None:
        shared = loras.get("", ())
        self._rack.use((*shared, *(loras[name] if name else ())))

    def _told(self, wanted: _Wanted) -> dict[str, Any]:
        """The embedded prompt; LoRAs in the text encoders change it."""
        pipe, prompt = self._placed.pipe, wanted.shot.prompt
        key = (prompt.text, prompt.negative, tuple((one.sha256, one.strength) for one in wanted.shot.loras))
        text, negative = self._texts.get(key, lambda: windows.both(pipe, prompt.text, prompt.negative))
        return {
            "prompt_embeds": text.embeds,
            "pooled_prompt_embeds": text.pooled,
            "negative_prompt_embeds": negative.embeds,
            "negative_pooled_prompt_embeds": negative.pooled,
        }

    def _pipeline(self, wanted: _Wanted) -> Any:
        """The pipeline class for this call, over the same parts."""
        pipe = self._placed.pipe
        if wanted.layout is not None and self._options.layout == "control":
            return pipe
        import diffusers

        parts = {name: part for name, part in pipe.components.items() if name != "controlnet"}
        made = getattr(diffusers, KIND if wanted.layout is None else OVER)(
            **parts,
            force_zeros_for_empty_prompt=pipe.config.force_zeros_for_empty_prompt,
            add_watermarker=False,
        )
        made.set_progress_bar_config(disable=True)
        return made

    def _steps(self, wanted: _Wanted) -> int:
        options = self._options
        over = wanted.layout is not None and options.layout == "paint_over"
        return steps.over_a_picture(options.takes, options.strength) if over else options.takes

    def _guided(self, wanted: _Wanted) -> dict[str, Any]:
        options, (wide, high) = self._options, wanted.shot.size
        # zero terminal SNR makes guidance overexpose; the ControlNet pipeline has no remedy for it
        rescale = {"guidance_rescale": 0.7} if sampler.is_zero_snr(self._placed.pipe.scheduler) else {}
        if wanted.layout is None:
            return {"width": wide, "height": high, **rescale}
        if options.layout == "paint_over":
            latents = pictures.encoded(self._placed.pipe.vae, wanted.layout).to(self._placed.pipe.unet.dtype)
            told = {"original_size": (high, wide), "target_size": (high, wide)}
            return {"image": latents, "strength": options.strength, **told, **rescale}
        from models.cel.guides import lines

        if wanted.guides is None:  # of a picture that is not the rig's, only the lines can be seen
            found = {"line": lines(wanted.layout)}
        else:
            found = {guide: wanted.guides.picture(guide) for guide in options.guides}
        return {
            "width": wide,
            "height": high,
            "control_image": [pictures.pil(one) for one in found.values()],
            "control_mode": [MODES[guide] for guide in found],
            "controlnet_conditioning_scale": [options.control_strength] * len(found),
            # with very few steps the share would end before the first one, and the layout would be ignored
            "control_guidance_end": [max(options.control_end, 1 / options.takes)] * len(found),
        }

    def _referred(self, wanted: _Wanted) -> dict[str, Any]:
        """The reference pictures, each confined to the region of its character."""
        if self._options.ip_adapter is None:
            return {}
        pipe, size = self._placed.pipe, wanted.shot.size
        shown = _seen(wanted)
        if not shown:  # the adapter is loaded and must be given something: a grey picture without weight
            pipe.set_ip_adapter_scale(0.0)
            return {"ip_adapter_image": [[pictures.pil(np.full((64, 64, 3), 127, np.uint8))]]}
        pipe.set_ip_adapter_scale([[self._options.ip_strength] * len(shown)])
        whole = np.ones((size[1], size[0]), bool)
        masks = [wanted.masks.get(one.subject, whole) for one in shown]
        return {
            "ip_adapter_image": [[pictures.pil(one.picture) for one in shown]],
            "cross_attention_kwargs": {"ip_adapter_masks": [regions.masked(masks, size)]},
        }


def _seen(wanted: _Wanted) -> list[ReferencePicture]:
    """The references that the picture can show: of characters who have a region, of place and style everywhere."""
    people = {person.character for person in wanted.shot.cut.staged}
    return [
        one
        for one in wanted.shot.references
        if one.role != "character"
        or (one.subject in people and (not wanted.masks or wanted.masks.get(one.subject, np.zeros(1)).any()))
    ]


def _by_owner(wanted: _Wanted) -> dict[str, tuple[LoraWeights, ...]]:
    """LoRAs by the character they belong to; of place and style under the empty name."""
    found: dict[str, tuple[LoraWeights, ...]] = {"": ()}
    for one in wanted.shot.loras:
        owner = one.subject if one.subject in wanted.masks else ""
        found[owner] = (*found.get(owner, ()), one)
    return found


def _config(options: SdxlOptions, file: Path) -> Path:
    """Where the configurations for a checkpoint in one file are."""
    if options.config is None:
        raise SetupMissing(
            f"{file.name} is a checkpoint in one file: it holds weights, and neither sizes nor tokenizers. Name a "
            f"model that has them, as an option of sdxl: {single_file.ADVICE}."
        )
    return snapshot(options.config).folder


def _adapt(pipe: Any, options: SdxlOptions, device: str) -> None:
    """Load the IP-Adapter with the pinned image encoder: the library would fetch one without a revision."""
    if options.ip_adapter is None or options.image_encoder is None:
        return
    folder, encoder = snapshot(options.ip_adapter).folder, snapshot(options.image_encoder).folder
    made = loading.load_part(
        encoder / options.ip_encoder,
        "CLIPVisionModelWithProjection",
        dtype=options.dtype(device),
        library="transformers",
    )
    pipe.register_modules(image_encoder=made)
    file = folder / options.ip_file
    if not file.is_file():
        raise SetupMissing(f"{file} is not there. Set ip_file to the IP-Adapter's file below {folder}.")
    loading.check_files(file.parent)
    try:
        pipe.load_ip_adapter(
            str(file.parent),
            subfolder="",
            weight_name=file.name,
            image_encoder_folder=None,
            local_files_only=True,
        )
    except (ValueError, KeyError, RuntimeError, OSError) as error:
        raise SetupMissing(f"{file} is no IP-Adapter for this checkpoint: {str(error)[:200]}") from error
    if pipe.unet.encoder_hid_proj is None:
        raise SetupMissing(f"{file} did not load as an IP-Adapter. Choose one made for SDXL.")
