"""Choose who directs this episode: the rules alone, or the profile's writer after them.

In: a profile, a run context.      Out: a function that the plan calls with the sheet the rules wrote.
The writer is released before anything is drawn: few devices have memory for both.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from assets.sheets.cutsheet import Cutsheet
from flows.episode.plan import Directing
from flows.episode.profile import Profile
from flows.episode.session import RunContext
from models.lease import lease
from models.ports import Writer
from stages.direction import Directed, direct


@contextmanager
def director(profile: Profile, context: RunContext) -> Iterator[Directing]:
    """Lease the writer for the length of the block, if the profile names one that directs."""
    if profile.director is None:
        yield Directed
        return
    with lease(Writer, profile.director.name, context.device, options=profile.director.options) as writer:

        def enriched(sheet: Cutsheet) -> Directed:
            [done] = context.executor.each(
                "direction",
                [sheet],
                lambda sheet: direct(sheet, writer=writer, cache=context.cache, options=profile.direction),
                lambda sheet: sheet.episode,
            )
            return done

        yield enriched
