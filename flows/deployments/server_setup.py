"""What a server has to know besides deployments: work pools and automations.

In: a server.      Out: the same server with these settings. Safe to repeat.
"""

from prefect import get_client
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate
from prefect.exceptions import ObjectAlreadyExists

from flows.deployments import automations, job_template

POOLS = {"cpu-pool": "Writing, directing, mixing, joining; and the episode's own flow."}


async def prepared(webhook: str = "") -> None:
    """Pools and rules, in the order others wait for them. ``webhook``: an address the example rules call."""
    async with get_client() as client:
        for name, about in POOLS.items():
            await _pool(client, name, about)
        rules = [automations.zombie_rule(), automations.resume_rule()]
        if webhook:
            rules += automations.examples(await automations.webhook_block(webhook))
        for rule in rules:
            await automations.kept(client, rule)


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
        known = pool.base_job_template
        if pool.type == "process" and (job_template.is_stock(known) or job_template.is_earlier(known)):
            await client.update_work_pool(name, WorkPoolUpdate(base_job_template=job_template.closed()))
