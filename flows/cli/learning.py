"""`sakuga learn`: options and output. Heavy parts are imported when the command runs."""

from pathlib import Path
from typing import Annotated

import typer

from assets.plain import typed
from flows.cli.options import ProfileOption
from flows.terminal.lines import say


def learn(
    show: Annotated[str, typer.Option("--show", "-s", help="The show: a folder, or a bible.yaml")],
    core: Annotated[str, typer.Option("--core", help="Frozen dataset of original art")],
    held_out: Annotated[
        str, typer.Option("--held-out", help="Frozen dataset of art that is never trained on")
    ],
    base: Annotated[Path, typer.Option("--base", help="Folder of the base model, as diffusers saves it")],
    licence: Annotated[str, typer.Option("--licence", help="Licence of the base model: SPDX, or its own id")],
    policy: Annotated[
        str, typer.Option("--policy", help="The client's policy (.yaml); its train_on_takes must be 'allow'")
    ] = "own-or-licensed",
    data: Annotated[
        str, typer.Option("--data", help="Origin of the base model's training data: owned … undisclosed")
    ] = "undisclosed",
    family: Annotated[str, typer.Option("--family", help="Family of the base model")] = "sdxl",
    character: Annotated[
        str, typer.Option("--character", "-c", help="Id of the character; without it: the show's style")
    ] = "",
    script: Annotated[
        Path | None, typer.Option("--script", help="A script of the show: its cuts are painted")
    ] = None,
    episode: Annotated[str, typer.Option("--episode", help="Or the id of an episode")] = "",
    profile: ProfileOption = "house",
    share: Annotated[
        float, typer.Option("--share", help="Most that approved pictures may be of all showings, 0 to 1")
    ] = 0.3,
    most: Annotated[
        int, typer.Option("--most", min=1, max=10_000, help="Newest approved pictures that are used")
    ] = 200,
    rank: Annotated[int, typer.Option(min=1, max=512)] = 16,
    steps: Annotated[int, typer.Option(min=1, max=1_000_000)] = 1000,
    rate: Annotated[float, typer.Option(min=1e-8, max=1.0, help="Peak learning rate")] = 1e-4,
    batch: Annotated[int, typer.Option(min=1, max=64)] = 1,
    strengths: Annotated[str, typer.Option("--strengths", help="Separated by commas")] = "0.4,0.7,1",
    cuts: Annotated[int, typer.Option("--cuts", min=1, max=24, help="Most cuts that are painted")] = 6,
    judges: Annotated[bool, typer.Option("--judges/--no-judges", help="Ask the house judges too")] = True,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of the project")] = Path("episodes"),
) -> None:
    """Learn from what people approved: a new dataset, a LoRA, a validation sheet; then a person decides.

    Only where the client's policy allows it. Pictures that show the same are used once, and the core set stays the
    larger part. Nothing uses the LoRA before it is approved and promoted (sakuga lora review, sakuga lora promote).
    The same command again goes on where it was stopped. `sakuga lora drift` compares the generations.
    """
    from flows.cli.lora_output import readings_table
    from flows.episode.workspace import open_vault
    from flows.rights.books import opened
    from flows.settings import settings, user
    from flows.terminal import arguments
    from flows.training.learn_brief import LearnBrief
    from flows.training.learn_brief import learn as run
    from flows.training.learning import told
    from flows.training.validation import FOLDER, Place

    brief = arguments.build(
        LearnBrief, show=show, core=core, held_out=held_out, base=base, licence=licence, policy=policy, data=data,
        family=family, character=character, script=script, episode=episode, profile=profile, share=share, most=most,
        rank=rank, steps=steps, rate=rate, batch=batch, strengths=strengths, cuts=cuts, judges=judges, out=out,
    )  # fmt: skip
    chosen = settings(out)
    with opened(out) as store:
        where = Place(out, open_vault(chosen), store, chosen.device, user(), tell=say)
        made = run(brief, where)
    say(told(made.learnt))
    readings_table(made.validation)
    say(f"Sheet: {out / FOLDER / made.manifest.name / 'sheet.png'}")
    say(f"It waits for a decision: sakuga lora review {typed(made.manifest.name)}")
