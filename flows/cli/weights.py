"""`sakuga models`: which models a profile needs, what they cost, and how they come to this computer."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assets.plain import typed
from flows.cli.bind import bind
from flows.terminal.lines import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.weights.needs import Needs
    from models.weights.lock import LockedModel
    from models.weights.pulling import Moved

models = typer.Typer(
    help="Fetch, check and list the models of a profile.\n\n"
    "In this order: plan (what it costs), pin (fix each model's commit), pull (fetch), verify. A run itself never "
    "downloads anything.",
    no_args_is_help=True,
)

models.command("bind")(bind)

Profile = Annotated[str, typer.Option("--profile", "-p", help="A profile's name, or its .yaml")]
HubOption = Annotated[
    str | None, typer.Option("--hub", help="Address of the hub. Default: SAKUGA_HUB, else huggingface.co")
]
STUDIO = "studio"


@models.command("list")
def list_models(
    profile: Annotated[
        str | None, typer.Option("--profile", "-p", help="Only the models of this profile")
    ] = None,
) -> None:
    """List the models of a profile and whether they are here; without --profile, all that lie in the store."""
    from flows.terminal.console import console

    say = console().print
    if profile is None:
        from models.weights.store import store, stored_models

        _use_store()
        found = stored_models()
        for stored in found:
            model = stored.model
            say(f"{model.hub}  {model.revision[:12]}  {model.bytes / 1e9:.2f} GB  {model.licence}")
        say(f"{len(found)} models in {store()}, {sum(one.model.bytes for one in found) / 1e9:.1f} GB.")
        return
    from flows.weights.needs import state
    from flows.weights.plan import size_of

    needed = _needs(profile)
    for need in needed.models:
        commit = f" {need.weights.revision[:12]}" if need.weights.revision else ""
        name = need.weights.hub or need.weights.path
        say(
            f"{need.port} {need.adapter}: {name}{commit}, {size_of(need, needed)}, {state(need.weights)}",
            markup=False,
        )
    if not needed.models:
        say(f"The profile {profile} needs no model of a hub.", markup=False)


@models.command()
def plan(profile: Profile = STUDIO) -> None:
    """Say what a profile wants of this computer, before anything is fetched: disk, GPU memory, licence duties.

    Exit code 3 when this computer cannot run it as it is.
    """
    from assets.errors import SetupMissing
    from flows.settings import settings
    from flows.terminal.console import console
    from flows.weights.plan import planned

    say = console().print
    needed = _needs(profile)
    found = planned(needed, settings(Path("episodes")).device)
    for need, size, stands in found.sizes:
        say(
            f"{need.port} {need.adapter}: {need.weights.hub or need.weights.path}, {size}, {stands}",
            markup=False,
        )
    say(f"Disk: {found.to_fetch if found.to_fetch.gb else 'nothing'} to fetch, {found.free_gb:.0f} GB free.")
    for name, gb in found.memory:
        say(f"GPU memory: {name} declares {gb:g} GB (published, nothing measured here).", markup=False)
    say(f"Device {found.device}: {found.device_gb:.0f} GB. Models take turns in it; the largest decides.")
    _say_duties(profile)
    if found.problems:
        raise SetupMissing(" ".join(found.problems))


@models.command()
def licences(profile: Profile = STUDIO) -> None:
    """List the licence of every model of a profile, and what it asks of you."""
    _say_duties(profile)


@models.command()
def pin(
    profile: Profile = STUDIO,
    hub: HubOption = None,
    renew: Annotated[
        bool, typer.Option("--renew", help="Also move models that are pinned to their newest commit")
    ] = False,
) -> None:
    """Ask the hub for each model's commit and files, and write the lock file beside the profile.

    Fetches only small files (configurations, tokenizers), to take their sums. A model that is pinned keeps its commit.
    """
    from flows.weights import fetching

    needed = _needs(profile)
    if not needed.weights:
        say(f"The profile {profile} needs no weights of a hub. Nothing is to pin, and nothing was written.")
        return
    path, lock = fetching.pin_profile(needed, fetching.hub(hub), renew=renew)
    for model in lock.models:
        say(f"{model.hub}  {model.revision}  {model.bytes / 1e9:.2f} GB  {model.licence}")
    say(f"Pinned in {path}. Next: sakuga models pull --profile {typed(profile)}")


@models.command()
def pull(
    profile: Profile = STUDIO,
    hub: HubOption = None,
    mirror: Annotated[
        Path | None, typer.Option("--from", help="A folder that holds the models, instead of a hub")
    ] = None,
) -> None:
    """Fetch every model that the profile's lock file lists, and check each file's SHA-256.

    Safe to stop and repeat: what has arrived is kept. Only safetensors, JSON, text and tokenizer files are fetched.
    """
    from flows.weights import fetching
    from models.weights.store import store

    needed = _needs(profile)
    if not needed.weights:
        say(f"The profile {profile} needs no weights of a hub. Nothing is to fetch.")
        return
    wanted = needed.locked()
    where = fetching.source(hub, mirror)
    with _progress(wanted) as moved:
        fetching.pull_models(wanted, where, moved)
    size = sum(model.bytes for model in wanted) / 1e9
    for model in wanted:
        say(f"Complete: {model.hub}  {model.revision[:12]}")
    say(f"{size:.1f} GB in {store()}; every SHA-256 is the locked one.")


@models.command()
def verify(
    profile: Annotated[
        str | None, typer.Option("--profile", "-p", help="Only the models of this profile. Default: all")
    ] = None,
) -> None:
    """Read every byte of the fetched models, and say what is changed, missing or foreign.

    Exit code 3 when something is; `sakuga models pull` mends it.
    """
    from assets.errors import SetupMissing
    from flows.weights import fetching
    from models.weights.store import store, stored_models

    _use_store()
    needed = _needs(profile) if profile else None
    if needed is not None and not needed.weights:
        say(f"The profile {profile} needs no weights of a hub. Nothing is to verify.")
        return
    if needed is None and not stored_models():
        say(f"No model is in {store()}. Nothing is to verify.")
        return
    wrong = fetching.damaged(needed)
    for fault in wrong:
        say(fault)
    if wrong:
        told = "1 problem was" if len(wrong) == 1 else f"{len(wrong)} problems were"
        raise SetupMissing(f"{told} found. `sakuga models pull --profile PROFILE` mends what it can.")
    say("Every model is complete and unchanged.")


def _needs(profile: str) -> "Needs":
    from flows.weights.needs import needs

    _use_store()
    return needs(profile)


def _use_store() -> None:
    from flows.settings import models_folder
    from models.weights.store import use_store

    use_store(models_folder())


def _say_duties(profile: str) -> None:
    from flows.terminal.console import console
    from flows.weights.plan import duties

    say: Callable[..., None] = console().print
    told = {
        "yes": "work made with it may be sold",
        "conditions": "work may be sold under conditions",
        "no": "NOT for work that is sold",
    }
    for duty in duties(_needs(profile)):
        consent = "; the hub asks you to accept its licence first" if duty.gated else ""
        say(
            f"{duty.hub}: {duty.licence}; {told.get(duty.commercial, 'terms not known')}{consent}",
            markup=False,
        )
        for line in duty.duties:
            say(f"  - {line}", markup=False)


@contextmanager
def _progress(wanted: "Sequence[LockedModel]") -> "Iterator[Moved]":
    """A progress bar over all bytes, on a terminal; nothing on a pipe."""
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

    from flows.terminal.console import PlainConsole

    console = PlainConsole(stderr=True)
    columns = (
        "{task.description}",
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("Fetching", total=sum(model.bytes for model in wanted))
        yield lambda path, count: bar.update(task, advance=count, description=path[-40:].replace("[", "("))
