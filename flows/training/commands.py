"""Commands that train the house models: pictures, latents, and one command per model.

In: a folder for data and checkpoints.      Out: the model's folder in the library of weights.
Nothing heavy is imported before a command runs.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from flows.terminal.lines import say

Work = Annotated[Path, typer.Option(help="Folder of pictures, latents, checkpoints, logs and sheets")]
Library = Annotated[
    Path,
    typer.Option(help="Folder of the weights: new ones are written here, existing ones are read from here"),
]
Device = Annotated[str, typer.Option(help="cpu, cuda, cuda:1")]
Precision = Annotated[str, typer.Option(help="bf16 or no: bf16 is faster on GPUs and on processors with AMX")]

WORK = Path("episodes/.train/pictures")
LIBRARY = Path("assets/library/weights")

app = typer.Typer(
    name="training",
    help="Train a house model from seeds: its data is made here, nothing is downloaded.\n\n"
    "Stopped? Run the same command again; it goes on from its last checkpoint.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def scenes(
    work: Work = WORK,
    shards: Annotated[int, typer.Option(min=1, help="Shards of 64 shots, 352 pictures each")] = 64,
    portraits: Annotated[
        int, typer.Option(min=0, help="Shards of 384 pictures of people, for their judge")
    ] = 48,
    large: Annotated[int, typer.Option(min=0, help="Shards of 64 large pictures, for the autoencoder")] = 15,
) -> None:
    """Draw the training pictures with the cel rig, from seeds. 15 to 20 s a shard on one idle core."""
    from models.house import scenes
    from models.house.portraits import write_shard as write_portraits

    for number in range(shards):
        say(f"{scenes.write_shard(work / 'scenes', number)}")
    for number in range(large):
        say(f"{scenes.write_shard(work / 'large', number, first=scenes.LARGE_FROM, large=True)}")
    for number in range(portraits):
        say(f"{write_portraits(work / 'portraits', number)}")


@app.command()
def latents(work: Work = WORK, library: Library = LIBRARY, device: Device = "cpu") -> None:
    """Encode every picture once, so that training never waits for one. Needs the trained autoencoder."""
    from models.house import lessons

    lessons.encode(work, library, device, tell=say)


@app.command()
def painted(work: Work = WORK, library: Library = LIBRARY, device: Device = "cpu") -> None:
    """Paint every large picture twice with the painter that ships; `finish` is trained on them."""
    from models.house import lessons

    lessons.painted(work, library, device, tell=say)


@app.command()
def foley(
    work: Annotated[Path, typer.Option(help="Folder of lessons, checkpoints, logs and sheets")] = Path(
        "episodes/.train/foley"
    ),
    library: Library = LIBRARY,
    steps: Annotated[
        int | None, typer.Option(min=1, help="Steps of the model. Default: the shipped recipe's")
    ] = None,
    lessons: Annotated[
        int | None, typer.Option(min=16, help="Captioned sounds. Default: the shipped recipe's")
    ] = None,
    all_sounds: Annotated[
        bool, typer.Option("--all", help="Teach every sound, not only those of the shipped recipe")
    ] = False,
    precision: Precision = "bf16",
) -> None:
    """Captions to sound effects: data, listener and model, 3 steps a second on one idle core."""
    from models.house.foley import school

    chosen = school.recipe(steps=steps, lessons=lessons, precision=precision, every=all_sounds)
    school.teach(work, library / "foley", chosen, tell=say)


def _picture_model(name: str, about: str, *, steps: int, cooldown: int) -> None:
    """Add the command of the model ``name``, a function of models/house/lessons.py.

    steps, cooldown   the lengths that the shipped weights were trained with
    """
    usual_steps, usual_cooldown = steps, cooldown

    def command(
        work: Work = WORK,
        library: Library = LIBRARY,
        steps: Annotated[
            int, typer.Option(min=1, help="Total steps, including those before a resume")
        ] = usual_steps,
        cooldown: Annotated[
            int, typer.Option(min=0, help="Last steps, in which the learning rate falls to zero")
        ] = usual_cooldown,
        device: Device = "cpu",
        precision: Precision = "bf16",
        compiled: Annotated[
            bool, typer.Option("--compiled", help="Compile first: a minute or two, then a third faster")
        ] = False,
    ) -> None:
        from models.house import lessons

        run = lessons.run(name, work, steps, cooldown, (device, precision, compiled))
        teach: Callable[..., Path] = getattr(lessons, name)
        teach(work, library, run, tell=say)

    command.__doc__ = about
    app.command(name=name)(command)


_picture_model(
    "autoencoder",
    "The linear code, fitted in a minute, and its finish: 4 steps a second on one idle core, compiled.",
    steps=8_000,
    cooldown=2_500,
)
_picture_model(
    "painter",
    "The denoiser: panels, and later drawings given a first one. 1.4 steps a second on one core, compiled.",
    steps=6_000,
    cooldown=1_000,
)
_picture_model("quick", "The painter again, distilled to few steps.", steps=900, cooldown=300)
_picture_model(
    "animator",
    "Motion modules over the trained painter, for drawings that follow one another.",
    steps=1_000,
    cooldown=350,
)
_picture_model(
    "finish", "The autoencoder's finish, trained on the painter's own latents.", steps=4_000, cooldown=1_500
)
_picture_model(
    "traits",
    "The trait judge: place, time, shot size; its features measure distances.",
    steps=4_000,
    cooldown=1_500,
)
_picture_model("people", "The judge of people: hair, eyes, outfit, expression.", steps=10_500, cooldown=3_000)
