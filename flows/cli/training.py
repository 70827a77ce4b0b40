"""`sakuga train`: options and output. Heavy parts are imported when the command runs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

if TYPE_CHECKING:
    from assets.sheets.bible import Expert
    from flows.training.lora import Style

EPISODES = Path("episodes")


def train(
    dataset: Annotated[str, typer.Argument(help="Name of a frozen dataset: sakuga dataset freeze")],
    name: Annotated[str, typer.Option("--name", "-n", help="Name of the LoRA")],
    base: Annotated[
        Path | None,
        typer.Option(
            "--base", help="Folder of the base model, as diffusers saves it; house: the shipped one"
        ),
    ] = None,
    licence: Annotated[
        str | None,
        typer.Option("--licence", help="Licence of the base model: SPDX, or its own id; house: known"),
    ] = None,
    data: Annotated[
        str | None,
        typer.Option("--data", help="Origin of the base model's training data: owned … undisclosed"),
    ] = None,
    family: Annotated[
        str, typer.Option("--family", help="Family of the base model: house, sdxl, klein, wan")
    ] = "sdxl",
    expert: Annotated[
        str, typer.Option("--expert", help="For a base with two experts: high or low; train each once")
    ] = "",
    prior: Annotated[
        float, typer.Option("--prior", min=0, max=10, help="Weight of works that were added with --prior")
    ] = 1.0,
    rank: Annotated[
        int | None, typer.Option(min=1, max=512, help="Size of the LoRA. Default: 16; house: 8")
    ] = None,
    alpha: Annotated[
        float | None, typer.Option(min=0.01, max=1024, help="Strength: alpha / rank. Default: 16; house: 8")
    ] = None,
    batch: Annotated[
        int | None, typer.Option(min=1, max=64, help="Pictures in one step. Default: 1; house: 4")
    ] = None,
    steps: Annotated[int, typer.Option(min=1, max=1_000_000)] = 1000,
    rate: Annotated[
        float | None, typer.Option(min=1e-8, max=1.0, help="Peak learning rate. Default: 1e-4; house: 2e-3")
    ] = None,
    style: Annotated[
        str, typer.Option("--style", help="Keys of the file: diffusers or comfyui")
    ] = "diffusers",
    policy: Annotated[str, typer.Option("--policy", help="Rights policy that base and works must pass")] = (
        "own-or-licensed"
    ),
    lora: Annotated[
        Path | None, typer.Option("--lora", help="The file. Default: OUT/loras/NAME.safetensors")
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of the project")] = EPISODES,
) -> None:
    """Train a LoRA of a character, a style or a place on a frozen dataset.

    Stopped? Run the same command again: it goes on from its last checkpoint, with the same result. Pictures of its
    progress, with the same seeds each time, are in the folder .training beside the LoRA.
    """
    from assets.errors import InputRefused
    from assets.store import Store
    from flows.episode.workspace import open_vault
    from flows.settings import settings, user
    from flows.training import datasets, recording
    from flows.training import lora as training

    if style not in ("diffusers", "comfyui"):
        raise InputRefused(f"--style is {style!r}; it is diffusers or comfyui.")
    if expert not in ("", "high", "low"):
        raise InputRefused(
            f"--expert is {expert!r}; it is high or low, and left out for a base with one expert."
        )
    chosen = settings(out)
    vault = open_vault(chosen)
    given = {
        "base": base,
        "licence": licence,
        "data": data,
        "rank": rank,
        "alpha": alpha,
        "batch": batch,
        "rate": rate,
    }
    usual = training.USUAL.get(family, {}) | {key: value for key, value in given.items() if value is not None}
    if missing := [f"--{key}" for key in ("base", "licence") if key not in usual]:
        raise InputRefused(
            f"A LoRA of {family} needs {' and '.join(missing)}: the folder of the base model, and its licence."
        )
    order = training.Order(
        name=name, dataset=dataset, family=family, steps=steps, device=chosen.device, style=cast("Style", style),
        policy=policy, expert=cast("Expert", expert), prior=prior, **({"data": "undisclosed"} | usual),
    )  # fmt: skip
    manifest = datasets.manifest(dataset, vault)
    path = training.train(order, manifest, vault, lora or out / "loras" / f"{name}.safetensors", typer.echo)
    with Store.open(chosen.store) as store:
        recording.trained(store, order, manifest, path, by=user())
    typer.echo(f"Wrote {path}. Name it in the bible: art: loras: [{{file: …, base: {family}, strength: 1}}]")
