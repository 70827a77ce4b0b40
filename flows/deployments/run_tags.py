"""Tags of a flow run: which episode, which show, which gate it waits at.

In: names.      Out: tags such as ``episode:clear-skies-ep01-ja`` on this run; its other tags stay.
"""

from uuid import UUID

from prefect import get_client
from prefect.runtime import flow_run


def put(**named: str) -> None:
    """Set each tag ``name:value``; an empty value removes the tag."""
    run = UUID(str(flow_run.get_id()))
    with get_client(sync_client=True) as client:
        known = client.read_flow_run(run).tags
        kept = [tag for tag in known if not tag.startswith(tuple(f"{name}:" for name in named))]
        wanted = [*kept, *(f"{name}:{value}" for name, value in named.items() if value)]
        if sorted(wanted) != sorted(known):
            client.update_flow_run(run, tags=wanted)
