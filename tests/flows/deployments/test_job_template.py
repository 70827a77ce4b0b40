"""What a run may be given besides its parameters."""

import asyncio
from copy import deepcopy

import pytest
from prefect import get_client
from prefect.client.schemas.actions import WorkPoolCreate

from flows.deployments import job_template
from flows.deployments.server_setup import prepared


def test_nothing_of_what_decides_what_is_executed_is_a_variable():
    ours = job_template.closed()

    assert not {"command", "env", "working_dir"} & (
        set(ours["variables"]["properties"]) | set(ours["job_configuration"])
    )
    assert ours["variables"]["additionalProperties"] is False


def test_the_stock_template_is_known_and_one_that_a_person_changed_is_not():
    stock = job_template.stock()
    changed, worded = deepcopy(stock), deepcopy(stock)
    changed["variables"]["properties"]["env"]["default"] = {"OMP_NUM_THREADS": "2"}
    worded["variables"]["properties"]["env"]["description"] = "In the words of another version"

    assert job_template.is_stock(stock) and job_template.is_stock(worded)
    assert not job_template.is_stock(changed)
    assert not job_template.is_stock(job_template.closed())


@pytest.mark.slow
@pytest.mark.usefixtures("prefect")
def test_a_pool_with_the_stock_template_is_closed_and_a_person_s_own_stays():
    """Studios from before have pools whose runs may name any command."""
    own = deepcopy(job_template.stock())
    own["job_configuration"]["command"] = "nice -n 10 python -m prefect.engine"

    async def after() -> list[dict]:
        async with get_client() as client:
            found = []
            for base in (job_template.stock(), own):
                pool = WorkPoolCreate(name="cpu-pool", type="process", base_job_template=base)
                await client.create_work_pool(pool)
                await prepared()
                found.append((await client.read_work_pool("cpu-pool")).base_job_template)
                await client.delete_work_pool("cpu-pool")
            return found

    assert asyncio.run(after()) == [job_template.closed(), own]
