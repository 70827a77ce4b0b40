"""`sakuga train`: options and output. Heavy parts are imported when the command runs."""

from pathlib import Path
from typing import Annotated

import typer

from flows.terminal.lines import say

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
    rank: Annotated[
        int | None, typer.Option(min=1, max=512, help="Size of the LoRA. Default: 16; house: 8")
    ] = None,
    alpha: Annotated[
        float | None, typer.Option(min=0.01, max=1024, help="Strength: alpha / rank. Default: 16; house: 8")
    ] = None,
    rank_of: Annotated[
        list[str] | None,
        typer.Option(
            "--rank-of",
            help="Rank of the modules whose names match: --rank-of 'to_k|to_v=32', as in peft. Repeatable",
        ),
    ] = None,
    alpha_of: Annotated[
        list[str] | None, typer.Option("--alpha-of", help="The same for alpha: PATTERN=VALUE. Repeatable")
    ] = None,
    batch: Annotated[
        int | None, typer.Option(min=1, max=64, help="Works shown at once. Default: 1; house: 4")
    ] = None,
    accumulate: Annotated[int, typer.Option(min=1, max=64, help="Batches in one step")] = 1,
    steps: Annotated[int, typer.Option(min=1, max=1_000_000)] = 1000,
    optimizer: Annotated[
        str, typer.Option("--optimizer", help="adamw, adamw8bit (less memory, CUDA only) or prodigy")
    ] = "adamw",
    rate: Annotated[
        float | None,
        typer.Option(min=1e-8, max=10.0, help="Peak learning rate. Default: 1e-4; house: 2e-3; prodigy: 1"),
    ] = None,
    prior: Annotated[
        float, typer.Option("--prior", min=0, max=10, help="Weight of works that were added with --prior")
    ] = 1.0,
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

    Stopped? Run the same command again: it goes on from its last checkpoint, with the same result. Ctrl-C keeps the
    step that is at work. Pictures of its progress, with the same seeds each time, are in the folder .training beside
    the LoRA. Several GPUs: accelerate launch --num_processes 2 -m flows.cli train …
    """
    from assets.store import Store
    from flows.episode.workspace import open_vault
    from flows.rights.model_credentials import signed_if_set
    from flows.settings import settings, user
    from flows.terminal import arguments
    from flows.training import lora as training
    from flows.training import recording, stopping
    from flows.training.order import Order

    order = arguments.build(
        Order, dataset=dataset, base=base, licence=licence, name=name, data=data, family=family, expert=expert,
        rank=rank, alpha=alpha, rank_of=rank_of, alpha_of=alpha_of, batch=batch, accumulate=accumulate, steps=steps,
        optimizer=optimizer, rate=rate, prior=prior, style=style, policy=policy,
    )  # fmt: skip
    chosen = settings(out)
    with Store.open(chosen.store) as store:
        art = training.Holdings(open_vault(chosen), store.rights.registry())
    with stopping.asked() as stop:
        made = training.train(
            order, art, lora or out / "loras" / f"{name}.safetensors", chosen.device, training.Talk(say, stop)
        )
    if made.first:
        with Store.open(chosen.store) as store:
            recording.trained(store, made, by=user())
            signed_if_set(made.path, store)
        say(
            f"Wrote {made.path}. Name it in the bible: art: loras: [{{file: …, base: {family}, strength: 1}}]"
        )
