"""`sakuga lora`: options and output. Heavy parts are imported when a command runs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assets.plain import typed
from flows.cli.documents import JsonOption
from flows.cli.options import ProfileOption
from flows.terminal.lines import say

if TYPE_CHECKING:
    from assets.sheets.validation import Subject

lora = typer.Typer(
    help="Look at a trained LoRA before anything uses it, and put it into the bible.\n\n"
    "1. validate: paint held-out cuts without and with it, measure them, and write a sheet.\n"
    "2. review: a person looks at the sheet, and approves it at one strength, or refuses it.\n"
    "3. promote: write it into the bible; rollback takes it back.",
    no_args_is_help=True,
)

Out = Annotated[Path, typer.Option("--out", "-o", help="Folder of the project")]
Show = Annotated[str, typer.Option("--show", "-s", help="The show: a folder, or a bible.yaml")]
Name = Annotated[str, typer.Argument(help="Name of the LoRA, as it was validated")]
CharacterOption = Annotated[str, typer.Option("--character", "-c", help="Id of the character it draws")]
PlaceOption = Annotated[
    str, typer.Option("--place", help="Id of the place it draws; neither: the show's style")
]
EPISODES = Path("episodes")


@lora.command()
def validate(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="The LoRA: a .safetensors file, such as sakuga train wrote; for a model with two experts a pair, high "
            "noise first"
        ),
    ],
    show: Show,
    held_out: Annotated[
        str, typer.Option("--held-out", help="Frozen dataset of art that it was not trained on")
    ],
    character: CharacterOption = "",
    place: PlaceOption = "",
    script: Annotated[
        Path | None, typer.Option("--script", help="A script of the show: its cuts are painted")
    ] = None,
    episode: Annotated[
        str, typer.Option("--episode", help="Or the id of an episode of the show that was produced")
    ] = "",
    profile: ProfileOption = "house",
    strengths: Annotated[str, typer.Option("--strengths", help="Separated by commas")] = "0.4,0.7,1",
    cuts: Annotated[int, typer.Option("--cuts", min=1, max=24, help="Most cuts that are painted")] = 6,
    base: Annotated[
        str, typer.Option("--base", help="Family of the LoRA, where its file does not say it")
    ] = "",
    name: Annotated[str, typer.Option("--name", "-n", help="Its name. Default: the file's")] = "",
    judges: Annotated[
        bool, typer.Option("--judges/--no-judges", help="Ask the house judges too, besides the measures")
    ] = True,
    out: Out = EPISODES,
) -> None:
    """Make held-out cuts without the LoRA and at several strengths, beside art that it has not seen.

    A LoRA of the profile's painter changes panels. One of its animator (wan) changes clips: they are shown as strips of
    four frames beside the clips of the held-out dataset, and lie in OUT/validations/NAME/clips. Writes a sheet and a
    document to OUT/validations/NAME, and asks for an approval: sakuga lora review NAME. The LoRA that the bible has now
    is shown too. Nothing in the show changes.
    """
    from assets.errors import InputRefused
    from flows.cli.lora_output import readings_table
    from flows.episode.workspace import open_vault
    from flows.rights.books import opened
    from flows.settings import settings, user
    from flows.training import validation
    from flows.training.subjects import named, strengths_of, subject_of

    if len(files) > 2:
        raise InputRefused(
            f"{len(files)} files were given. Give one LoRA, or a pair for a model with two experts."
        )
    called = named(name or files[0].stem)
    subject = subject_of(show, character, place)
    order = validation.Order(
        lora=files[0],
        low=files[1] if len(files) > 1 else None,
        name=called,
        subject=subject,
        show=show,
        held_out=held_out,
        profile=profile,
        script=script,
        episode=episode,
        base=base,
        strengths=strengths_of(strengths),
        cuts=cuts,
        judges=judges,
    )
    chosen = settings(out)
    with opened(out) as store:
        where = validation.Place(out, open_vault(chosen), store, chosen.device, user(), tell=say)
        made, _ = validation.validate(order, where)
    readings_table(made)
    say(f"Sheet: {out / validation.FOLDER / called / 'sheet.png'}")
    say(f"Proposed strength: {made.proposed:g}. Decide: sakuga lora review {typed(called)}")


@lora.command()
def review(
    name: Annotated[str | None, typer.Argument(help="Name of the LoRA; without it: list all")] = None,
    approve: Annotated[bool, typer.Option("--approve", help="It may come into the bible")] = False,
    refuse: Annotated[bool, typer.Option("--refuse", help="It may not; --note says why")] = False,
    strength: Annotated[
        float | None, typer.Option("--strength", help="One that was painted. Default: the proposed one")
    ] = None,
    note: Annotated[str, typer.Option("--note", help="Kept with the decision")] = "",
    by: Annotated[
        str | None, typer.Option("--by", help="Who decides. Default: SAKUGA_USER, else you")
    ] = None,
    out: Out = EPISODES,
    as_json: JsonOption = False,
) -> None:
    """Look at a validation, and approve or refuse the LoRA. Without options on a terminal it asks.

    Examples: sakuga lora review                          list all, with what was decided
              sakuga lora review nagi --approve --strength 0.7
              sakuga lora review nagi --refuse --note "her ribbon is lost from 0.7 on"
    """
    from flows.cli.lora_output import Given, look
    from flows.settings import user

    look(name, out, Given(approve, refuse, strength, note, by or user(), as_json))


@lora.command()
def promote(
    name: Name,
    show: Show,
    strength: Annotated[
        float | None, typer.Option("--strength", help="Default: the approved one; another is refused")
    ] = None,
    override: Annotated[
        str | None,
        typer.Option("--override", help="A reason to promote it unapproved; signed (SAKUGA_LEDGER_KEY)"),
    ] = None,
    profile: ProfileOption = "",
    out: Out = EPISODES,
) -> None:
    """Write an approved LoRA into the bible: file, hash, strength, trigger and family.

    Refused where the profile's rights policy refuses it, its base or what it was trained on; the profile is the one
    that it was validated with, unless you give another. Says which cuts of which episodes were made with the older
    one: only those in which its subject is seen.
    """
    from flows.cli.lora_output import change_told, shelf_of
    from flows.training import promotion

    with shelf_of(show, out) as shelf:
        change = promotion.promote(shelf, name, promotion.Wish(strength, override, profile))
        change_told(change, shelf)


@lora.command()
def rollback(
    show: Show,
    reason: Annotated[str, typer.Option("--reason", "-r", help="Why; it stays in the history")],
    character: CharacterOption = "",
    place: PlaceOption = "",
    base: Annotated[str, typer.Option("--base", help="Family, where several were promoted")] = "",
    out: Out = EPISODES,
) -> None:
    """Take the last promotion back: the bible has again what it replaced. Again: the one before it."""
    from flows.cli.lora_output import change_told, shelf_of
    from flows.training import promotion
    from flows.training.subjects import subject_of

    subject: Subject = subject_of(show, character, place)
    with shelf_of(show, out) as shelf:
        change_told(promotion.rollback(shelf, subject, reason=reason, base=base or None), shelf)


@lora.command()
def history(show: Show, out: Out = EPISODES, as_json: JsonOption = False) -> None:
    """List every promotion and rollback of a show, and the cuts that were made with other LoRAs."""
    from flows.cli.lora_output import told

    told(show, out, as_json=as_json)


@lora.command()
def drift(
    show: Show, character: CharacterOption = "", out: Out = EPISODES, as_json: JsonOption = False
) -> None:
    """Compare the generations that were learnt from approved takes with the core set, in a table and a sheet."""
    from flows.cli.lora_output import drift_told
    from flows.training.subjects import subject_of

    drift_told(subject_of(show, character, ""), out, as_json=as_json)
