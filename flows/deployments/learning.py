"""The Prefect flow that learns from approved takes, and stops until a person decided about the result."""

from pathlib import Path
from typing import Any, cast

from prefect import State, flow, get_run_logger
from prefect.artifacts import create_markdown_artifact
from prefect.runtime import flow_run
from prefect.states import Failed
from prefect.variables import Variable
from pydantic import ValidationError

from assets.errors import GateExpired, InputRefused, SakugaError
from assets.plain import one_line
from assets.sheets.base import readable
from assets.sheets.validation import Subject
from assets.store import Event, Store
from assets.vault import Vault
from flows.deployments import lora_review, problem
from flows.deployments.keys import key_for
from flows.deployments.page_html import phrase, table
from flows.episode.workspace import open_vault
from flows.rights.books import opened
from flows.settings import media_url, settings
from flows.training import approvals, drift, promotion
from flows.training.learn_brief import LearnBrief
from flows.training.learn_brief import learn as learn_from
from flows.training.learning import told
from flows.training.promotion import Shelf
from flows.training.validation import Place

VARIABLE = "sakuga_learn"
Result = dict[str, str] | State[dict[str, str]]


def _run_name() -> str:
    brief: LearnBrief | None = flow_run.get_parameters().get("brief")
    if brief is None:
        return "learn as the studio's Variable says"
    return one_line(f"learn {brief.character or 'the style'} of {Path(brief.show).name}")


@flow(name="learn", flow_run_name=_run_name, persist_result=True, result_serializer="json")
def learn(brief: LearnBrief | None = None, promote: bool = False) -> Result:
    """Train a LoRA on the core set and on what people approved, paint its validation sheet, and wait for a person.

    Only where the client's policy says train_on_takes: allow. Safe to repeat: finished work is reused, and with nothing
    new it says so.

    Args:
        brief: The show, its datasets, the client's policy, the base model, how to validate. Default: the Prefect
            Variable sakuga_learn, a mapping with these fields, so that a schedule needs no parameters.
        promote: After an approval, write the LoRA into the bible at once.
    """
    with problem.without_tracebacks():
        try:
            return _learnt(brief or of_studio(), promote)
        except GateExpired as late:
            return Failed(name="Expired", message=str(late))
        except SakugaError as error:
            return problem.ended(error, _run_name())


def of_studio() -> LearnBrief:
    """What the studio's Variable says is learnt. Raises InputRefused where there is none, or it cannot be used."""
    return checked(cast("Any", Variable.get(VARIABLE, default=None)))


def checked(found: object) -> LearnBrief:
    """The content of the Variable as a brief."""
    known = ", ".join(LearnBrief.model_fields)
    if not isinstance(found, dict):
        what = "is not set" if found is None else f"is {found!r}"
        raise InputRefused(
            f"The Prefect Variable {VARIABLE} {what}, and this run was given no brief. Set it to a mapping of: {known}."
        )
    try:
        return LearnBrief.model_validate(found)
    except ValidationError as error:
        raise InputRefused(readable(error, f"The Prefect Variable {VARIABLE}")) from error


def _learnt(brief: LearnBrief, promote: bool) -> Result:
    chosen, vault = settings(brief.out), open_vault(settings(brief.out))
    run = str(flow_run.get_id() or "")
    with opened(brief.out) as store:
        where = Place(brief.out, vault, store, chosen.device, "sakuga", run, get_run_logger().info)
        made = learn_from(brief, where)
        standing = approvals.of(store, made.document.sha256)
        _drift_shown(store, vault, made.validation.subject)
        event = lora_review.decided(made.validation, standing, store, vault, media=media_url())
        result = {"LoRA": made.manifest.name, "made of": told(made.learnt), "decision": _told(event)}
        if promote and event.body["verdict"] == "approve":
            change = promotion.promote(Shelf(brief.show, store, vault, event.made_by), made.manifest.name)
            result["bible"] = ", ".join(f"{one.file} at {one.strength:g}" for one in change.after)
            result |= {"rights": " ".join(change.notes)} if change.notes else {}
        return result


def _told(event: Event) -> str:
    at = f" at strength {float(event.body['strength']):g}" if "strength" in event.body else ""
    return f"{event.body['verdict']}{at}, by {event.made_by}"


def _drift_shown(store: Store, vault: Vault, subject: Subject) -> None:
    """The generations so far as a page of the run."""
    found = drift.generations(store, vault, subject)
    rows = [
        [
            str(one.number),
            phrase(one.standing.name),
            f"{one.made.learnt.takes} ({one.made.learnt.share:.0%})" if one.made.learnt else "",
            f"{one.column.readings.style:.2f}",
            phrase(one.words),
            phrase(one.standing.words),
        ]
        for one in found
    ]
    create_markdown_artifact(
        key=key_for("drift", str(subject).replace("/", "-")),
        markdown=table(("generation", "LoRA", "approved pictures", "style distance", "drift", "state"), rows),
        description=f"Drift of {subject.words} against the core set",
    )
