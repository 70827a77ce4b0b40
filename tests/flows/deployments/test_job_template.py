"""What a run may be given besides its parameters."""

import asyncio
from copy import deepcopy

import pytest
from prefect import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from pydantic import ValidationError

from flows.deployments import job_template
from flows.deployments.job_template import RunVariables
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


def test_a_run_s_own_settings_are_typed():
    """Nothing of how a run works could be set for one deployment: its pool had one setting for all."""
    properties = job_template.closed()["variables"]["properties"]

    assert {name: properties[name]["type"] for name in job_template.SETTINGS} == {
        "lanes": "integer",
        "device": "string",
        "cache_gb": "number",
    }
    assert RunVariables(lanes=2, device="cuda:1", cache_gb=2.5).environment() == {
        "SAKUGA_LANES": "2",
        "SAKUGA_DEVICE": "cuda:1",
        "SAKUGA_CACHE_GB": "2.5",
    }
    with pytest.raises(ValidationError):
        RunVariables(device="cuda; rm -rf /")


@pytest.mark.slow
@pytest.mark.usefixtures("prefect")
def test_a_pool_with_the_stock_template_is_closed_and_a_person_s_own_stays():
    """Studios from before have pools whose runs may name any command."""
    own, earlier = deepcopy(job_template.stock()), deepcopy(job_template.closed())
    for name in job_template.SETTINGS:
        del earlier["job_configuration"][name], earlier["variables"]["properties"][name]
    own["job_configuration"]["command"] = "nice -n 10 python -m prefect.engine"

    async def after() -> list[dict]:
        async with get_client() as client:
            found = []
            for base in (job_template.stock(), earlier, own):
                pool = WorkPoolCreate(name="cpu-pool", type="process", base_job_template=base)
                await client.create_work_pool(pool)
                await prepared()
                found.append((await client.read_work_pool("cpu-pool")).base_job_template)
                await client.delete_work_pool("cpu-pool")
            return found

    assert asyncio.run(after()) == [job_template.closed(), job_template.closed(), own]
