"""What a server has to know besides deployments: work pools, the rule about dead runs.

In: a server.      Out: the same server with these settings. Safe to repeat.
"""

from datetime import timedelta

from prefect import get_client
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification
from prefect.exceptions import ObjectAlreadyExists

from flows.deployments import job_template

POOLS = {"cpu-pool": "Writing, directing, mixing, joining; and the episode's own flow."}
RULE = "Dead runs are called crashed"
# With a heartbeat every 30 s, two may be lost.
SILENCE = timedelta(seconds=90)


async def prepared() -> None:
    """Pools and the rule, in the order others wait for them."""
    async with get_client() as client:
        for name, about in POOLS.items():
            await _pool(client, name, about)
        await _rule(client)


async def _pool(client: PrefectClient, name: str, about: str) -> None:
    """Create the pool once; later changes by the studio (type, limit, template) are kept."""
    try:
        await client.create_work_pool(
            WorkPoolCreate(
                name=name, type="process", description=about, base_job_template=job_template.closed()
            )
        )
    except ObjectAlreadyExists:
        pool = await client.read_work_pool(name)
        if pool.type == "process" and job_template.is_stock(pool.base_job_template):
            await client.update_work_pool(name, WorkPoolUpdate(base_job_template=job_template.closed()))


async def _rule(client: PrefectClient) -> None:
    rule = zombie_rule()
    known = await client.read_automations_by_name(rule.name)
    if known:
        await client.update_automation(known[0].id, rule)
    else:
        await client.create_automation(rule)


def zombie_rule() -> AutomationCore:
    """The rule that marks a run without heartbeats as crashed, so that nobody waits for it."""
    return AutomationCore(
        name=RULE,
        description="A killed run cannot report it. Run it again: it continues where it stopped.",
        trigger=EventTrigger(
            after={"prefect.flow-run.heartbeat"},
            # Any other event counts too: a suspended run waits for a person and sends no heartbeats.
            expect={"prefect.flow-run.*"},
            match=ResourceSpecification({"prefect.resource.id": ["prefect.flow-run.*"]}),
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=SILENCE,
        ),
        actions=[
            ChangeFlowRunState(
                state=StateType.CRASHED,
                message="No heartbeat for 90 seconds: its process was killed, or its machine is gone. "
                "Run it again; finished work is kept.",
            )
        ],
    )
