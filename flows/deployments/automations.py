"""The rules of a studio's server: dead runs are noticed, go on by themselves, and people are told.

In: a server.      Out: automations on it. A rule that somebody switched off stays off.
"""

from datetime import timedelta
from uuid import UUID

from prefect.blocks.webhook import Webhook
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import StateType
from prefect.events.actions import CallWebhook, ChangeFlowRunState
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification

from flows.settings import RESUMES

DEAD = "Dead runs are called crashed"
RESUME = "Crashed runs go on where they were"
WAITING = "Example: a webhook is told that a review waits"
FAILED = "Example: a webhook is told that an episode failed"
BLOCK = "sakuga-studio"
# With a heartbeat every 30 s, two may be lost.
SILENCE = timedelta(seconds=90)
_ANY_RUN = ResourceSpecification({"prefect.resource.id": ["prefect.flow-run.*"]})


async def kept(client: PrefectClient, rule: AutomationCore) -> None:
    """Put ``rule`` on the server, or bring the one of its name up to date."""
    known = await client.read_automations_by_name(rule.name)
    if known:
        await client.update_automation(known[0].id, rule.model_copy(update={"enabled": known[0].enabled}))
    else:
        await client.create_automation(rule)


def zombie_rule() -> AutomationCore:
    """The rule that marks a run without heartbeats as crashed, so that nobody waits for it."""
    return AutomationCore(
        name=DEAD,
        description="A killed run cannot report it. What was finished is kept.",
        trigger=EventTrigger(
            after={"prefect.flow-run.heartbeat"},
            # Any other event counts too: a suspended run waits for a person and sends no heartbeats.
            expect={"prefect.flow-run.*"},
            match=_ANY_RUN,
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=SILENCE,
        ),
        actions=[
            ChangeFlowRunState(
                state=StateType.CRASHED,
                message="No heartbeat for 90 seconds: its process was killed, or its machine is gone. "
                "Finished work is kept.",
            )
        ],
    )


def resume_rule() -> AutomationCore:
    """The rule that sends a crashed run back to the queue: the next worker continues it.

    The run itself gives up after some crashes (``crashes.py``); an automation cannot count them.
    """
    return AutomationCore(
        name=RESUME,
        description="A run whose process or machine died is resumed by the next worker: finished work is found.",
        trigger=EventTrigger(
            expect={"prefect.flow-run.Crashed"},
            match=_ANY_RUN,
            # Only a deployment's run can be started again. A night is not repeated: the next one follows.
            match_related=ResourceSpecification(
                {"prefect.resource.role": "deployment", "prefect.resource.name": ["make-episode", "retake"]}
            ),
            for_each={"prefect.resource.id"},
            posture=Posture.Reactive,
            threshold=1,
            within=timedelta(0),
        ),
        actions=[
            ChangeFlowRunState(
                state=StateType.SCHEDULED,
                name=RESUMES,
                message="Its process or machine died. The next worker continues it where it was.",
            )
        ],
    )


def examples(block: UUID) -> list[AutomationCore]:
    """Two rules on our own events: each calls the webhook of ``block``."""
    told = "event.resource.name ~ ': ' ~ event.payload.message"
    return [
        _calling(WAITING, "sakuga.gate.opened", f"'Review needed: ' ~ {told}", block),
        _calling(FAILED, "sakuga.episode.failed", f"'Failed: ' ~ {told}", block),
    ]


async def webhook_block(url: str) -> UUID:
    """The Webhook block of the studio, with this address."""
    block = Webhook(url=url, headers={"Content-Type": "application/json"})
    return UUID(str(await block.asave(BLOCK, overwrite=True)))


def _calling(name: str, event: str, text: str, block: UUID) -> AutomationCore:
    return AutomationCore(
        name=name,
        description=f"On every event {event}. Copy it for a channel of your own.",
        trigger=EventTrigger(
            expect={event},
            match=ResourceSpecification({"prefect.resource.id": ["sakuga.episode.*"]}),
            posture=Posture.Reactive,
            threshold=1,
            within=timedelta(0),
        ),
        # tojson: a title with quotes must not break out of the text.
        actions=[CallWebhook(block_document_id=block, payload='{"text": {{ (' + text + ") | tojson }}}")],
    )
